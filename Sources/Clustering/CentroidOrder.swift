import Arrays
import CKernels

/// An order of centroids in which those near each other share a panel: halved again and again across
/// the direction in which they spread.
struct CentroidOrder {
  private let source: NDArray
  private let width: Int
  private let norms: [Float]
  private(set) var order: [Int32]

  init(_ centroids: NDArray) {
    (source, width) = (centroids, centroids.shape[1])
    order = (0..<Int32(centroids.shape[0])).map { $0 }
    var norms = [Float](repeating: 0, count: order.count)
    kernels.dot_rows(
      Int64(order.count), Int64(width), centroids.floats, centroids.floats, &norms)
    self.norms = norms
    halve(0..<order.count)
  }

  private mutating func halve(_ range: Range<Int>) {
    let panels = (range.count + Codebook.panelSize - 1) / Codebook.panelSize
    guard panels > 1 else { return }
    let shares = projections(range)
    // Equal projections are ordered by number: the order is a function of the centroids alone.
    let sorted = range.sorted {
      let (a, b) = (shares[$0 - range.lowerBound], shares[$1 - range.lowerBound])
      return a == b ? order[$0] < order[$1] : a < b
    }
    let renewed = sorted.map { order[$0] }
    order.replaceSubrange(range, with: renewed)
    let middle = range.lowerBound + (panels + 1) / 2 * Codebook.panelSize
    halve(range.lowerBound..<middle)
    halve(middle..<range.upperBound)
  }

  /// Each centroid of a range along the line through two that lie far apart, turned by one step of power
  /// iteration towards the direction of largest variance.
  private func projections(_ range: Range<Int>) -> [Float] {
    var middle = [Float](repeating: 0, count: width)
    for index in range { add(index, 1 / Float(range.count), to: &middle) }
    let one = farthest(range, from: middle)
    let other = farthest(range, from: Array(UnsafeBufferPointer(start: row(one), count: width)))
    var direction = [Float](repeating: 0, count: width)
    add(one, 1, to: &direction)
    add(other, -1, to: &direction)
    let shares = range.map { along($0, direction) }
    let mean = shares.reduce(0, +) / Float(range.count)
    var turned = [Float](repeating: 0, count: width)
    for (index, share) in zip(range, shares) { add(index, share - mean, to: &turned) }
    return range.map { along($0, turned) }
  }

  private func row(_ index: Int) -> UnsafeMutablePointer<Float> {
    source.floats + Int(order[index]) * width
  }

  private func add(_ index: Int, _ factor: Float, to sum: inout [Float]) {
    kernels.add_scaled(Int64(width), factor, row(index), &sum)
  }

  private func along(_ index: Int, _ direction: [Float]) -> Float {
    var product: Float = 0
    kernels.dot_rows(1, Int64(width), row(index), direction, &product)
    return product
  }

  private func farthest(_ range: Range<Int>, from point: [Float]) -> Int {
    // |x - p|^2 but for |p|^2, which is the same for all.
    var (best, place) = (-Float.infinity, range.lowerBound)
    for index in range {
      let distance = norms[Int(order[index])] - 2 * along(index, point)
      if distance > best { (best, place) = (distance, index) }
    }
    return place
  }
}

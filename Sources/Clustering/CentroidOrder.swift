import Arrays

/// An order of centroids in which those near each other share a panel: halved again and again across
/// the direction in which they spread.
struct CentroidOrder {
  private let source: NDArray
  private let width: Int
  private(set) var order: [Int32]

  init(_ centroids: NDArray) {
    (source, width) = (centroids, centroids.shape[1])
    order = (0..<Int32(centroids.shape[0])).map { $0 }
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
    let other = farthest(range, from: vector(one))
    var direction = zip(vector(one), vector(other)).map { $0 - $1 }
    let offset = dot(middle, direction)
    var turned = [Float](repeating: 0, count: width)
    var total: Float = 0
    for index in range {
      let share = along(index, direction) - offset
      add(index, share, to: &turned)
      total += share
    }
    for column in 0..<width { direction[column] = turned[column] - total * middle[column] }
    return range.map { along($0, direction) }
  }

  private func vector(_ index: Int) -> [Float] {
    Array(UnsafeBufferPointer(start: source.floats + Int(order[index]) * width, count: width))
  }

  private func add(_ index: Int, _ factor: Float, to sum: inout [Float]) {
    let row = source.floats + Int(order[index]) * width
    for column in 0..<width { sum[column] += factor * row[column] }
  }

  private func along(_ index: Int, _ direction: [Float]) -> Float { dot(vector(index), direction) }

  private func dot(_ a: [Float], _ b: [Float]) -> Float {
    var sum: Float = 0
    for column in 0..<width { sum += a[column] * b[column] }
    return sum
  }

  private func farthest(_ range: Range<Int>, from point: [Float]) -> Int {
    var (best, place) = (Float(-1), range.lowerBound)
    for index in range {
      let row = source.floats + Int(order[index]) * width
      var sum: Float = 0
      for column in 0..<width { sum += (row[column] - point[column]) * (row[column] - point[column]) }
      if sum > best { (best, place) = (sum, index) }
    }
    return place
  }
}

public import Arrays
import CKernels
import COneDNN

/// The nearest centroid of each point.
public enum Assignment {
  /// The tile of scores that one thread makes and scans while it is in its cache.
  ///
  /// Wide points take longer over each score than the scan does: there a tall tile, for which the
  /// product packs the centroids less often, is worth more than one that stays in the cache.
  private static func tileRows(_ width: Int) -> Int { width >= 512 ? 1024 : 256 }
  private static let tileColumns = 1024

  /// Multiplications and additions between two calls of `progress`: tens to hundreds of milliseconds.
  private static let workPerCall = 1 << 31

  /// argmin_k ||x - c_k||^2 = argmax_k (x . c_k - ||c_k||^2 / 2); of equal ones the lowest index.
  ///
  /// - Shapes: points [n, D], centroids [k, D], k >= 1 -> n ids, and x . c - ||c||^2 / 2 of each.
  /// - Parameter progress: called with the points done so far, several times a second; it may throw.
  package static func nearest(
    _ points: NDArray, _ centroids: NDArray, progress: (Int) throws -> Void = { _ in }
  ) rethrows -> (ids: [Int32], scores: [Float]) {
    let (count, width, k) = (points.shape[0], points.shape[1], centroids.shape[0])
    let halfNorms = squaredNorms(centroids).map { $0 / 2 }
    var ids = [Int32](repeating: 0, count: count)
    var scores = [Float](repeating: -.infinity, count: count)
    let tileRows = tileRows(width)
    let tiles = (count + tileRows - 1) / tileRows
    // As many tiles for each thread.
    let threads = Parallel.threadCount
    let step = threads * max(2, workPerCall / (tileRows * k * max(1, width)) / threads)
    try ids.withUnsafeMutableBufferPointer { ids in
      try scores.withUnsafeMutableBufferPointer { scores in
        try halfNorms.withUnsafeBufferPointer { norms in
          guard let id = ids.baseAddress, let best = scores.baseAddress,
            let norm = norms.baseAddress
          else { return }
          for first in stride(from: 0, to: tiles, by: step) {
            Parallel.forEachSlice(of: min(step, tiles - first)) { slice in
              scan(
                (first + slice.lowerBound)..<(first + slice.upperBound), points, centroids, norm,
                best, id)
            }
            try progress(min(count, (first + step) * tileRows))
          }
        }
      }
    }
    return (ids, scores)
  }

  /// The nearest centroids of the points in some tiles, on this thread.
  private static func scan(
    _ tiles: Range<Int>, _ points: NDArray, _ centroids: NDArray, _ norms: UnsafePointer<Float>,
    _ scores: UnsafeMutablePointer<Float>, _ ids: UnsafeMutablePointer<Int32>
  ) {
    let (count, width, k) = (points.shape[0], points.shape[1], centroids.shape[0])
    let (columns, tileRows) = (min(tileColumns, k), tileRows(width))
    let tile = NDArray(uninitialized: [tileRows, columns])
    for index in tiles {
      let start = index * tileRows
      let rows = min(tileRows, count - start)
      for first in stride(from: 0, to: k, by: columns) {
        let block = min(columns, k - first)
        MatrixProduct.tile(
          ccv_product(rows, block, width, transposeB: true, ldc: columns),
          points.floats + start * width, centroids.floats + first * width, tile.floats)
        kernels.best_candidate(
          Int64(rows), Int64(block), Int64(columns), tile.floats, norms + first, Int32(first),
          scores + start, ids + start)
      }
    }
    withExtendedLifetime(tile) {}
  }

  /// The nearest centroid of each point, and its squared distance.
  ///
  /// - Shapes: points [..., D], centroids [k, D] -> ids [...] int32, distances [...] (at least 0).
  /// - Parameter progress: called with the points done so far, several times a second; it may throw.
  public static func assign(
    _ points: NDArray, to centroids: NDArray, progress: (Int) throws -> Void = { _ in }
  ) throws -> (ids: NDArray, distances: NDArray) {
    guard let width = points.shape.extents.last, centroids.rank == 2, centroids.shape[0] > 0 else {
      throw ClusteringError.shape(points.shape)
    }
    guard width == centroids.shape[1] else {
      throw ClusteringError.width(points: width, centroids: centroids.shape[1])
    }
    let input = points.converted(to: .float32)
    let leading = Shape(Array(points.shape.extents.dropLast()))
    let flat = input.viewed(as: [leading.count, width])
    let (ids, scores) = try nearest(flat, centroids, progress: progress)
    let norms = squaredNorms(flat)
    let distances = zip(norms, scores).map { max(0, $0 - 2 * $1) }
    return (NDArray(ids, shape: leading), NDArray(distances, shape: leading))
  }

  private static func squaredNorms(_ rows: NDArray) -> [Float] {
    let (count, width) = (rows.shape[0], rows.shape[1])
    var norms = [Float](repeating: 0, count: count)
    let base = rows.floats
    norms.withUnsafeMutableBufferPointer { norms in
      guard let out = norms.baseAddress else { return }
      Parallel.forEachRowSlice(count, columns: width) { slice in
        let start = slice.lowerBound
        kernels.dot_rows(
          Int64(slice.count), Int64(width), base + start * width, base + start * width,
          out + start)
      }
    }
    return norms
  }
}

/// The points of each centroid, in their own order (a counting sort).
struct PointGroups {
  let counts: [Int]
  private let starts: [Int]
  private let order: [Int32]

  init(_ ids: [Int32], k: Int) {
    var counts = [Int](repeating: 0, count: k)
    for id in ids { counts[Int(id)] += 1 }
    var starts = [Int](repeating: 0, count: k + 1)
    for cluster in 0..<k { starts[cluster + 1] = starts[cluster] + counts[cluster] }
    var next = starts
    var order = [Int32](repeating: 0, count: ids.count)
    for (point, id) in ids.enumerated() {
      order[next[Int(id)]] = Int32(point)
      next[Int(id)] += 1
    }
    self.counts = counts
    self.starts = starts
    self.order = order
  }

  /// Points added up by themselves before they join their cluster's sum: one long run of float32
  /// additions would lose the small terms of a large cluster.
  private static let blockPoints = 512

  /// The sum of each centroid's points, [k, D]; for n points off by at most
  /// (512 + n / 512) u sum|x|, u = 2^-24.
  func sums(of points: NDArray) -> NDArray {
    let (k, width) = (counts.count, points.shape[1])
    let sums = NDArray(zeros: [k, width])
    let (base, out) = (points.floats, sums.floats)
    // Clusters differ in size: many slices would balance better, but which thread adds what must not
    // matter, and does not.
    order.withUnsafeBufferPointer { order in
      Parallel.forEachSlice(of: k) { slice in
        let block = NDArray(uninitialized: [width])
        for cluster in slice {
          let (target, end) = (out + cluster * width, starts[cluster + 1])
          for first in stride(from: starts[cluster], to: end, by: Self.blockPoints) {
            block.floats.update(repeating: 0, count: width)
            for position in first..<min(first + Self.blockPoints, end) {
              kernels.add_scaled(Int64(width), 1, base + Int(order[position]) * width, block.floats)
            }
            kernels.add_scaled(Int64(width), 1, block.floats, target)
          }
        }
        withExtendedLifetime(block) {}
      }
    }
    return sums
  }

  func means(_ sums: NDArray, previous: NDArray) -> NDArray {
    let width = sums.shape[1]
    var means = previous
    means.withMutableElements(of: Float.self) { values in
      let source = sums.floats
      for cluster in counts.indices where counts[cluster] > 0 {
        let share = 1 / Float(counts[cluster])
        for column in 0..<width {
          values[cluster * width + column] = source[cluster * width + column] * share
        }
      }
    }
    return means
  }

  /// sum ||x - c||^2 = sum ||x||^2 - 2 sum_k S_k . c_k + sum_k n_k ||c_k||^2, in double precision.
  func inertia(energy: Double, sums: NDArray, centroids: NDArray) -> Double {
    let width = sums.shape[1]
    let (s, c) = (sums.floats, centroids.floats)
    var total = energy
    for cluster in counts.indices where counts[cluster] > 0 {
      var cross = 0.0, norm = 0.0
      for index in (cluster * width)..<((cluster + 1) * width) {
        cross += Double(s[index]) * Double(c[index])
        norm += Double(c[index]) * Double(c[index])
      }
      total += Double(counts[cluster]) * norm - 2 * cross
    }
    return max(0, total)
  }
}

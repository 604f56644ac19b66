import Arrays
import CKernels

/// What a fit must know of its points before it begins: one pass over all of them.
struct PointSurvey {
  /// sum ||x||^2 in double precision, point by point, so that parts change nothing.
  private(set) var energy = 0.0
  /// The first centroids.
  private(set) var chosen: NDArray
  private var isVaried = false

  /// - Parameter rows: numbers of the points that are to be the first centroids, in their order.
  /// - Throws: `ClusteringError` for points that are not finite, or all equal with several centroids.
  init(_ parts: PointParts, rows: [Int], _ pulse: () throws -> Void) throws {
    let width = parts.source.width
    chosen = NDArray(uninitialized: [rows.count, width])
    let ascending = rows.indices.sorted { rows[$0] < rows[$1] }
    var next = 0
    var first: [Float]?
    for (index, range) in parts.ranges.enumerated() {
      let points = try parts.read(index, pulse)
      if let place = points.firstNonFinite {
        throw ClusteringError.notFinite(row: range.lowerBound + place / width)
      }
      let reference = first ?? Array(UnsafeBufferPointer(start: points.floats, count: width))
      first = reference
      look(at: points, against: reference)
      while next < ascending.count, rows[ascending[next]] < range.upperBound {
        let row = rows[ascending[next]] - range.lowerBound
        (chosen.floats + ascending[next] * width).update(
          from: points.floats + row * width, count: width)
        next += 1
      }
      withExtendedLifetime(points) {}
      try pulse()
    }
    guard isVaried || rows.count == 1 else {
      throw ClusteringError.allEqual(points: parts.source.count, k: rows.count)
    }
  }

  private mutating func look(at points: NDArray, against first: [Float]) {
    let (count, width) = (points.shape[0], points.shape[1])
    let squares = Block<Double>(count: count)
    let values = points.floats
    Parallel.forEachRowSlice(count, columns: width) { slice in
      for row in slice {
        squares[row] = kernels.sum_of_squares(Int64(width), values + row * width)
      }
    }
    for row in 0..<count { energy += squares[row] }
    isVaried = isVaried || (0..<(count * width)).contains { values[$0] != first[$0 % width] }
  }
}

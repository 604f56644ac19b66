import Arrays
import CKernels

/// The index of each point's nearest centroid by squared Euclidean distance, the lowest of equals.
///
/// argmin |x - c|^2 is argmax (x.c - |c|^2 / 2): a matrix product and a running best over tiles
/// that stay in the cache. The tiles depend on the sizes alone, so the answer does not depend on
/// threads.
///
/// - Shapes: `points` [.., D], `centroids` [K, D], K at least 1 -> [..] int32.
func nearestCentroids(_ points: NDArray, _ centroids: NDArray, _ halfNorms: NDArray) -> NDArray {
  let (rows, width) = points.shape.rowsAndColumns
  let tokenCount = centroids.shape[0]
  let result = NDArray(uninitialized: Shape(points.shape.extents.dropLast()), .int32)
  let (x, c, norms) = (points.floats, centroids.floats, halfNorms.floats)
  let ids = result.pointer(to: Int32.self)
  let (tileRows, tileColumns) = (128, 512)
  Parallel.forEachSlice(of: (rows + tileRows - 1) / tileRows) { slice in
    var scores = [Float](repeating: 0, count: tileRows * min(tileColumns, tokenCount))
    var best = [Float](repeating: 0, count: tileRows)
    for tile in slice {
      let first = tile * tileRows
      let count = min(tileRows, rows - first)
      for row in 0..<count {
        best[row] = -.infinity
        ids[first + row] = 0
      }
      for start in stride(from: 0, to: tokenCount, by: tileColumns) {
        let columns = min(tileColumns, tokenCount - start)
        MatrixProduct.multiply(
          transposeB: true, m: count, n: columns, k: width, x + first * width, c + start * width,
          &scores)
        kernels.best_candidate(
          Int64(count), Int64(columns), Int64(columns), scores, norms + start, Int32(start), &best,
          ids + first)
      }
    }
  }
  withExtendedLifetime((points, centroids, halfNorms)) {}
  return result
}

/// |c|^2 / 2 of each centroid, summed in double precision: [K, D] -> [K].
func halfSquaredNorms(_ centroids: NDArray) -> NDArray {
  let width = centroids.shape[1]
  let from = centroids.floats
  let norms = (0..<centroids.shape[0]).map { row in
    Float(kernels.sum_of_squares(Int64(width), from + row * width) / 2)
  }
  withExtendedLifetime(centroids) {}
  return NDArray(norms)
}

import COpenBLAS

/// Matrix products: OpenBLAS on one thread a call, the engine's threads over slices.
///
/// The slices are a function of the shapes alone, so the bits do not depend on the thread count.
public enum MatrixProduct {
  /// Why products cannot be computed on this machine, or nil.
  public static var problem: String? { ccv_blas_problem().map { String(cString: $0) } }

  /// The provider and core type in use, for `ccv version`, and a warning if a variable holds it back.
  public static var description: (provider: String, core: String, warning: String?) {
    _ = ccv_blas_problem()
    return (
      String(cString: ccv_blas_version()), String(cString: ccv_blas_core()),
      ccv_blas_warning().map { String(cString: $0) }
    )
  }

  /// C = alpha op(A) op(B) + beta C over whole row-major matrices, split over the threads.
  package static func multiply(
    transposeA: Bool = false, transposeB: Bool = false, m: Int, n: Int, k: Int, alpha: Float = 1,
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, beta: Float = 0,
    _ c: UnsafeMutablePointer<Float>
  ) {
    guard m > 0, n > 0 else { return }
    guard k > 0 else {
      for index in 0..<(m * n) { c[index] = beta == 0 ? 0 : beta * c[index] }
      return
    }
    let (lda, ldb) = (transposeA ? m : k, transposeB ? k : n)
    let (rows, columns) = grid(m, n, k)
    Parallel.forEachSlice(of: rows * columns) { slice in
      for chunk in slice {
        let (top, bottom) = bounds(chunk / columns, rows, m)
        let (left, right) = bounds(chunk % columns, columns, n)
        ccv_sgemm(
          transposeA, transposeB, Int64(bottom - top), Int64(right - left), Int64(k), alpha,
          a + (transposeA ? top : top * lda), Int64(lda),
          b + (transposeB ? left * ldb : left), Int64(ldb), beta, c + top * n + left, Int64(n))
      }
    }
  }

  /// How many pieces the rows and the columns of C are cut into.
  ///
  /// Every piece packs its own rows of A and columns of B anew, so pieces are as square as they can be; there
  /// are up to 16, each with work worth waking a thread for and at least 128 rows and columns.
  private static func grid(_ m: Int, _ n: Int, _ k: Int) -> (rows: Int, columns: Int) {
    var (rows, columns) = (1, 1)
    let wanted = min(16, m * n * k / 500_000)
    while 2 * rows * columns <= wanted {
      let (height, width) = (m / rows, n / columns)
      guard max(height, width) >= 256 else { break }
      if height >= width { rows *= 2 } else { columns *= 2 }
    }
    return (rows, columns)
  }

  /// Pieces start at multiples of 16, the rows and columns that a kernel takes at once.
  private static func bounds(_ chunk: Int, _ chunks: Int, _ extent: Int) -> (Int, Int) {
    func edge(_ index: Int) -> Int {
      index == chunks ? extent : (extent * index / chunks) & ~15
    }
    return (edge(chunk), edge(chunk + 1))
  }
}

extension NDArray {
  /// The matrix product over the last two axes.
  ///
  /// - Shapes: [..., M, K] times [K, N] (one right operand for all), or [..., M, K] times
  ///   [..., K, N] with equal leading axes -> [..., M, N]; a one-dimensional left operand is a row and
  ///   a one-dimensional right operand a column, and that axis goes away.
  /// - Throws: `innerExtents`, or `mismatch` of the leading axes.
  public func multiplied(by other: NDArray) throws(ShapeError) -> NDArray {
    let (left, right) = (converted(to: .float32), other.converted(to: .float32))
    guard left.rank > 0, right.rank > 0 else {
      throw ShapeError.wrongRank(
        operation: "@", seen: left.rank == 0 ? left.shape : right.shape,
        wanted: "at least one axis (use * for numbers)")
    }
    if left.rank == 1 {
      let row = try left.viewed(as: [1, left.count]).multiplied(by: right)
      return row.viewed(as: row.shape.removing(axis: max(0, row.rank - (right.rank == 1 ? 1 : 2))))
    }
    if right.rank == 1 {
      let column = try left.multiplied(by: right.viewed(as: [right.count, 1]))
      return column.viewed(as: column.shape.removing(axis: column.rank - 1))
    }
    let (m, k, n) = (left.shape[-2], left.shape[-1], right.shape[-1])
    guard right.shape[-2] == k else {
      throw ShapeError.innerExtents(operation: "@", left: shape, right: other.shape)
    }
    let leading = left.shape.extents.dropLast(2)
    let result = NDArray(uninitialized: try Shape.validated(leading + [m, n]))
    let batch = leading.reduce(1, *)
    if right.rank == 2 {
      MatrixProduct.multiply(m: batch * m, n: n, k: k, left.floats, right.floats, result.floats)
    } else {
      guard right.shape.extents.dropLast(2).elementsEqual(leading) else {
        throw ShapeError.mismatch(operation: "@", left: shape, right: other.shape)
      }
      multiplyBatches(batch, m, n, k, left, right, result)
    }
    withExtendedLifetime((left, right)) {}
    return result
  }

  private func multiplyBatches(
    _ batch: Int, _ m: Int, _ n: Int, _ k: Int, _ left: NDArray, _ right: NDArray,
    _ result: NDArray
  ) {
    let (a, b, c) = (left.floats, right.floats, result.floats)
    guard batch > 1 else {
      MatrixProduct.multiply(m: m, n: n, k: k, a, b, c)
      return
    }
    Parallel.forEachSlice(of: batch) { slice in
      for index in slice {
        MatrixProduct.multiply(
          m: m, n: n, k: k, a + index * m * k, b + index * k * n, c + index * m * n)
      }
    }
  }
}

import CKernels
package import COneDNN
import COpenBLAS

/// Matrix products: a library on one thread a call, the engine's threads over slices.
///
/// Two libraries offer the product. Which one computes a slice follows from the kernels in use and the slice's shape, and the
/// slices follow from the shapes alone, so the bits depend neither on the thread count nor on timing.
public enum MatrixProduct {
  /// Why OpenBLAS cannot be used on this machine, or nil; without it plain loops compute what oneDNN does not.
  public static var problem: String? {
    _ = provider
    return ccv_blas_problem().map { String(cString: $0) }
  }

  /// Why bfloat16 products cannot be computed on this machine, or nil.
  public static var bfloat16Problem: String? {
    guard provider == .oneDNN else {
      return ccv_onednn_problem().map { String(cString: $0) }
        ?? "CCV_KERNELS keeps ccv from using this CPU's AVX-512"
    }
    return ccv_onednn_bfloat16_problem().map { String(cString: $0) }
  }

  package enum Provider { case openBLAS, oneDNN }

  /// oneDNN for AVX-512; a kernel variant that was forced holds for products too.
  package static let provider: Provider = {
    guard kernels.lanes == 16 else {
      ccv_blas_limit_to_avx2()
      return .openBLAS
    }
    return ccv_onednn_problem() == nil ? .oneDNN : .openBLAS
  }()

  /// Multiplications below which OpenBLAS, whose calls cost 0.1 us instead of 0.4 us, is the faster.
  private static let smallProduct: Int64 = 100_000

  /// C = op(A) op(B), or C += op(A) op(B), on the calling thread alone, for a tile of larger matrices: the first elements
  /// of two rows lie `lda`, `ldb`, `ldc` apart.
  @inline(__always)
  package static func tile(
    _ p: ccv_product, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer,
    _ c: UnsafeMutablePointer<Float>
  ) {
    // Neither library wants to hear of a matrix without elements; a sum of no products is 0.
    guard p.m > 0, p.n > 0, p.k > 0 else {
      guard !p.accumulate else { return }
      for row in 0..<Int(p.m) { (c + row * Int(p.ldc)).update(repeating: 0, count: Int(p.n)) }
      return
    }
    Observation.count(Int(2 * p.m * p.n * p.k), isBFloat16: p.element == CCV_BFLOAT16)
    withUnsafePointer(to: p) { p in
      let product = p.pointee
      if provider == .oneDNN, product.element == CCV_BFLOAT16
        || product.m * product.n * product.k >= smallProduct,
        ccv_onednn_multiply(p, a, b, c)
      {
        return
      }
      precondition(product.element == CCV_FLOAT32, "bfloat16 products were offered by oneDNN")
      ccv_sgemm(
        product.transpose_a, product.transpose_b, product.m, product.n, product.k,
        a.assumingMemoryBound(to: Float.self), product.lda,
        b.assumingMemoryBound(to: Float.self), product.ldb, product.accumulate, c, product.ldc)
    }
  }

  /// C = op(A) op(B), or with `accumulate` C += op(A) op(B), over whole row-major matrices, split over the threads.
  package static func multiply(
    transposeA: Bool = false, transposeB: Bool = false, m: Int, n: Int, k: Int,
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, accumulate: Bool = false,
    _ c: UnsafeMutablePointer<Float>
  ) {
    let product = ccv_product(
      m, n, k, transposeA: transposeA, transposeB: transposeB, accumulate: accumulate)
    split(product, a, b, c)
  }

  static func split(
    _ product: ccv_product, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer,
    _ c: UnsafeMutablePointer<Float>
  ) {
    let whole = Pieces(product, a, b, c)
    Parallel.forEachSlice(of: whole.count) { slice in
      for index in slice { whole.compute(index) }
    }
  }
}

/// One product, cut into pieces that any thread may compute in any order.
///
/// Where it is cut follows from its shape alone, so the bits do not depend on the number of threads.
struct Pieces {
  private let whole: ccv_product
  private let a: UnsafeRawPointer, b: UnsafeRawPointer
  private let c: UnsafeMutablePointer<Float>
  private let rows: Int, columns: Int
  var count: Int { rows * columns }

  init(
    _ whole: ccv_product, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer,
    _ c: UnsafeMutablePointer<Float>
  ) {
    (self.whole, self.a, self.b, self.c) = (whole, a, b, c)
    (rows, columns) = Pieces.grid(Int(whole.m), Int(whole.n), Int(whole.k))
  }

  func compute(_ index: Int) {
    let (m, n, k) = (Int(whole.m), Int(whole.n), Int(whole.k))
    let size = whole.element == CCV_BFLOAT16 ? 2 : 4
    let (top, bottom) = Pieces.bounds(index / columns, rows, m)
    let (left, right) = Pieces.bounds(index % columns, columns, n)
    var piece = whole
    piece.m = Int64(bottom - top)
    piece.n = Int64(right - left)
    MatrixProduct.tile(
      piece, a + size * (whole.transpose_a ? top : top * k),
      b + size * (whole.transpose_b ? left * k : left), c + top * n + left)
  }

  /// How many pieces the rows and the columns of C are cut into.
  ///
  /// Every piece packs its own rows of A and columns of B anew, so pieces are as square as they can be; there
  /// are up to 16, each with work worth a call of the library (about 6 us) and at least 32 rows and columns.
  private static func grid(_ m: Int, _ n: Int, _ k: Int) -> (rows: Int, columns: Int) {
    var (rows, columns) = (1, 1)
    let wanted = min(16, m * n * k / 600_000)
    while 2 * rows * columns <= wanted {
      let (height, width) = (m / rows, n / columns)
      guard max(height, width) >= 64 else { break }
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

extension ccv_product {
  /// An [m, k] by [k, n] product of matrices as they are stored, whose rows lie as close as they can
  /// unless a stride is given.
  package init(
    _ m: Int, _ n: Int, _ k: Int, transposeA: Bool = false, transposeB: Bool = false,
    accumulate: Bool = false, element: ccv_element = CCV_FLOAT32, lda: Int? = nil, ldb: Int? = nil,
    ldc: Int? = nil
  ) {
    self.init(
      m: Int64(m), n: Int64(n), k: Int64(k), lda: Int64(lda ?? (transposeA ? m : k)),
      ldb: Int64(ldb ?? (transposeB ? k : n)), ldc: Int64(ldc ?? n), transpose_a: transposeA,
      transpose_b: transposeB, accumulate: accumulate, element: element)
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

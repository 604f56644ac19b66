import CKernels
package import COneDNN

/// The numbers that matrix products multiply; their sums are float32 always.
public enum Precision: String, Sendable, CaseIterable {
  case float32 = "float32"
  /// A float32 rounded to its upper half: its range, 8 bits of its 24.
  case bfloat16 = "bf16"

  package var element: ccv_element { self == .bfloat16 ? CCV_BFLOAT16 : CCV_FLOAT32 }
  package var bytes: Int { self == .bfloat16 ? 2 : 4 }
}

/// Numbers as a matrix product reads them: an array's own, or a copy rounded to bfloat16.
///
/// What an operation keeps for its pullback it keeps in this form, so that bfloat16 halves that memory too.
package struct Operand: Sendable {
  package let precision: Precision
  private let storage: Storage
  private let start: Int

  /// The elements of a float32 array, in its order.
  package init(_ array: NDArray, _ precision: Precision) {
    self.precision = precision
    if precision == .float32 {
      (storage, start) = (array.storage, array.offset * precision.bytes)
    } else {
      (storage, start) = (Storage(byteCount: array.count * precision.bytes), 0)
      let (from, to) = (array.floats, storage.pointer.assumingMemoryBound(to: UInt16.self))
      Parallel.forEachSlice(of: array.count, grain: Parallel.elementsPerSlice) { slice in
        let first = slice.lowerBound
        kernels.round_to_bfloat16(Int64(slice.count), from + first, to + first)
      }
      withExtendedLifetime(array) {}
    }
  }

  /// Room for `count` elements, each of which `write` must reach next.
  package init(uninitialized count: Int, _ precision: Precision) {
    self.precision = precision
    (storage, start) = (Storage(byteCount: count * precision.bytes), 0)
  }

  /// Where the element of this index lies. Valid while the operand is alive.
  package func pointer(at index: Int = 0) -> UnsafeMutableRawPointer {
    storage.pointer + start + index * precision.bytes
  }

  /// The first element of a float32 operand.
  package var floats: UnsafeMutablePointer<Float> {
    precondition(precision == .float32, "elements are read as what they are")
    return pointer().assumingMemoryBound(to: Float.self)
  }

  /// Puts floats in place from the element `first` on, rounded as they must be.
  package func write(_ floats: UnsafePointer<Float>, count: Int, at first: Int) {
    switch precision {
    case .float32:
      pointer(at: first).assumingMemoryBound(to: Float.self).update(from: floats, count: count)
    case .bfloat16:
      kernels.round_to_bfloat16(
        Int64(count), floats, pointer(at: first).assumingMemoryBound(to: UInt16.self))
    }
  }

  /// The floats from the element `first` on.
  package func read(_ floats: UnsafeMutablePointer<Float>, count: Int, at first: Int) {
    switch precision {
    case .float32:
      floats.update(from: pointer(at: first).assumingMemoryBound(to: Float.self), count: count)
    case .bfloat16:
      kernels.widen_bfloat16(
        Int64(count), pointer(at: first).assumingMemoryBound(to: UInt16.self), floats)
    }
  }
}

extension MatrixProduct {
  /// C = op(A) op(B), or with `accumulate` C += op(A) op(B), over whole row-major matrices of one precision, split over
  /// the threads.
  package static func multiply(
    transposeA: Bool = false, transposeB: Bool = false, m: Int, n: Int, k: Int,
    _ a: Operand, _ b: Operand, accumulate: Bool = false, _ c: UnsafeMutablePointer<Float>
  ) {
    var alone = ProductGroup()
    alone.add(
      transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, a, b,
      accumulate: accumulate, c)
    alone.compute()
  }
}

/// Matrix products that do not wait for each other, computed side by side: small ones are not worth
/// cutting, but two of them keep two threads busy.
package struct ProductGroup {
  private var products: [Pieces] = []
  private var targets: [UnsafeMutablePointer<Float>] = []
  private var operands: [Operand] = []

  package init() {}

  /// Puts C = op(A) op(B), or with `accumulate` C += op(A) op(B), over whole row-major matrices of one precision into the
  /// group; C is written by the time that `compute` returns.
  package mutating func add(
    transposeA: Bool = false, transposeB: Bool = false, m: Int, n: Int, k: Int,
    _ a: Operand, _ b: Operand, accumulate: Bool = false, _ c: UnsafeMutablePointer<Float>
  ) {
    precondition(a.precision == b.precision, "both operands are of one precision")
    // A second product into the same place waits for the first.
    if targets.contains(c) { compute() }
    let product = ccv_product(
      m, n, k, transposeA: transposeA, transposeB: transposeB, accumulate: accumulate,
      element: a.precision.element)
    products.append(Pieces(product, a.pointer(), b.pointer(), c))
    targets.append(c)
    operands += [a, b]
  }

  /// Computes what is in the group and empties it.
  package mutating func compute() {
    let products = products
    let count = products.reduce(0) { $0 + $1.count }
    Parallel.forEachSlice(of: count) { slice in
      var first = 0
      for product in products {
        let mine = slice.clamped(to: first..<(first + product.count))
        for index in mine { product.compute(index - first) }
        first += product.count
      }
    }
    withExtendedLifetime(operands) {}
    self = ProductGroup()
  }
}

import Arrays
import Autograd
import TestSupport
import Testing

@Suite(
  "Products in bfloat16",
  .enabled(if: MatrixProduct.bfloat16Problem == nil, "needs AVX512-BF16 or AMX, and oneDNN"))
struct BFloat16Tests {
  /// The value and the gradients of sum(weights * operation(inputs)).
  private func run(
    _ inputs: [NDArray], _ precision: Precision, weights: NDArray,
    _ operation: ([Tensor]) throws -> Tensor
  ) throws -> [NDArray] {
    let parameters = inputs.map { Parameter($0) }
    var value: NDArray?
    let result = try gradients(of: parameters, precision: precision) {
      let y = try operation(parameters.map(\.tensor))
      value = y.value
      return try sum(try multiply(y, Tensor(weights)))
    }
    return try [#require(value)] + result.gradients.map { try #require($0) }
  }

  /// Eighths from -1 to 1: bfloat16 holds them, and float32 holds any sum of a few of their products.
  private func eighths(_ shape: Shape, seed: UInt64) -> NDArray {
    elementwise(.round, testNumbers(shape, seed: seed).affine(4, 0)).affine(0.125, 0)
  }

  @Test("of numbers that bfloat16 holds a linear map and its pullback are exact")
  func exact() throws {
    let inputs = [
      eighths([37, 24], seed: 1), eighths([19, 24], seed: 2), eighths([19], seed: 3),
    ]
    let weights = eighths([37, 19], seed: 4)
    func map(_ x: [Tensor]) throws -> Tensor { try linear(x[0], weight: x[1], bias: x[2]) }
    let half = try run(inputs, .bfloat16, weights: weights, map)
    let full = try run(inputs, .float32, weights: weights, map)
    #expect(half == full)
  }

  static let cases: [(name: String, shapes: [Shape], result: Shape, products: Double)] = [
    ("feed-forward", [[33, 16], [48, 16], [48], [16, 48], [16]], [33, 16], 2),
    ("attention", [[2, 13, 48], [2, 13, 13]], [2, 13, 16], 2),
  ]

  @Test("value and gradients are within the rounding of the operands", arguments: [0, 1])
  func rounding(index: Int) throws {
    let item = Self.cases[index]
    let inputs = item.shapes.enumerated().map { testNumbers($1, seed: UInt64($0 + 5)) }
    let weights = testNumbers(item.result, seed: 20)
    func operation(_ x: [Tensor]) throws -> Tensor {
      item.name == "attention"
        ? try attention(x[0], heads: 2, bias: x[1])
        : try feedForward(x[0], x[1], x[2], x[3], x[4])
    }
    let half = try run(inputs, .bfloat16, weights: weights, operation)
    let full = try run(inputs, .float32, weights: weights, operation)
    for (part, (seen, wanted)) in zip(half, full).enumerated() {
      let (x, y) = (seen.elements(of: Float.self), wanted.elements(of: Float.self))
      let error = zip(x, y).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }.squareRoot()
      let size = y.reduce(0.0) { $0 + Double($1 * $1) }.squareRoot()
      // Every product rounds two operands, each by at most 2^-9 of itself; forward and back a number
      // goes through twice as many. Terms of a sum have signs at random, so that rounding errors and
      // sums grow alike.
      #expect(error <= 2 * 2 * item.products * 0x1p-9 * size, "part \(part) of \(item.name)")
    }
    #expect(half[0] != full[0])
  }

  @Test("no tokens and no rows are no trouble, in either precision", arguments: Precision.allCases)
  func nothing(precision: Precision) throws {
    let w = Parameter(testNumbers([8, 8], seed: 1))
    let result = try gradients(of: [w], precision: precision) {
      let none = try linear(Tensor(NDArray(zeros: [2, 0, 8])), weight: w.tensor)
      let mixed = try attention(Tensor(NDArray(zeros: [2, 0, 24])), heads: 2)
      #expect(mixed.shape == [2, 0, 8])
      return try sum(none)
    }
    #expect(result.gradients[0]?.elements() == [Float](repeating: 0, count: 64))
  }

  @Test("without a tape products are float32")
  func untracked() throws {
    let (x, w) = (testNumbers([4, 8], seed: 1), testNumbers([8, 8], seed: 2))
    let alone = try linear(Tensor(x), weight: Tensor(w)).value
    let p = Parameter(NDArray([Float(1)]))
    _ = try gradients(of: [p], precision: .bfloat16) {
      #expect(try linear(Tensor(x), weight: Tensor(w)).value == alone)
      return try sum(p.tensor)
    }
  }
}

@Suite("Products in bfloat16 where there are none")
struct NoBFloat16Tests {
  @Test("the reason is told", .enabled(if: MatrixProduct.bfloat16Problem != nil))
  func refused() throws {
    let reason = try #require(MatrixProduct.bfloat16Problem)
    let p = Parameter(NDArray([Float(1)]))
    #expect(throws: GradientError.noBFloat16(reason)) {
      try gradients(of: [p], precision: .bfloat16) { try sum(p.tensor) }
    }
  }
}

import CKernels
import Glibc
import Testing

/// A unary operation with its reference and its bound in ulps of the result.
private struct Unary: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let code: UInt32
  let bound: Double
  /// GELU multiplies a tail that may be subnormal, rounded to 2^-150, by up to 15.
  var subnormalBound: Double { code == CCV_GELU.rawValue ? 0x1p-145 : 0 }
  let reference: @Sendable (Double) -> Double

  init(
    _ name: String, _ code: ccv_unary, _ bound: Double, _ f: @escaping @Sendable (Double) -> Double
  ) {
    (testDescription, self.code, self.bound, reference) = (name, code.rawValue, bound, f)
  }

  static let all: [Unary] = [
    Unary("negate", CCV_NEGATE, 0) { -$0 },
    Unary("absolute", CCV_ABSOLUTE, 0) { abs($0) },
    Unary("exp", CCV_EXP, 1) { Glibc.exp($0) },
    Unary("log", CCV_LOG, 1) { $0 < 0 ? .nan : Glibc.log($0) },
    Unary("sqrt", CCV_SQRT, 0.5) { $0.squareRoot() },
    Unary("reciprocal", CCV_RECIPROCAL, 0.5) { 1 / $0 },
    Unary("tanh", CCV_TANH, 1.5) { Glibc.tanh($0) },
    Unary("sigmoid", CCV_SIGMOID, 2.5) { 1 / (1 + Glibc.exp(-$0)) },
    Unary("gelu", CCV_GELU, 9) {
      $0 == -.infinity ? 0 : 0.5 * $0 * Glibc.erfc(-$0 / 2.0.squareRoot())
    },
    Unary("relu", CCV_RELU, 0) { $0 < 0 ? 0 : $0 },
    Unary("square", CCV_SQUARE, 0.5) { $0 * $0 },
    Unary("sin", CCV_SIN, 1) { Glibc.sin($0) },
    Unary("cos", CCV_COS, 1) { Glibc.cos($0) },
    Unary("floor", CCV_FLOOR, 0) { Glibc.floor($0) },
    Unary("ceil", CCV_CEIL, 0) { Glibc.ceil($0) },
    Unary("round", CCV_ROUND, 0) { Glibc.rint($0) },
  ]
}

private struct Binary: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let code: UInt32
  let bound: Double
  let reference: @Sendable (Double, Double) -> Double

  init(
    _ name: String, _ code: ccv_binary, _ bound: Double,
    _ f: @escaping @Sendable (Double, Double) -> Double
  ) {
    (testDescription, self.code, self.bound, reference) = (name, code.rawValue, bound, f)
  }

  static let all: [Binary] = [
    Binary("add", CCV_ADD, 0.5) { $0 + $1 },
    Binary("subtract", CCV_SUBTRACT, 0.5) { $0 - $1 },
    Binary("multiply", CCV_MULTIPLY, 0.5) { $0 * $1 },
    Binary("divide", CCV_DIVIDE, 0.5) { $0 / $1 },
    Binary("maximum", CCV_MAXIMUM, 0) { $0.isNaN || $1.isNaN ? .nan : max($0, $1) },
    Binary("minimum", CCV_MINIMUM, 0) { $0.isNaN || $1.isNaN ? .nan : min($0, $1) },
    Binary("power", CCV_POWER, 1) { Glibc.pow($0, $1) },
  ]
}

private let comparisons: [(ccv_comparison, @Sendable (Float, Float) -> Bool)] = [
  (CCV_EQUAL, { $0 == $1 }), (CCV_NOT_EQUAL, { $0 != $1 }), (CCV_LESS, { $0 < $1 }),
  (CCV_LESS_EQUAL, { $0 <= $1 }), (CCV_GREATER, { $0 > $1 }), (CCV_GREATER_EQUAL, { $0 >= $1 }),
]

@Suite struct ElementwiseTests {
  @Test(
    "unary operations are within their ulps of the double reference", arguments: Variant.all,
    Unary.all)
  private func unaryAccuracy(variant: Variant, operation: Unary) {
    var samples = Samples(seed: 1)
    for count in sizes {
      let input = samples.floats(count, -20, 20)
      check(variant, operation, input)
    }
    check(variant, operation, specials)
    // Every exponent and sign.
    check(
      variant, operation, (0..<4096).map { _ in Float(bitPattern: UInt32(samples.bits() >> 32)) })
    check(variant, operation, (0..<2000).map { _ in samples.float(-110, 95) })
  }

  private func check(_ variant: Variant, _ operation: Unary, _ input: [Float]) {
    let x = GuardedBuffer(input)
    let y = GuardedBuffer<Float>(repeating: 7, count: input.count)
    let code = ccv_unary(rawValue: operation.code)
    variant.kernels.unary(code, Int64(input.count), x.pointer, y.pointer)
    let wanted = input.map { operation.reference(Double($0)) }
    expectClose(
      y.values, wanted,
      within: { max(operation.bound * ulp(of: wanted[$0]), operation.subnormalBound) },
      "\(operation.testDescription) of \(input.count)")
    // In place, and one element at a time: neither memory nor neighbours may change a bit, so that
    // a slice of an array gives what the whole array gives.
    for start in input.indices {
      variant.kernels.unary(code, 1, x.pointer + start, x.pointer + start)
    }
    expectIdentical(x.values, y.values, "\(operation.testDescription) one at a time")
  }

  @Test("signs of zero survive", arguments: Variant.all)
  func signedZero(variant: Variant) {
    for code in [CCV_SQRT, CCV_TANH, CCV_SIN, CCV_FLOOR, CCV_CEIL, CCV_ROUND] {
      let x = GuardedBuffer<Float>([-0.0, 0, -0.0])
      variant.kernels.unary(code, 3, x.pointer, x.pointer)
      expectIdentical(x.values, [-0.0, 0, -0.0], "unary \(code.rawValue)")
    }
  }

  @Test("binary operations agree with the double reference", arguments: Variant.all, Binary.all)
  private func binaryAccuracy(variant: Variant, operation: Binary) {
    var samples = Samples(seed: 2)
    for count in sizes where count > 0 {
      check(variant, operation, samples.floats(count), samples.floats(count))
      check(variant, operation, samples.floats(count), samples.floats(1))
      check(variant, operation, samples.floats(1), samples.floats(count))
    }
    let left = specials.flatMap { value in specials.map { _ in value } }
    check(variant, operation, left, specials.flatMap { _ in specials })
    let x = GuardedBuffer<Float>([])
    variant.kernels.binary(
      ccv_binary(rawValue: operation.code), 0, x.pointer, 1, x.pointer, 0, x.pointer)
  }

  private func check(_ variant: Variant, _ operation: Binary, _ left: [Float], _ right: [Float]) {
    let count = max(left.count, right.count)
    let (a, b) = (GuardedBuffer(left), GuardedBuffer(right))
    let y = GuardedBuffer<Float>(repeating: 7, count: count)
    let (aStep, bStep): (Int32, Int32) = (left.count == count ? 1 : 0, right.count == count ? 1 : 0)
    variant.kernels.binary(
      ccv_binary(rawValue: operation.code), Int64(count), a.pointer, aStep, b.pointer, bStep,
      y.pointer)
    let wanted = (0..<count).map {
      operation.reference(Double(left[aStep == 1 ? $0 : 0]), Double(right[bStep == 1 ? $0 : 0]))
    }
    expectClose(
      y.values, wanted, within: { operation.bound * ulp(of: wanted[$0]) },
      "\(operation.testDescription) of \(left.count) and \(right.count)")
  }

  @Test("comparisons and selection follow IEEE order", arguments: Variant.all)
  func comparison(variant: Variant) {
    var samples = Samples(seed: 3)
    for count in sizes where count > 0 {
      let left = (0..<count).map { _ in specials[samples.index(below: specials.count)] }
      let right = (0..<count).map { _ in specials[samples.index(below: specials.count)] }
      let (a, b) = (GuardedBuffer(left), GuardedBuffer(right))
      let mask = GuardedBuffer<UInt8>(repeating: 9, count: count)
      let y = GuardedBuffer<Float>(repeating: 7, count: count)
      for (code, holds) in comparisons {
        for (aStep, bStep) in [(1, 1), (0, 1), (1, 0)] {
          variant.kernels.compare(
            code, Int64(count), a.pointer, Int32(aStep), b.pointer, Int32(bStep), mask.pointer)
          let wanted = (0..<count).map { holds(left[$0 * aStep], right[$0 * bStep]) }
          #expect(
            mask.values == wanted.map { $0 ? 1 : 0 }, "comparison \(code.rawValue) of \(count)")
          variant.kernels.select(
            Int64(count), mask.pointer, a.pointer, Int32(aStep), b.pointer, Int32(bStep), y.pointer)
          expectIdentical(
            y.values, (0..<count).map { wanted[$0] ? left[$0 * aStep] : right[$0 * bStep] },
            "selection of \(count)")
        }
      }
    }
  }

  @Test("scaled additions round at most twice", arguments: Variant.all)
  func scaledAdditions(variant: Variant) {
    var samples = Samples(seed: 4)
    for count in sizes {
      let (xs, ys) = (samples.floats(count), samples.floats(count))
      let x = GuardedBuffer(xs)
      let y = GuardedBuffer(ys)
      variant.kernels.add_scaled(Int64(count), 0.3, x.pointer, y.pointer)
      let factor = Double(Float(0.3))
      expectClose(
        y.values, zip(xs, ys).map { Double($1) + factor * Double($0) },
        within: { gamma(2) * (abs(Double(ys[$0])) + factor * abs(Double(xs[$0]))) }, "add_scaled")

      variant.kernels.affine(Int64(count), 0.3, -1.5, x.pointer, x.pointer)
      expectClose(
        x.values, xs.map { factor * Double($0) - 1.5 },
        within: { gamma(2) * (1.5 + factor * abs(Double(xs[$0]))) }, "affine")

      let bytes = (0..<count).map { _ in UInt8(samples.index(below: 256)) }
      let pixels = GuardedBuffer(bytes)
      variant.kernels.bytes_to_floats(Int64(count), 1 / 255, -0.5, pixels.pointer, y.pointer)
      let scale = Double(Float(1) / 255)
      expectClose(
        y.values, bytes.map { scale * Double($0) - 0.5 },
        within: { gamma(2) * (0.5 + scale * Double(bytes[$0])) }, "bytes_to_floats")
    }
  }

  @Test("bfloat16 is the nearest, of two equally near ones the even", arguments: Variant.all)
  func bfloat16(variant: Variant) {
    var samples = Samples(seed: 30)
    // Exactly between two neighbours, just off it, and where the carry runs up to infinity.
    let edges: [UInt32] = [
      0x3F80_8000, 0x3F81_8000, 0x3F80_8001, 0x3F80_7FFF, 0xBF81_8000, 0x7F7F_8000, 0x7F7F_7FFF,
      0x7F80_0001, 0xFF80_0001, 0x7FC0_0000, 0x0000_8000, 0x0001_8000, 0x8000_0001,
    ]
    for count in sizes {
      let pool = specials + edges.map { Float(bitPattern: $0) } + samples.floats(count, -1e3, 1e3)
      let input = Array(pool.suffix(count))
      let (x, y) = (GuardedBuffer(input), GuardedBuffer<UInt16>(repeating: 7, count: count))
      let back = GuardedBuffer<Float>(repeating: 7, count: count)
      variant.kernels.round_to_bfloat16(Int64(count), x.pointer, y.pointer)
      variant.kernels.widen_bfloat16(Int64(count), y.pointer, back.pointer)
      for (value, rounded) in zip(input, back.values) {
        if value.isNaN {
          #expect(rounded.isNaN)
          continue
        }
        let below = Float(bitPattern: value.bitPattern & 0xFFFF_0000)
        let above = Float(bitPattern: below.bitPattern &+ 0x1_0000)
        let reach = abs(above.isFinite ? Double(above) : 0x1p128) - abs(Double(below))
        let middle = abs(Double(below)) + reach / 2
        let odd = below.bitPattern >> 16 & 1 == 1
        let up = abs(Double(value)) > middle || (abs(Double(value)) == middle && odd)
        #expect(rounded.bitPattern == (value.isInfinite || !up ? below : above).bitPattern)
      }
    }
  }
}

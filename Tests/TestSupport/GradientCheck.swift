public import Arrays
public import Autograd
import Glibc

/// A function in double precision that an operation is checked against: arrays in, one array out,
/// all row-major.
public typealias Oracle = ([[Double]]) -> [Double]

/// How far an operation's value and gradients are from the oracle's.
public struct GradientDeviation {
  /// The largest |float32 value - double value| over 1 + |double value|.
  public let value: Double
  /// The same of the gradients by input.
  public let gradients: [Double]
}

/// Compares an operation with a double-precision oracle: its value, and its gradients with central
/// differences of the oracle. The loss is a weighted sum of the outputs with fixed uneven weights, so
/// that no error cancels.
///
/// The differences have a step of 6e-6 max(1, |x|): truncation and rounding of the double oracle are
/// then both about 1e-10, far below float32's 6e-8.
public func gradientDeviation(
  of operation: ([Tensor]) throws -> Tensor, oracle: Oracle, inputs: [NDArray]
) throws -> GradientDeviation {
  let parameters = inputs.map { Parameter($0) }
  var output = NDArray(scalar: Float(0))
  let result = try gradients(of: parameters) {
    let y = try operation(parameters.map(\.tensor))
    output = y.value
    let weights = NDArray((0..<y.shape.count).map { Float(weight($0)) }, shape: y.shape)
    return try sum(try multiply(y, Tensor(weights)))
  }
  let numbers = inputs.map { $0.elements(of: Float.self).map(Double.init) }
  func loss(_ numbers: [[Double]]) -> Double {
    oracle(numbers).enumerated().reduce(0) { $0 + $1.element * weight($1.offset) }
  }
  let expected = oracle(numbers)
  let value =
    zip(output.elements(of: Float.self), expected)
    .map { abs(Double($0) - $1) / (1 + abs($1)) }.max() ?? 0
  var deviations = [Double]()
  for (index, values) in numbers.enumerated() {
    let got = result.gradients[index]?.elements(of: Float.self) ?? values.map { _ in 0 }
    var worst = 0.0
    for position in values.indices {
      let step = 6e-6 * max(1, abs(values[position]))
      var up = numbers, down = numbers
      up[index][position] += step
      down[index][position] -= step
      let slope = (loss(up) - loss(down)) / (2 * step)
      worst = max(worst, abs(Double(got[position]) - slope) / (1 + abs(slope)))
    }
    deviations.append(worst)
  }
  return GradientDeviation(value: value, gradients: deviations)
}

/// Uneven weights between -1 and 1.
private func weight(_ index: Int) -> Double {
  // Exact in float32, so that both sides use the same numbers.
  Double(Float(sin(Double(index) * 1.7 + 0.3)))
}

/// Seeded numbers for tests, normal with a deviation, away from 0 by at least `gap`.
public func testNumbers(
  _ shape: Shape, seed: UInt64, deviation: Float = 1, gap: Float = 0
) -> NDArray {
  var random = RandomSource(seed: seed)
  let values = random.normal(shape, deviation: deviation).elements(of: Float.self)
  return NDArray(values.map { $0 + ($0 < 0 ? -gap : gap) }, shape: shape)
}

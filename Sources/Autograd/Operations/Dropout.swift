public import Arrays

/// x with each element set to 0 with probability `rate`, the others divided by 1 - rate; dx likewise.
///
/// - Source: Srivastava et al. 2014.
public func dropout(
  _ x: Tensor, rate: Float, random: inout RandomSource
) throws(ShapeError) -> Tensor {
  guard rate >= 0, rate < 1 else {
    throw ShapeError.valueOutOfRange(
      operation: "dropout", what: "the rate", seen: "\(rate)", wanted: "0 or more and below 1")
  }
  guard rate > 0 else { return x }
  let draws = random.uniform(x.shape)
  let kept = try compare(.greaterEqual, draws, NDArray(scalar: rate)).converted(to: .float32)
  return try multiply(x, Tensor(kept.affine(1 / (1 - rate), 0)))
}

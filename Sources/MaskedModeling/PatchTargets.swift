public import Arrays

/// Patches standardised each by its own mean and deviation: what the pixel head predicts.
///
///     y = (x - mean(x)) / sqrt(var(x) + e),   e = 1e-6, var unbiased (divisor D - 1)
///
/// - Shapes: [..., D] -> [..., D]; statistics over all D values of a patch, channels together.
/// - Range: x are pixels in 0 ... 1 before any other normalisation; e is then the variance of a
///   deviation of 0.001, a quarter of one 8-bit level, so only constant patches become 0.
/// - Accuracy: statistics in double precision.
/// - Throws: `ShapeError.wrongRank` for D below 2 or no axis.
/// - Source: He et al. 2022 (MAE), section 3, with the epsilon and divisor of CCViT's code.
public func normalizedPatches(
  _ patches: NDArray, epsilon: Double = 1e-6
) throws(ShapeError) -> NDArray {
  guard patches.rank >= 1, patches.shape[-1] >= 2 else {
    throw ShapeError.wrongRank(
      operation: "patch normalisation", seen: patches.shape, wanted: "patches of two values or more"
    )
  }
  let input = patches.converted(to: .float32)
  let (rows, width) = input.shape.rowsAndColumns
  let result = NDArray(uninitialized: input.shape)
  let (from, to) = (input.floats, result.floats)
  Parallel.forEachRowSlice(rows, columns: width, costPerElement: 3) { slice in
    for row in slice {
      standardize(
        UnsafeBufferPointer(start: from + row * width, count: width), into: to + row * width,
        epsilon: epsilon)
    }
  }
  withExtendedLifetime(input) {}
  return result
}

/// Two passes: the mean first, so that a flat bright patch loses no digits in its variance.
private func standardize(
  _ x: UnsafeBufferPointer<Float>, into y: UnsafeMutablePointer<Float>, epsilon: Double
) {
  var sum = 0.0
  for value in x { sum += Double(value) }
  let mean = sum / Double(x.count)
  var squares = 0.0
  for value in x { squares += (Double(value) - mean) * (Double(value) - mean) }
  let scale = 1 / (squares / Double(x.count - 1) + epsilon).squareRoot()
  for index in x.indices { y[index] = Float((Double(x[index]) - mean) * scale) }
}

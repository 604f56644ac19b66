public import Arrays
import Glibc

/// Peak signal-to-noise ratio of an approximation, in decibels; infinite for equal arrays.
///
///     PSNR = 10 log10(peak^2 / mean((a - b)^2))
///
/// - Shapes: equal. `peak` is the largest possible pixel value, 1 for pixels in 0 ... 1.
/// - Throws: `ShapeError.mismatch`, `ShapeError.empty`.
public func peakSignalToNoiseRatio(
  _ a: NDArray, _ b: NDArray, peak: Double = 1
) throws(ShapeError) -> Double {
  guard a.shape == b.shape else {
    throw ShapeError.mismatch(operation: "psnr", left: a.shape, right: b.shape)
  }
  guard a.count > 0 else { throw ShapeError.empty(operation: "psnr") }
  let difference = try elementwise(.subtract, a, b)
  let error = difference.sumOfSquares / Double(a.count)
  return error == 0 ? .infinity : 10 * Glibc.log10(peak * peak / error)
}

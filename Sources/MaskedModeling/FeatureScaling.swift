import Arrays

/// Features brought to mean 0 and deviation 1 by the statistics of the training samples.
struct FeatureScaling: Sendable {
  /// By feature: the training mean.
  let means: [Double]
  /// By feature: 1 / deviation (divisor N); 0 for a feature that is constant in training, which
  /// then says nothing.
  let scales: [Double]

  /// Statistics of [N, D] features, each column in two passes in double precision.
  init(of features: NDArray) {
    let (rows, width) = features.shape.rowsAndColumns
    var (means, scales) = (
      [Double](repeating: 0, count: width), [Double](repeating: 0, count: width)
    )
    let from = features.floats
    means.withUnsafeMutableBufferPointer { means in
      scales.withUnsafeMutableBufferPointer { scales in
        guard let means = means.baseAddress, let scales = scales.baseAddress else { return }
        Parallel.forEachSlice(of: width, grain: 16) { slice in
          let mean = means + slice.lowerBound, square = scales + slice.lowerBound
          for row in 0..<rows {
            let x = from + row * width + slice.lowerBound
            for column in 0..<slice.count { mean[column] += Double(x[column]) }
          }
          for column in 0..<slice.count { mean[column] /= Double(rows) }
          for row in 0..<rows {
            let x = from + row * width + slice.lowerBound
            for column in 0..<slice.count {
              let difference = Double(x[column]) - mean[column]
              square[column] += difference * difference
            }
          }
          for column in 0..<slice.count {
            let variance = square[column] / Double(rows)
            // The mean of equal numbers is off by a rounding, and so is their variance from 0.
            let isConstant = variance <= 1e-28 * mean[column] * mean[column]
            square[column] = isConstant ? 0 : 1 / variance.squareRoot()
          }
        }
      }
    }
    withExtendedLifetime(features) {}
    (self.means, self.scales) = (means, scales)
  }

  /// Scaled [N, D] features.
  func apply(to features: NDArray) -> NDArray {
    let (rows, width) = features.shape.rowsAndColumns
    let result = NDArray(uninitialized: features.shape)
    let (from, to) = (features.floats, result.floats)
    means.withUnsafeBufferPointer { means in
      scales.withUnsafeBufferPointer { scales in
        Parallel.forEachRowSlice(rows, columns: width) { slice in
          for row in slice {
            for column in 0..<width {
              let index = row * width + column
              to[index] = Float((Double(from[index]) - means[column]) * scales[column])
            }
          }
        }
      }
    }
    withExtendedLifetime(features) {}
    return result
  }
}

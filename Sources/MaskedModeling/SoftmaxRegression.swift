import Arrays
import CKernels

/// The loss of multinomial logistic regression and its gradient.
///
///     L = 1/N sum_i -log softmax(W x_i + b)[y_i] + l2 / 2 |W|^2
///
/// Parameters lie in one vector: W [V, D] row by row, then b [V]; b is not regularised. Products
/// are in float32, sums over samples in parts that depend on N alone, then in double: the bits do
/// not depend on the number of threads.
struct SoftmaxRegression {
  let features: NDArray
  let labels: [Int32]
  let classCount: Int
  let l2: Double

  private static let tileRows = 1_024

  var width: Int { features.shape[1] }
  var weightCount: Int { classCount * width }
  var parameterCount: Int { weightCount + classCount }

  /// The loss and its gradient.
  func callAsFunction(_ parameters: [Double]) -> (value: Double, gradient: [Double]) {
    let samples = labels.count
    let weights = parameters.map { Float($0) }
    let parts = min(16, (samples + Self.tileRows - 1) / Self.tileRows)
    var losses = [Double](repeating: 0, count: parts)
    let partial = NDArray(zeros: [parts, parameterCount])
    let gradients = partial.floats
    losses.withUnsafeMutableBufferPointer { losses in
      guard let losses = losses.baseAddress else { return }
      Parallel.forEachSlice(of: parts) { slice in
        for part in slice {
          losses[part] = add(
            rows: (samples * part / parts)..<(samples * (part + 1) / parts), weights,
            to: gradients + part * parameterCount)
        }
      }
    }
    var gradient = [Double](repeating: 0, count: parameterCount)
    for part in 0..<parts {
      let terms = gradients + part * parameterCount
      for index in gradient.indices { gradient[index] += Double(terms[index]) }
    }
    withExtendedLifetime(partial) {}
    var value = losses.reduce(0, +) / Double(samples)
    for index in gradient.indices { gradient[index] /= Double(samples) }
    for index in 0..<weightCount {
      value += l2 / 2 * parameters[index] * parameters[index]
      gradient[index] += l2 * parameters[index]
    }
    return (value, gradient)
  }

  /// Adds the gradients of a range of samples to `gradient` and returns the sum of their losses.
  private func add(
    rows: Range<Int>, _ weights: [Float], to gradient: UnsafeMutablePointer<Float>
  ) -> Double {
    let (x, tile) = (features.floats, max(1, min(Self.tileRows, rows.count)))
    let scratch = NDArray(uninitialized: [tile, classCount])
    let logits = scratch.floats
    var losses = [Float](repeating: 0, count: tile)
    var normalizers = losses
    let ones = [Float](repeating: 1, count: tile)
    var sum = 0.0
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: tile) {
      let count = min(tile, rows.upperBound - start)
      let (n, classes) = (Int64(count), Int64(classCount))
      weights.withUnsafeBufferPointer { weights in
        guard let w = weights.baseAddress else { return }
        MatrixProduct.multiply(
          transposeB: true, m: count, n: classCount, k: width, x + start * width, w, logits)
        kernels.add_bias(n, classes, w + weightCount, logits)
      }
      labels.withUnsafeBufferPointer { labels in
        guard let ids = labels.baseAddress.map({ $0 + start }) else { return }
        kernels.cross_entropy(n, classes, logits, ids, &losses, &normalizers)
        kernels.cross_entropy_pullback(n, classes, logits, ids, normalizers, ones, logits)
      }
      for row in 0..<count { sum += Double(losses[row]) }
      MatrixProduct.multiply(
        transposeA: true, m: classCount, n: width, k: count, logits, x + start * width,
        accumulate: true, gradient)
      kernels.add_column_sums(n, classes, logits, gradient + weightCount)
    }
    withExtendedLifetime(scratch) {}
    return sum
  }
}

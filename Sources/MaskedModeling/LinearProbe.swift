import Arrays
import CKernels

/// Judges features by multinomial logistic regression with an L2 penalty:
///
///     mean cross-entropy + l2 / 2 |W|^2          (the offsets are not penalised)
///
/// solved by L-BFGS from zero until no component of the gradient is above `tolerance`. The problem
/// is convex, so the answer depends on data and options alone, not on a seed or on threads.
/// `progress` sees each step's number, from 1; false ends the fit where it is.
///
/// - Throws: `EvaluationError.option` for a negative l2, no iterations or a tolerance not above 0,
///   and what `progress` throws.
public func linearProbe(
  _ data: ProbeData, l2: Double = 1e-3, iterationsMax: Int = 500, tolerance: Double = 1e-4,
  progress: (Int) throws -> Bool = { _ in true }
) throws -> ProbeResult {
  guard l2 >= 0, l2.isFinite else {
    throw EvaluationError.option(name: "l2", seen: l2, wanted: "a number from 0 up")
  }
  guard iterationsMax >= 1 else {
    throw EvaluationError.option(
      name: "the number of iterations", seen: Double(iterationsMax), wanted: "1 or more")
  }
  guard tolerance > 0 else {
    throw EvaluationError.option(name: "the tolerance", seen: tolerance, wanted: "above 0")
  }
  let fit = try LinearFit(
    data, l2: l2,
    solver: LimitedMemoryBFGS(maximumIterations: iterationsMax, gradientTolerance: tolerance),
    progress: progress)
  let predictions = fit.classes(of: data.test)
  return ProbeResult(
    accuracy: data.accuracy(predictions, data.testLabels),
    trainAccuracy: data.accuracy(fit.classes(of: data.train), data.trainLabels),
    predictions: NDArray(predictions), iterations: fit.iterations, isConverged: fit.isConverged)
}

/// A fitted linear classifier of standardised features.
struct LinearFit {
  /// [V, D] weights and [V] offsets of the logits.
  let weights: NDArray, offsets: NDArray
  let loss: Double, gradientMaximum: Double
  let iterations: Int, isConverged: Bool

  init(
    _ data: ProbeData, l2: Double, solver: LimitedMemoryBFGS,
    progress: (Int) throws -> Bool = { _ in true }
  ) rethrows {
    let regression = SoftmaxRegression(
      features: data.train, labels: data.trainLabels, classCount: data.classes, l2: l2)
    let result = try solver.minimize(
      from: [Double](repeating: 0, count: regression.parameterCount),
      shouldContinue: { iteration, _ in try progress(iteration) }
    ) { regression($0) }
    let solution = result.best.point.map { Float($0) }
    weights = NDArray(
      Array(solution[..<regression.weightCount]), shape: [data.classes, regression.width])
    offsets = NDArray(Array(solution[regression.weightCount...]))
    (loss, gradientMaximum) = (result.best.value, result.best.gradientMaximum)
    (iterations, isConverged) = (result.iterations, result.isConverged)
  }

  /// The class of the largest logit of each row of [n, D], the lowest of equals.
  func classes(of x: NDArray) -> [Int32] {
    let (rows, width) = x.shape.rowsAndColumns
    let count = offsets.count
    let logits = NDArray(uninitialized: [rows, count])
    MatrixProduct.multiply(
      transposeB: true, m: rows, n: count, k: width, x.floats, weights.floats, logits.floats)
    kernels.add_bias(Int64(rows), Int64(count), offsets.floats, logits.floats)
    var result = [Int32](repeating: 0, count: rows)
    kernels.arg_extreme(1, Int64(rows), Int64(count), logits.floats, &result)
    withExtendedLifetime((x, weights, offsets, logits)) {}
    return result
  }
}

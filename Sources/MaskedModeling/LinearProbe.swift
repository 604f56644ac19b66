public import Arrays
import CKernels

/// How a linear probe is fitted.
public struct LinearProbeOptions: Hashable, Sendable {
  /// Weight of the squared length of the weights in the loss (per sample; scikit-learn's
  /// C = 1 / (N l2)); 0 or more.
  public var l2: Double
  /// Steps of the solver at most.
  public var maximumIterations: Int
  /// The end: no element of the gradient of the mean loss is larger.
  public var gradientTolerance: Double
  /// Classes V; nil is the largest training label + 1.
  public var classCount: Int?

  /// The usual probe.
  public init(
    l2: Double = 1e-3, maximumIterations: Int = 500, gradientTolerance: Double = 1e-5,
    classCount: Int? = nil
  ) {
    (self.l2, self.maximumIterations) = (l2, maximumIterations)
    (self.gradientTolerance, self.classCount) = (gradientTolerance, classCount)
  }
}

/// Judges frozen features by how well a linear classifier reads labels off them.
///
/// Multinomial logistic regression with an L2 penalty on the weights (not the offsets), on features
/// standardised by the training statistics, solved by L-BFGS from zero: the problem is convex, so
/// the answer depends on data and options alone, not on a seed or on threads.
public struct LinearProbe: Sendable {
  /// [V, D] weights and [V] offsets of the logits, on standardised features.
  public let weights: NDArray, offsets: NDArray
  /// Steps that the solver took, and evaluations of the loss.
  public let iterations: Int, evaluations: Int
  /// Whether the gradient tolerance was reached.
  public let isConverged: Bool
  /// The loss reached, penalty included, and the largest element of its gradient.
  public let loss: Double, gradientMaximum: Double
  /// Share of the training samples, 0 ... 1, that the probe classifies correctly.
  public let trainingAccuracy: Double
  private let scaling: FeatureScaling

  /// Fits a probe; `shouldContinue` sees each step's loss, and false ends the fit where it is.
  ///
  /// - Throws: `MaskedModelingError.option`, `oneClass`, `labelOutOfRange`.
  public init(
    training: LabelledFeatures, options: LinearProbeOptions = LinearProbeOptions(),
    shouldContinue: (_ iteration: Int, _ loss: Double) -> Bool = { _, _ in true }
  ) throws(MaskedModelingError) {
    try Self.check(options)
    let classCount = try training.classCount(given: options.classCount, for: "linear probe")
    scaling = FeatureScaling(of: training.features)
    let scaled = scaling.apply(to: training.features)
    let regression = SoftmaxRegression(
      features: scaled, labels: training.labels.map { Int32($0) }, classCount: classCount,
      l2: options.l2)
    let solver = LimitedMemoryBFGS(
      maximumIterations: options.maximumIterations, gradientTolerance: options.gradientTolerance)
    let result = solver.minimize(
      from: [Double](repeating: 0, count: regression.parameterCount),
      shouldContinue: shouldContinue
    ) { regression($0) }
    let solution = result.best.point.map { Float($0) }
    weights = NDArray(
      Array(solution[..<regression.weightCount]), shape: [classCount, training.width])
    offsets = NDArray(Array(solution[regression.weightCount...]))
    (iterations, evaluations) = (result.iterations, result.evaluations)
    isConverged = result.isConverged
    (loss, gradientMaximum) = (result.best.value, result.best.gradientMaximum)
    let predictions = predictedClasses(linearLogits(scaled, weights, offsets))
    trainingAccuracy =
      Double(zip(predictions, training.labels).count { $0 == $1 }) / Double(training.count)
  }

  /// Classes V.
  public var classCount: Int { offsets.count }

  /// The logits of [N, D] features: [N, V].
  ///
  /// - Throws: `ShapeError` for another rank, `MaskedModelingError.featureWidth`, `notFinite`.
  public func logits(_ features: NDArray) throws -> NDArray {
    guard features.rank == 2 else {
      throw ShapeError.wrongRank(operation: "linear probe", seen: features.shape, wanted: "N x D")
    }
    try LabelledFeatures.checkWidth(
      training: weights.shape[1], test: features.shape[1], for: "linear probe")
    let input = features.converted(to: .float32)
    if let row = firstRowNotFinite(input) {
      throw MaskedModelingError.notFinite(
        operation: "linear probe", what: "the test features", row: row)
    }
    return linearLogits(scaling.apply(to: input), weights, offsets)
  }

  /// The predicted class of each row of [N, D] features.
  ///
  /// - Throws: as `logits`.
  public func predict(_ features: NDArray) throws -> [Int] {
    predictedClasses(try logits(features))
  }

  /// Predictions of labelled test samples against their labels.
  ///
  /// - Throws: as `logits`, and `labelOutOfRange` for a test label that is no class of the
  ///   training.
  public func evaluate(on test: LabelledFeatures) throws -> ConfusionMatrix {
    try ConfusionMatrix(
      predictions: try predict(test.features), labels: test.labels, classCount: classCount)
  }

  private static func check(_ options: LinearProbeOptions) throws(MaskedModelingError) {
    guard options.l2 >= 0, options.l2.isFinite else {
      throw MaskedModelingError.option(
        name: "l2", seen: "\(options.l2)", wanted: "a number from 0 up")
    }
    guard options.maximumIterations >= 1 else {
      throw MaskedModelingError.option(
        name: "the number of iterations", seen: "\(options.maximumIterations)", wanted: "1 or more")
    }
    guard options.gradientTolerance > 0 else {
      throw MaskedModelingError.option(
        name: "the gradient tolerance", seen: "\(options.gradientTolerance)", wanted: "above 0")
    }
  }
}

/// x W^T + b: [N, D], [V, D], [V] -> [N, V].
private func linearLogits(_ x: NDArray, _ weights: NDArray, _ offsets: NDArray) -> NDArray {
  let (rows, width) = x.shape.rowsAndColumns
  let classes = offsets.count
  let result = NDArray(uninitialized: [rows, classes])
  MatrixProduct.multiply(
    transposeB: true, m: rows, n: classes, k: width, x.floats, weights.floats, result.floats)
  kernels.add_bias(Int64(rows), Int64(classes), offsets.floats, result.floats)
  withExtendedLifetime((x, weights, offsets)) {}
  return result
}

/// The class of the largest logit of each row, the lowest of equals.
private func predictedClasses(_ logits: NDArray) -> [Int] {
  let (rows, classes) = logits.shape.rowsAndColumns
  var result = [Int32](repeating: 0, count: rows)
  kernels.arg_extreme(1, Int64(rows), Int64(classes), logits.floats, &result)
  withExtendedLifetime(logits) {}
  return result.map(Int.init)
}

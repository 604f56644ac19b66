public import Arrays

/// What judging features cannot work with.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
  case counts(features: Int, labels: Int)
  case widths(train: Int, test: Int)
  case oneClass(Int)
  case negativeLabel(Int)
  case labelTooLarge(Int, limit: Int)
  case notFinite(String, row: Int)
  case neighbours(k: Int, samples: Int)
  case option(name: String, seen: Double, wanted: String)
  case empty

  /// What was seen and what was wanted.
  public var description: String {
    switch self {
    case .counts(let features, let labels):
      "there are \(features) feature rows and \(labels) labels; one label a row is wanted"
    case .widths(let train, let test):
      "training features have \(train) columns, test features \(test)"
    case .oneClass(let label):
      "all training labels are \(label); a probe needs at least two classes"
    case .negativeLabel(let label): "a label is \(label); labels are whole numbers from 0 up"
    case .labelTooLarge(let label, let limit):
      "a label is \(label); labels are numbers of classes, at most \(limit)"
    case .notFinite(let what, let row):
      "\(what) hold values that are not finite, first in row \(row)"
    case .neighbours(let k, let samples):
      "k is \(k), wanted 1 to \(samples), the number of training rows"
    case .option(let name, let seen, let wanted): "\(name) is \(seen), wanted \(wanted)"
    case .empty: "there are no rows to judge"
    }
  }
}

/// Frozen features with labels, split into a training and a test part.
///
/// Features [n, D] float32, labels [n] int32 from 0. Columns are standardised by the mean and
/// standard deviation of the training rows; a column that is constant in training becomes 0.
public struct ProbeData: Sendable {
  let train: NDArray, test: NDArray
  let trainLabels: [Int32], testLabels: [Int32]
  let classes: Int

  /// More classes than any set of images has; larger numbers are something else than labels, and
  /// votes and weights for so many classes would take all memory.
  private static let labelMax: Int32 = 65_535

  /// Checks and standardises the features.
  ///
  /// - Throws: `EvaluationError` for shapes that do not fit, NaN or infinity, a label below 0 or
  ///   above 65,535, no rows, or training rows of one class.
  public init(
    train: NDArray, trainLabels: NDArray, test: NDArray, testLabels: NDArray
  ) throws {
    for (x, y) in [(train, trainLabels), (test, testLabels)] {
      guard x.rank == 2, x.shape[0] == y.count else {
        throw EvaluationError.counts(features: x.rank == 2 ? x.shape[0] : 0, labels: y.count)
      }
      guard x.count > 0 else { throw EvaluationError.empty }
    }
    guard train.shape[1] == test.shape[1] else {
      throw EvaluationError.widths(train: train.shape[1], test: test.shape[1])
    }
    for (x, name) in [(train, "the training features"), (test, "the test features")] {
      if let index = x.firstNonFinite {
        throw EvaluationError.notFinite(name, row: index / x.shape[1])
      }
    }
    self.trainLabels = trainLabels.converted(to: .int32).elements(of: Int32.self)
    self.testLabels = testLabels.converted(to: .int32).elements(of: Int32.self)
    let labels = self.trainLabels + self.testLabels
    if let label = labels.first(where: { $0 < 0 }) {
      throw EvaluationError.negativeLabel(Int(label))
    }
    if let label = labels.max(), label > Self.labelMax {
      throw EvaluationError.labelTooLarge(Int(label), limit: Int(Self.labelMax))
    }
    if Set(self.trainLabels).count < 2 { throw EvaluationError.oneClass(Int(self.trainLabels[0])) }
    classes = Int(labels.max() ?? 0) + 1
    let input = train.converted(to: .float32)
    let scaling = FeatureScaling(of: input)
    self.train = scaling.apply(to: input)
    self.test = scaling.apply(to: test.converted(to: .float32))
  }

  func accuracy(_ predictions: [Int32], _ labels: [Int32]) -> Double {
    Double(zip(predictions, labels).count { $0 == $1 }) / Double(labels.count)
  }
}

/// How a probe did.
public struct ProbeResult: Sendable {
  /// Shares of right predictions, 0 ... 1.
  public let accuracy: Double
  public let trainAccuracy: Double?
  /// A class a test row.
  public let predictions: NDArray
  /// Steps of the solver, and whether its gradient became small enough.
  public let iterations: Int
  public let isConverged: Bool
}

/// How often each class was taken for each: rows are labels, columns predictions, [classes,
/// classes].
public func confusionMatrix(
  predictions: NDArray, labels: NDArray, classes: Int
) throws(ShapeError) -> NDArray {
  guard predictions.count == labels.count else {
    throw ShapeError.mismatch(operation: "confusion", left: predictions.shape, right: labels.shape)
  }
  var counts = [Int32](repeating: 0, count: classes * classes)
  let (guesses, truths) = (
    predictions.converted(to: .int32).elements(of: Int32.self),
    labels.converted(to: .int32).elements(of: Int32.self)
  )
  for (guess, truth) in zip(guesses, truths) {
    for number in [guess, truth] where number < 0 || Int(number) >= classes {
      throw ShapeError.valueOutOfRange(
        operation: "confusion", what: "a class", seen: "\(number)", wanted: "0 to \(classes - 1)")
    }
    counts[Int(truth) * classes + Int(guess)] += 1
  }
  return NDArray(counts, shape: [classes, classes])
}

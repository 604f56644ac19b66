/// What can be wrong with the masks, patches, tokenizers, features and labels that a user gives.
///
/// Each case carries its operands; `description` is the text. Plain shape mistakes are
/// `ShapeError`.
public enum MaskedModelingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// An option outside its range.
  case option(name: String, seen: String, wanted: String)
  /// More patches asked for than there are to choose from; `image` is the index in the batch.
  case tooFewPatches(operation: String, wanted: Int, available: Int, image: Int)
  /// A value that is NaN or infinite; `row` is the index of its vector.
  case notFinite(operation: String, what: String, row: Int)
  /// A token id outside 0 ..< `centroidCount`.
  case idOutOfRange(id: Int, centroidCount: Int)
  /// A label outside 0 ..< `classCount`; `row` is the index of its sample.
  case labelOutOfRange(operation: String, label: Int, classCount: Int, row: Int)
  /// As many labels as samples are needed.
  case labelCount(operation: String, labels: Int, samples: Int)
  /// Training samples of a single class: there is nothing to tell apart.
  case oneClass(operation: String, label: Int)
  /// Training and test features of different widths.
  case featureWidth(operation: String, training: Int, test: Int)
  /// No samples at all.
  case noSamples(operation: String, what: String)

  /// What was seen, what was wanted, what to try.
  public var description: String {
    switch self {
    case .option(let name, let seen, let wanted):
      "\(name) is \(seen), wanted \(wanted)"
    case .tooFewPatches(let operation, let wanted, let available, let image):
      "\(operation): \(wanted) patches wanted, but image \(image) has \(available) to choose from"
    case .notFinite(let operation, let what, let row):
      "\(operation): \(what) hold NaN or infinity, first in row \(row)"
    case .idOutOfRange(let id, let count):
      "token id \(id) names no centroid (ids are 0 to \(count - 1))"
    case .labelOutOfRange(let operation, let label, let count, let row):
      "\(operation): label \(label) of sample \(row) is outside 0 to \(count - 1)"
        + (label < 0 ? "" : "; name a larger number of classes, or check the labels")
    case .labelCount(let operation, let labels, let samples):
      "\(operation): \(labels) labels for \(samples) samples, wanted one label a sample"
    case .oneClass(let operation, let label):
      "\(operation): every training sample has label \(label), wanted samples of two classes or"
        + " more"
    case .featureWidth(let operation, let training, let test):
      "\(operation): training features are \(training) wide, test features \(test)"
    case .noSamples(let operation, let what):
      "\(operation): there are no \(what)"
    }
  }
}

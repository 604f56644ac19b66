public import Arrays

/// Frozen features of labelled samples, checked once: what a judge of features is trained or tested
/// on.
public struct LabelledFeatures: Sendable {
  /// [N, D] float32, finite.
  public let features: NDArray
  /// N labels from 0 up.
  public let labels: [Int]

  /// Checks features and labels.
  ///
  /// - Shapes: `features` [N, D], `labels` [N] int32 from 0 up; N and D at least 1.
  /// - Throws: `ShapeError` for other shapes, `MaskedModelingError` for NaN or infinity, a negative
  ///   label, or another number of labels than samples.
  public init(_ features: NDArray, labels: NDArray, name: String = "features") throws {
    guard features.rank == 2, features.shape[1] >= 1 else {
      throw ShapeError.wrongRank(operation: name, seen: features.shape, wanted: "N x D")
    }
    guard labels.elementType == .int32 else {
      throw ShapeError.wrongElementType(
        operation: "labels of \(name)", seen: labels.elementType, wanted: "int32")
    }
    guard features.shape[0] >= 1 else {
      throw MaskedModelingError.noSamples(operation: name, what: "samples")
    }
    guard labels.count == features.shape[0] else {
      throw MaskedModelingError.labelCount(
        operation: name, labels: labels.count, samples: features.shape[0])
    }
    self.features = features.converted(to: .float32)
    if let row = firstRowNotFinite(self.features) {
      throw MaskedModelingError.notFinite(operation: name, what: "the values", row: row)
    }
    self.labels = labels.elements(of: Int32.self).map(Int.init)
    if let row = self.labels.firstIndex(where: { $0 < 0 }) {
      throw MaskedModelingError.labelOutOfRange(
        operation: name, label: self.labels[row], classCount: (self.labels.max() ?? 0) + 1, row: row
      )
    }
  }

  /// Samples N.
  public var count: Int { labels.count }
  /// Width D of a feature vector.
  public var width: Int { features.shape[1] }

  /// The number of classes that a judge trained on these samples tells apart: as given, or the
  /// largest label + 1.
  ///
  /// - Throws: `oneClass` if all samples have one label, `labelOutOfRange` if one is not below the
  ///   given number.
  func classCount(
    given: Int?, for operation: String
  ) throws(MaskedModelingError) -> Int {
    let largest = labels.max() ?? 0
    let count = given ?? largest + 1
    if let row = labels.firstIndex(where: { $0 >= count }) {
      throw MaskedModelingError.labelOutOfRange(
        operation: operation, label: labels[row], classCount: count, row: row)
    }
    if labels.allSatisfy({ $0 == largest }) {
      throw MaskedModelingError.oneClass(operation: operation, label: largest)
    }
    return count
  }

  /// Checks that test features are as wide as the training features.
  static func checkWidth(
    training: Int, test: Int, for operation: String
  ) throws(MaskedModelingError) {
    guard training == test else {
      throw MaskedModelingError.featureWidth(operation: operation, training: training, test: test)
    }
  }
}

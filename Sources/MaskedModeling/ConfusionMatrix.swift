public import Arrays

/// How often each class was taken for each other one.
public struct ConfusionMatrix: Sendable, Hashable {
  /// `counts[actual][predicted]`: samples of class `actual` that were called `predicted`.
  public let counts: [[Int]]

  /// Counts predictions against labels.
  ///
  /// - Throws: `MaskedModelingError.labelCount` for different lengths, `labelOutOfRange` for a
  ///   label or prediction outside 0 ..< `classCount`, `option` for no class.
  public init(
    predictions: [Int], labels: [Int], classCount: Int
  ) throws(MaskedModelingError) {
    guard classCount >= 1 else {
      throw MaskedModelingError.option(
        name: "the number of classes", seen: "\(classCount)", wanted: "1 or more")
    }
    guard predictions.count == labels.count else {
      throw MaskedModelingError.labelCount(
        operation: "confusion", labels: labels.count, samples: predictions.count)
    }
    var counts = [[Int]](
      repeating: [Int](repeating: 0, count: classCount), count: classCount)
    for (row, (label, prediction)) in zip(labels, predictions).enumerated() {
      for value in [label, prediction] where !(0..<classCount).contains(value) {
        throw MaskedModelingError.labelOutOfRange(
          operation: "confusion", label: value, classCount: classCount, row: row)
      }
      counts[label][prediction] += 1
    }
    self.counts = counts
  }

  /// Classes V.
  public var classCount: Int { counts.count }
  /// Samples counted.
  public var sampleCount: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }
  /// Share of samples, 0 ... 1, whose prediction is their label; NaN without samples.
  public var accuracy: Double {
    ratio((0..<classCount).reduce(0) { $0 + counts[$1][$1] }, sampleCount)
  }
  /// By class: share of its samples that were recognised (recall); NaN for a class without samples.
  public var recalls: [Double] {
    counts.indices.map { ratio(counts[$0][$0], counts[$0].reduce(0, +)) }
  }
  /// By class: share of the predictions of it that were right; NaN for a class never predicted.
  public var precisions: [Double] {
    counts.indices.map { index in
      ratio(counts[index][index], counts.reduce(0) { $0 + $1[index] })
    }
  }
  /// Mean recall over the classes that have samples: accuracy that rare classes count in equally.
  public var balancedAccuracy: Double {
    let present = recalls.filter { !$0.isNaN }
    return present.reduce(0, +) / Double(present.count)
  }

  /// The most frequent mistakes, most frequent first, at most `limit`.
  public func mistakes(
    limit: Int
  ) -> [(actual: Int, predicted: Int, count: Int)] {
    var found = [(actual: Int, predicted: Int, count: Int)]()
    for (actual, row) in counts.enumerated() {
      for (predicted, count) in row.enumerated() where predicted != actual && count > 0 {
        found.append((actual, predicted, count))
      }
    }
    found.sort { ($1.count, $0.actual, $0.predicted) < ($0.count, $1.actual, $1.predicted) }
    return Array(found.prefix(max(0, limit)))
  }

  /// The counts as [V, V] int32, rows actual, columns predicted.
  public var matrix: NDArray {
    NDArray(counts.flatMap { $0.map { Int32(clamping: $0) } }, shape: [classCount, classCount])
  }

  private func ratio(_ part: Int, _ whole: Int) -> Double {
    whole == 0 ? .nan : Double(part) / Double(whole)
  }
}

public import Arrays
import CKernels
import Glibc

/// How the k nearest neighbours vote.
public enum NeighborVote: Hashable, Sendable {
  /// A neighbour of cosine similarity s has weight exp(s / temperature), temperature above 0.
  case weighted(temperature: Double)
  /// Every neighbour has one vote.
  case majority
}

/// Judges frozen features by the labels of the nearest training samples; nothing is learned.
///
/// Nearness is cosine similarity, and by default the 20 nearest vote with weight exp(s / 0.07). A
/// feature vector of zeros is similar to nothing (s = 0). Of equally near samples the earlier one
/// counts as nearer, and of classes with equal votes the lower one wins, so results are exact
/// functions of the data.
///
/// - Source: Wu et al. 2018 (instance discrimination), section 3.4, as used for DINO.
public struct KNearest: Sendable {
  /// Neighbours that vote.
  public let k: Int
  /// How they vote.
  public let vote: NeighborVote
  /// Classes V.
  public let classCount: Int
  private let training: NDArray
  private let labels: [Int]

  /// Keeps the training samples, scaled to length 1.
  ///
  /// - Throws: `MaskedModelingError.option` for k outside 1 ... N or a temperature not above 0,
  ///   `oneClass`, `labelOutOfRange`.
  public init(
    training: LabelledFeatures, k: Int = 20, vote: NeighborVote = .weighted(temperature: 0.07),
    classCount: Int? = nil
  ) throws(MaskedModelingError) {
    guard (1...training.count).contains(k) else {
      throw MaskedModelingError.option(
        name: "k", seen: "\(k)", wanted: "1 to \(training.count), the number of training samples")
    }
    if case .weighted(let temperature) = vote, !(temperature > 0 && temperature.isFinite) {
      throw MaskedModelingError.option(
        name: "the temperature", seen: "\(temperature)", wanted: "a number above 0")
    }
    self.classCount = try training.classCount(given: classCount, for: "knn")
    (self.k, self.vote, labels) = (k, vote, training.labels)
    self.training = unitRows(training.features)
  }

  /// The predicted class of each row of [N, D] features.
  ///
  /// - Throws: `ShapeError` for another rank, `MaskedModelingError.featureWidth`, `notFinite`.
  public func predict(_ features: NDArray) throws -> [Int] {
    guard features.rank == 2 else {
      throw ShapeError.wrongRank(operation: "knn", seen: features.shape, wanted: "N x D")
    }
    try LabelledFeatures.checkWidth(
      training: training.shape[1], test: features.shape[1], for: "knn")
    let queries = features.converted(to: .float32)
    if let row = firstRowNotFinite(queries) {
      throw MaskedModelingError.notFinite(operation: "knn", what: "the test features", row: row)
    }
    return classes(of: unitRows(queries))
  }

  /// Predictions of labelled test samples against their labels.
  ///
  /// - Throws: as `predict`, and `labelOutOfRange` for a test label that is no class of the
  ///   training.
  public func evaluate(on test: LabelledFeatures) throws -> ConfusionMatrix {
    try ConfusionMatrix(
      predictions: try predict(test.features), labels: test.labels, classCount: classCount)
  }

  /// Similarities of a block of queries to all training samples at once: one product of matrices.
  private func classes(of queries: NDArray) -> [Int] {
    let (rows, width, samples) = (queries.shape[0], queries.shape[1], training.shape[0])
    let blockRows = max(1, min(512, (1 << 23) / samples))
    let similarities = NDArray(uninitialized: [min(blockRows, rows), samples])
    let scores = similarities.floats
    var result = [Int](repeating: 0, count: rows)
    result.withUnsafeMutableBufferPointer { result in
      guard let classes = result.baseAddress else { return }
      for start in stride(from: 0, to: rows, by: blockRows) {
        let count = min(blockRows, rows - start)
        MatrixProduct.multiply(
          transposeB: true, m: count, n: samples, k: width, queries.floats + start * width,
          training.floats, scores)
        Parallel.forEachRowSlice(count, columns: samples) { slice in
          for row in slice {
            classes[start + row] = winner(
              UnsafeBufferPointer(start: scores + row * samples, count: samples))
          }
        }
      }
    }
    withExtendedLifetime((queries, similarities)) {}
    return result
  }

  private func winner(_ similarities: UnsafeBufferPointer<Float>) -> Int {
    var votes = [Double](repeating: 0, count: classCount)
    for neighbor in nearest(k, in: similarities) {
      votes[labels[neighbor.index]] += weight(ofSimilarity: Double(neighbor.similarity))
    }
    guard let most = votes.max(), most > 0 else {
      // All weights vanished (a tiny temperature): its limit, the nearest sample alone.
      return labels[nearest(1, in: similarities)[0].index]
    }
    return votes.firstIndex(of: most) ?? 0
  }

  private func weight(ofSimilarity similarity: Double) -> Double {
    switch vote {
    // Relative to similarity 1, the largest there is, so that no temperature overflows.
    case .weighted(let temperature): Glibc.exp((similarity - 1) / temperature)
    case .majority: 1
    }
  }
}

/// The k largest similarities, in a heap whose root is the one to be displaced next.
private func nearest(
  _ k: Int, in similarities: UnsafeBufferPointer<Float>
) -> [(similarity: Float, index: Int)] {
  var heap = (0..<k).map { (similarity: similarities[$0], index: $0) }
  for parent in stride(from: k / 2 - 1, through: 0, by: -1) { siftDown(&heap, from: parent) }
  let group = 32
  var start = k
  while start < similarities.count {
    let end = min(start + group, similarities.count)
    // Almost every group holds nothing new, which one pass without branches finds out.
    if holdsMore(than: heap[0].similarity, similarities[start..<end]) {
      for index in start..<end where similarities[index] > heap[0].similarity {
        heap[0] = (similarities[index], index)
        siftDown(&heap, from: 0)
      }
    }
    start = end
  }
  // In order of the samples, so that votes add up in the same order however the heap came to be.
  return heap.sorted { $0.index < $1.index }
}

private func holdsMore(
  than threshold: Float, _ values: Slice<UnsafeBufferPointer<Float>>
) -> Bool {
  var seen: UInt32 = 0
  for value in UnsafeBufferPointer(rebasing: values) { seen |= value > threshold ? 1 : 0 }
  return seen != 0
}

private func siftDown(_ heap: inout [(similarity: Float, index: Int)], from start: Int) {
  func isFarther(_ a: Int, _ b: Int) -> Bool {
    heap[a].similarity < heap[b].similarity
      || (heap[a].similarity == heap[b].similarity && heap[a].index > heap[b].index)
  }
  var parent = start
  while true {
    var farthest = parent
    for child in [2 * parent + 1, 2 * parent + 2]
    where child < heap.count && isFarther(child, farthest) { farthest = child }
    guard farthest != parent else { return }
    heap.swapAt(parent, farthest)
    parent = farthest
  }
}

/// Rows scaled to Euclidean length 1; a row of zeros stays.
private func unitRows(_ x: NDArray) -> NDArray {
  let (rows, width) = x.shape.rowsAndColumns
  let result = NDArray(uninitialized: x.shape)
  let (from, to) = (x.floats, result.floats)
  Parallel.forEachRowSlice(rows, columns: width) { slice in
    for row in slice {
      let length = kernels.sum_of_squares(Int64(width), from + row * width).squareRoot()
      let scale = length > 0 ? 1 / length : 0
      for column in row * width..<(row + 1) * width {
        to[column] = Float(Double(from[column]) * scale)
      }
    }
  }
  withExtendedLifetime(x) {}
  return result
}

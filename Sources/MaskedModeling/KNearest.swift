import Arrays
import CKernels

/// Judges features by the labels of the k nearest training rows; nothing is learned.
///
/// Nearness is cosine similarity s, and a neighbour's vote weighs exp(s / 0.07). A row of zeros is
/// similar to nothing (s = 0). Of equally near rows the earlier counts as nearer, and of classes
/// with equal votes the lower wins.
///
/// - Parameter progress: gets the test rows that are judged; what it throws ends the work.
/// - Throws: `EvaluationError.neighbours` for k outside 1 ... the number of training rows.
/// - Source: Wu et al. 2018, section 3.4; Caron et al. 2021.
public func nearestNeighbours(
  _ data: ProbeData, k: Int, progress: (Int) throws -> Void = { _ in }
) throws -> ProbeResult {
  let samples = data.train.shape[0]
  guard (1...samples).contains(k) else {
    throw EvaluationError.neighbours(k: k, samples: samples)
  }
  let predictions = try votes(
    of: unitRows(data.test), among: unitRows(data.train), data.trainLabels, k, data.classes,
    progress)
  return ProbeResult(
    accuracy: data.accuracy(predictions, data.testLabels), trainAccuracy: nil,
    predictions: NDArray(predictions), iterations: 0, isConverged: true)
}

/// Similarities of a block of queries to all training rows at once: one product of matrices.
private func votes(
  of queries: NDArray, among training: NDArray, _ labels: [Int32], _ k: Int, _ classes: Int,
  _ progress: (Int) throws -> Void
) throws -> [Int32] {
  let (rows, width, samples) = (queries.shape[0], queries.shape[1], training.shape[0])
  let blockRows = max(1, min(512, rows, (1 << 23) / samples))
  let similarities = NDArray(uninitialized: [blockRows, samples])
  let scores = similarities.floats
  var result = [Int32](repeating: 0, count: rows)
  try result.withUnsafeMutableBufferPointer { result in
    guard let winners = result.baseAddress else { return }
    for start in stride(from: 0, to: rows, by: blockRows) {
      let count = min(blockRows, rows - start)
      MatrixProduct.multiply(
        transposeB: true, m: count, n: samples, k: width, queries.floats + start * width,
        training.floats, scores)
      Parallel.forEachRowSlice(count, columns: samples) { slice in
        for row in slice {
          let found = nearest(
            k, in: UnsafeBufferPointer(start: scores + row * samples, count: samples))
          winners[start + row] = winner(found, labels, classes)
        }
      }
      try progress(start + count)
    }
  }
  withExtendedLifetime((queries, training, similarities)) {}
  return result
}

private func winner(
  _ neighbours: [(similarity: Float, index: Int)], _ labels: [Int32], _ classes: Int
) -> Int32 {
  var votes = [Double](repeating: 0, count: classes)
  for neighbour in neighbours {
    votes[Int(labels[neighbour.index])] += RealMath.exp(Double(neighbour.similarity) / 0.07)
  }
  return Int32(votes.indices.max { (votes[$0], $1) < (votes[$1], $0) } ?? 0)
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

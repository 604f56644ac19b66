import Arrays
import Testing

@testable import MaskedModeling

@Suite struct KNearestTests {
  /// Training rows whose columns have mean 0 and deviation 1 already, so that standardising changes
  /// nothing: the corners of a square, in classes 0 to 3.
  static func corners(_ queries: [Float], _ labels: [Int32]) throws -> ProbeData {
    try ProbeData(
      train: NDArray([Float(1), 1, 1, -1, -1, 1, -1, -1], shape: [4, 2]),
      trainLabels: NDArray([Int32(0), 1, 2, 3]),
      test: NDArray(queries, shape: [labels.count, 2]), testLabels: NDArray(labels))
  }

  @Test("the nearest row by cosine decides for k = 1, whatever the lengths")
  func nearestOne() throws {
    let data = try Self.corners([10, 9, 0.001, -0.002, -7, 1, -0.1, -0.1], [0, 1, 2, 0])
    let result = try nearestNeighbours(data, k: 1)
    #expect(result.predictions.elements(of: Int32.self) == [0, 1, 2, 3])
    #expect(result.accuracy == 0.75)
  }

  @Test("of equal votes the lower class wins, and a query of zeros still gets a class")
  func ties() throws {
    let data = try Self.corners([1, 0, -1, 0, 0, 0], [0, 0, 0])
    #expect(try nearestNeighbours(data, k: 2).predictions.elements(of: Int32.self) == [0, 2, 0])
    // Of equally near rows the earlier is nearer.
    #expect(try nearestNeighbours(data, k: 1).predictions.elements(of: Int32.self) == [0, 2, 0])
  }

  @Test("votes agree with a double-precision search of all rows", arguments: [1, 5, 20, 300])
  func bruteForce(k: Int) throws {
    var numbers = CongruentialSequence(seed: 31)
    let labels = (0..<300).map { _ in Int32(numbers.number() * 5) }
    let data = try ProbeData(
      train: numbers.array([300, 6], low: -1), trainLabels: NDArray(labels),
      test: numbers.array([40, 6], low: -1), testLabels: NDArray([Int32](repeating: 4, count: 40)))
    let predictions = try nearestNeighbours(data, k: k).predictions.elements(of: Int32.self)
    let x = data.train.elements(of: Float.self).map(Double.init)
    let queries = data.test.elements(of: Float.self).map(Double.init)
    for query in 0..<40 {
      let votes = exactVotes(Array(queries[query * 6..<query * 6 + 6]), x, labels, k)
      // Float32 cosines are within 16 u of exact ones: a vote moves by the factor exp(16 u / 0.07).
      // In the 40 queries of this seed no k-th and next cosine lie closer than that.
      let least = (votes.max() ?? 0) * (1 - 2 * 16 * 0x1p-24 / 0.07)
      #expect(votes[Int(predictions[query])] >= least)
    }
  }

  @Test("the same classes with one and two threads, over several blocks of queries")
  func threads() throws {
    let before = Parallel.threadCount
    defer { Parallel.threadCount = before }
    var numbers = CongruentialSequence(seed: 32)
    let data = try ProbeData(
      train: numbers.array([2_000, 16], low: -1),
      trainLabels: NDArray((0..<2_000).map { Int32($0 % 7) }),
      test: numbers.array([600, 16], low: -1), testLabels: NDArray(zeros: [600], .int32))
    Parallel.threadCount = 1
    let one = try nearestNeighbours(data, k: 20).predictions
    Parallel.threadCount = 2
    #expect(try nearestNeighbours(data, k: 20).predictions == one)
  }

  @Test("k outside the training rows is an error that says how many there are")
  func errors() throws {
    let data = try Self.corners([1, 0], [0])
    for k in [0, 5, -1] {
      #expect(throws: EvaluationError.neighbours(k: k, samples: 4)) {
        try nearestNeighbours(data, k: k)
      }
    }
  }

  @Test("progress reaches the number of test rows in blocks, and what it throws ends the work")
  func progress() throws {
    struct Stop: Error {}
    var random = RandomSource(seed: 3)
    let data = try ProbeData(
      train: random.normal([4, 2]), trainLabels: NDArray([0, 1, 0, 1] as [Int32]),
      test: random.normal([1100, 2]),
      testLabels: NDArray([Int32](repeating: 0, count: 1100)))
    var seen: [Int] = []
    let result = try nearestNeighbours(data, k: 1) { seen.append($0) }
    #expect(seen == [512, 1024, 1100])
    #expect(try nearestNeighbours(data, k: 1).accuracy == result.accuracy)
    #expect(throws: Stop.self) {
      try nearestNeighbours(data, k: 1) { if $0 > 600 { throw Stop() } }
    }
  }
}

/// The sum of exp(s / 0.07) by class over the k samples of largest cosine, ties to the
/// earlier.
private func exactVotes(
  _ query: [Double], _ samples: [Double], _ labels: [Int32], _ k: Int
) -> [Double] {
  func length(_ v: ArraySlice<Double>) -> Double {
    v.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
  let similarities = labels.indices.map { sample in
    let row = samples[sample * 6..<sample * 6 + 6]
    let norm = length(row) * length(query[...])
    return norm == 0 ? 0 : zip(row, query).reduce(0) { $0 + $1.0 * $1.1 } / norm
  }
  let order = labels.indices.sorted { (similarities[$1], $0) < (similarities[$0], $1) }
  var votes = [Double](repeating: 0, count: 5)
  for sample in order.prefix(k) {
    votes[Int(labels[sample])] += exponential(similarities[sample] / 0.07)
  }
  return votes
}

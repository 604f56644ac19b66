import Arrays
import MaskedModeling
import Testing

@Suite struct KNearestTests {
  /// Features along the axes and between them, so that similarities are exact: multiples of 3-4-5.
  static func samples() throws -> LabelledFeatures {
    let x: [Float] = [1, 0, 0, 2, 3, 4, -5, 0, 4, 3, 0, -1]
    return try LabelledFeatures(
      NDArray(x, shape: [6, 2]), labels: NDArray([Int32(0), 1, 1, 2, 0, 2]))
  }

  @Test("the nearest sample by cosine decides for k = 1, whatever the lengths")
  func nearestOne() throws {
    let judge = try KNearest(training: Self.samples(), k: 1)
    let queries = NDArray([Float(10), 0, 0.001, 0.1, 8, 6, -1, 0, 0, -9], shape: [5, 2])
    #expect(try judge.predict(queries) == [0, 1, 0, 2, 2])
  }

  @Test("majority and weighted votes differ as their formulas say")
  func votes() throws {
    // One sample of class 0 at s = 1, two of class 1 at s = 0.6.
    let training = try LabelledFeatures(
      NDArray([Float(1), 0, 3, 4, 3, -4], shape: [3, 2]), labels: NDArray([Int32(0), 1, 1]))
    let query = NDArray([Float(2), 0], shape: [1, 2])
    #expect(try KNearest(training: training, k: 3, vote: .majority).predict(query) == [1])
    // exp(1/t) against 2 exp(0.6/t): class 0 wins where t < 0.4 / ln 2 = 0.577.
    for (temperature, winner) in [(0.07, 0), (0.57, 0), (0.58, 1), (1e-9, 0)] {
      let judge = try KNearest(training: training, k: 3, vote: .weighted(temperature: temperature))
      #expect(try judge.predict(query) == [winner], "temperature \(temperature)")
    }
  }

  @Test("of equally near samples the earlier is nearer, of equal votes the lower class wins")
  func ties() throws {
    let training = try LabelledFeatures(
      NDArray([Float(0), 1, 0, 2, 0, 3, 1, 0], shape: [4, 2]), labels: NDArray([Int32(2), 1, 1, 0]))
    let query = NDArray([Float(0), 1], shape: [1, 2])
    #expect(try KNearest(training: training, k: 1).predict(query) == [2])
    #expect(try KNearest(training: training, k: 2, vote: .majority).predict(query) == [1])
    #expect(try KNearest(training: training, k: 3, vote: .majority).predict(query) == [1])
  }

  @Test("a vector of zeros is similar to nothing and still gets a class")
  func zeros() throws {
    let judge = try KNearest(training: Self.samples(), k: 6, vote: .majority)
    #expect(try judge.predict(NDArray(zeros: [1, 2])) == [0])
  }

  @Test("votes agree with a double-precision search of all samples", arguments: [1, 5, 20, 300])
  func bruteForce(k: Int) throws {
    var numbers = CongruentialSequence(seed: 31)
    // In 40 queries of this seed no k-th and next cosine lie within the float32 error of each
    // other.
    let x = (0..<300 * 6).map { _ in Float(numbers.number() - 0.5) }
    let labels = (0..<300).map { _ in Int32(numbers.number() * 5) }
    let queries = (0..<40 * 6).map { _ in Float(numbers.number() - 0.5) }
    let training = try LabelledFeatures(NDArray(x, shape: [300, 6]), labels: NDArray(labels))
    let predictions = try KNearest(training: training, k: k)
      .predict(NDArray(queries, shape: [40, 6]))
    for query in 0..<40 {
      let votes = exactVotes(
        Array(queries[query * 6..<query * 6 + 6]).map(Double.init), x.map(Double.init), labels, k)
      // Float32 cosines are within 16 u of exact ones: a vote moves by the factor exp(16 u / t).
      let least = (votes.max() ?? 0) * (1 - 2 * 16 * 0x1p-24 / 0.07)
      #expect(votes[predictions[query]] >= least)
    }
  }

  @Test("the same classes with one and two threads")
  func threads() throws {
    let before = Parallel.threadCount
    defer { Parallel.threadCount = before }
    var numbers = CongruentialSequence(seed: 32)
    let training = try LabelledFeatures(
      numbers.array([2_000, 16], low: -1), labels: NDArray((0..<2_000).map { Int32($0 % 7) }))
    let queries = numbers.array([600, 16], low: -1)
    let judge = try KNearest(training: training)
    Parallel.threadCount = 1
    let one = try judge.predict(queries)
    Parallel.threadCount = 2
    #expect(try judge.predict(queries) == one)
  }

  @Test("evaluation counts predictions against labels")
  func evaluation() throws {
    let matrix = try KNearest(training: Self.samples(), k: 1).evaluate(on: Self.samples())
    #expect(matrix.accuracy == 1)
    #expect(matrix.sampleCount == 6)
  }

  @Test("k beyond the samples, one class, other widths and NaN are errors")
  func errors() throws {
    let training = try Self.samples()
    #expect(
      throws: MaskedModelingError.option(
        name: "k", seen: "7", wanted: "1 to 6, the number of training samples")
    ) { try KNearest(training: training, k: 7) }
    #expect(throws: MaskedModelingError.self) { try KNearest(training: training, k: 0) }
    #expect(throws: MaskedModelingError.self) {
      try KNearest(training: training, k: 1, vote: .weighted(temperature: 0))
    }
    #expect(throws: MaskedModelingError.oneClass(operation: "knn", label: 3)) {
      try KNearest(
        training: LabelledFeatures(NDArray(zeros: [2, 2]), labels: NDArray([Int32(3), 3])), k: 1)
    }
    let judge = try KNearest(training: training, k: 1)
    #expect(throws: MaskedModelingError.featureWidth(operation: "knn", training: 2, test: 3)) {
      try judge.predict(NDArray(zeros: [1, 3]))
    }
    #expect(
      throws: MaskedModelingError.notFinite(
        operation: "knn", what: "the test features", row: 1)
    ) { try judge.predict(NDArray([Float(1), 1, .infinity, 0], shape: [2, 2])) }
    let test = try LabelledFeatures(NDArray(zeros: [1, 2]), labels: NDArray([Int32(3)]))
    #expect(throws: MaskedModelingError.self) { try judge.evaluate(on: test) }
  }
}

/// The sum of exp((s - 1) / 0.07) by class over the k samples of largest cosine, ties to the
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
    votes[Int(labels[sample])] += exponential((similarities[sample] - 1) / 0.07)
  }
  return votes
}

import Arrays
import Testing

@testable import MaskedModeling

@Suite struct LinearProbeTests {
  /// The samples of golden_logistic.py: 300 of width 8 in 3 classes; testing is on them too.
  static func samples(_ count: Int = 300, width: Int = 8, classes: Int = 3) throws -> ProbeData {
    var numbers = CongruentialSequence()
    var (x, y) = ([Float](), [Int32]())
    for row in 0..<count {
      let values = (0..<width).map { _ in Float(numbers.number()) }
      let scores = (0..<classes).map { values[$0] + 0.5 * values[classes + $0] }
      let best = scores.indices.max { scores[$0] < scores[$1] } ?? 0
      x += values
      y.append(Int32(numbers.number() < 0.1 ? row % classes : best))
    }
    return try same(NDArray(x, shape: [count, width]), y)
  }

  /// Rows to train and test on.
  static func same(_ x: NDArray, _ labels: [Int32]) throws -> ProbeData {
    try ProbeData(train: x, trainLabels: NDArray(labels), test: x, testLabels: NDArray(labels))
  }

  static func fit(
    _ data: ProbeData, l2: Double = 1e-3, tolerance: Double = 1e-6
  ) throws -> LinearFit {
    try LinearFit(
      data, l2: l2, solver: LimitedMemoryBFGS(maximumIterations: 500, gradientTolerance: tolerance))
  }

  struct Golden: Sendable {
    let l2: Double, loss: Double, accuracy: Double, weights: [Double], offsets: [Double]
  }

  /// Printed by golden_logistic.py with scikit-learn 1.9.1 and NumPy 2.4.6.
  static let goldens = [
    Golden(
      l2: 1e-3, loss: 0.4568340656450763, accuracy: 0.89,
      weights: [
        1.865881171, -0.893341964, -0.887479203, 0.826989886, -0.390097559, -0.191293911,
        0.242824707, -0.119828038, -0.99647773, 1.715334628, -0.624309259, -0.554498097,
        0.782200915, -0.349861323, -0.060359509, -0.024904409, -0.869403441, -0.821992665,
        1.511788463, -0.272491789, -0.392103356, 0.541155234, -0.182465197, 0.144732447,
      ], offsets: [-0.250478497, 0.097401592, 0.153076905]),
    Golden(
      l2: 1e-1, loss: 0.70908098217241, accuracy: 0.8933333333333333,
      weights: [
        0.711513358, -0.301618194, -0.390327278, 0.279340263, -0.134106326, -0.059629125,
        0.106534915, -0.019903945, -0.32850717, 0.68260813, -0.242483108, -0.19101266, 0.314486151,
        -0.157351366, -0.002734009, -0.036372604, -0.383006188, -0.380989936, 0.632810387,
        -0.088327603, -0.180379824, 0.216980491, -0.103800906, 0.056276549,
      ], offsets: [-0.058606377, 0.057277626, 0.001328751]),
  ]

  @Test("loss, weights and accuracy are scikit-learn's", arguments: goldens)
  func golden(_ golden: Golden) throws {
    let data = try Self.samples()
    let probe = try Self.fit(data, l2: golden.l2)
    #expect(probe.isConverged)
    // At the minimum of a function of curvature l2 or more, a gradient g (27 numbers of 1e-6 at
    // most, and float32 noise of 1e-7 a number) leaves |w - w*| <= |g| / l2 and a loss too high by
    // |g|^2 / (2 l2); the loss itself carries 2^-22 of rounding.
    let gradient = 27.0.squareRoot() * 1.1e-6
    #expect(abs(probe.loss - golden.loss) <= gradient * gradient / (2 * golden.l2) + 0x1p-22)
    for (seen, wanted) in zip(probe.weights.elements(of: Float.self), golden.weights) {
      #expect(abs(Double(seen) - wanted) <= gradient / golden.l2)
    }
    for (seen, wanted) in zip(probe.offsets.elements(of: Float.self), golden.offsets) {
      #expect(abs(Double(seen) - wanted) <= gradient / golden.l2)
    }
    let result = try linearProbe(data, l2: golden.l2)
    #expect(abs(result.accuracy - golden.accuracy) < 1e-12)
    #expect(result.trainAccuracy == result.accuracy && result.isConverged)
  }

  @Test("the gradient is that of the loss in double precision", arguments: [1, 5, 1_025])
  func gradient(count: Int) {
    var numbers = CongruentialSequence(seed: 41)
    let features = numbers.array([count, 5], low: -2, high: 2)
    let labels = (0..<count).map { Int32($0 % 3) }
    let regression = SoftmaxRegression(features: features, labels: labels, classCount: 3, l2: 0.1)
    let parameters = (0..<18).map { _ in Double(Float(numbers.number() - 0.5)) }
    let x = features.elements(of: Float.self).map(Double.init)
    func oracle(_ p: [Double]) -> Double { exactLoss(p, x, labels, l2: 0.1) }
    let (value, gradient) = regression(parameters)
    // Logits of 5 products below 1 and an offset: 8 u 5.5; the loss is 1-Lipschitz in them, twice.
    #expect(abs(value - oracle(parameters)) <= 2 * 8 * 5.5 * 0x1p-24)
    for index in parameters.indices {
      let step = 6e-6
      var (up, down) = (parameters, parameters)
      up[index] += step
      down[index] -= step
      let exact = (oracle(up) - oracle(down)) / (2 * step)
      // Probabilities within 2 * 8 u 5.5 of exact, times features below 2, and a sum of `count /
      // 16` float32 terms; central differences of double precision leave 1e-9.
      let bound = (2 * 2 * 8 * 5.5 + 2 * Double(count) / 16) * 0x1p-24 + 1e-9
      #expect(abs(gradient[index] - exact) <= bound, "parameter \(index)")
    }
  }

  @Test("a constant feature weighs nothing")
  func constantFeature() throws {
    let data = try Self.samples()
    let x = data.train.elements(of: Float.self)
    var wider = [Float]()
    for row in 0..<300 {
      wider += x[row * 8..<row * 8 + 8]
      wider.append(0.1)
    }
    let plain = try Self.fit(data, l2: 0.1).weights.elements(of: Float.self)
    let other = try Self.fit(Self.same(NDArray(wider, shape: [300, 9]), data.trainLabels), l2: 0.1)
      .weights.elements(of: Float.self)
    for row in 0..<3 {
      for column in 0..<8 {
        // Twice the distance to the minimum that the tolerance allows (see `golden`), and the
        // standardising of what was standardised: 2^-22 of a weight.
        #expect(abs(plain[row * 8 + column] - other[row * 9 + column]) <= 2 * 6e-5)
      }
      #expect(other[row * 9 + 8] == 0)
    }
  }

  @Test("two classes that a line separates are classified without a mistake, and l2 = 0 ends")
  func separable() throws {
    let x = (0..<40).map { Float($0) - 19.5 }
    let data = try Self.same(NDArray(x, shape: [40, 1]), x.map { $0 > 0 ? 1 : 0 })
    for l2 in [0, 1e-4] {
      #expect(try linearProbe(data, l2: l2, iterationsMax: 50).accuracy == 1)
    }
  }

  @Test("without information the probe falls back on the class frequencies")
  func noInformation() throws {
    let data = try Self.same(
      NDArray(repeating: Float(3), shape: [100, 4]), (0..<100).map { $0 < 70 ? 1 : 0 })
    let offsets = try Self.fit(data).offsets.elements(of: Float.self)
    // The difference of the offsets is the log odds, ln(70 / 30).
    #expect(abs(Double(offsets[1] - offsets[0]) - 0.8472978603872034) < 1e-4)
    #expect(try linearProbe(data).accuracy == 0.7)
  }

  @Test("the same bits with one and two threads, and twice")
  func threads() throws {
    let before = Parallel.threadCount
    defer { Parallel.threadCount = before }
    let data = try Self.samples(3_000, width: 20, classes: 4)
    Parallel.threadCount = 1
    let one = try Self.fit(data).weights
    Parallel.threadCount = 2
    #expect(try Self.fit(data).weights == one)
    #expect(try Self.fit(data).weights == one)
  }

  @Test("a fit that is ended early says so; what the callback throws comes through")
  func endedEarly() throws {
    let data = try Self.samples()
    let result = try linearProbe(data) { $0 < 2 }
    #expect(result.iterations == 2 && !result.isConverged)
    #expect(result.accuracy > 0.6)
    #expect(throws: EvaluationError.empty) {
      try linearProbe(data) { _ in throw EvaluationError.empty }
    }
  }

  @Test("options out of range are errors")
  func errors() throws {
    let data = try Self.samples()
    #expect(throws: EvaluationError.self) { try linearProbe(data, l2: -1) }
    #expect(throws: EvaluationError.self) { try linearProbe(data, l2: .nan) }
    #expect(throws: EvaluationError.self) { try linearProbe(data, iterationsMax: 0) }
    #expect(throws: EvaluationError.self) { try linearProbe(data, tolerance: 0) }
  }
}

/// The mean cross-entropy and penalty of 3 classes and 5 features in double precision.
private func exactLoss(_ p: [Double], _ x: [Double], _ labels: [Int32], l2: Double) -> Double {
  var sum = 0.0
  for (row, label) in labels.enumerated() {
    let logits = (0..<3).map { k in
      var logit = p[15 + k]
      for j in 0..<5 { logit += p[k * 5 + j] * x[row * 5 + j] }
      return logit
    }
    let total = logits.reduce(0) { $0 + exponential($1) }
    sum -= logits[Int(label)] - logarithm(total)
  }
  return sum / Double(labels.count) + l2 / 2 * p[..<15].reduce(0) { $0 + $1 * $1 }
}

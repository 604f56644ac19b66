public import Arrays
import Autograd

/// What judging features cannot work with.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
  case counts(features: Int, labels: Int)
  case widths(train: Int, test: Int)
  case oneClass(Int)
  case notFinite(String)
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
    case .notFinite(let what): "\(what) hold values that are not finite"
    case .empty: "there are no rows to judge"
    }
  }
}

/// Frozen features with labels, split into a training and a test part.
///
/// Features [n, D] float32, labels [n] int32 from 0. Columns are standardised by the mean and standard
/// deviation of the training rows.
public struct ProbeData: Sendable {
  let train: NDArray, test: NDArray
  let trainLabels: [Int32], testLabels: [Int32]
  let classes: Int

  public init(
    train: NDArray, trainLabels: NDArray, test: NDArray, testLabels: NDArray
  ) throws {
    for (x, y) in [(train, trainLabels), (test, testLabels)] {
      guard x.rank == 2, x.shape[0] == y.count else {
        throw EvaluationError.counts(features: x.rank == 2 ? x.shape[0] : 0, labels: y.count)
      }
      guard x.shape[0] > 0 else { throw EvaluationError.empty }
    }
    guard train.shape[1] == test.shape[1] else {
      throw EvaluationError.widths(train: train.shape[1], test: test.shape[1])
    }
    guard train.firstNonFinite == nil else { throw EvaluationError.notFinite("the training features") }
    guard test.firstNonFinite == nil else { throw EvaluationError.notFinite("the test features") }
    self.trainLabels = trainLabels.converted(to: .int32).elements(of: Int32.self)
    self.testLabels = testLabels.converted(to: .int32).elements(of: Int32.self)
    let largest = max(self.trainLabels.max() ?? 0, self.testLabels.max() ?? 0)
    if Set(self.trainLabels).count < 2 { throw EvaluationError.oneClass(Int(self.trainLabels[0])) }
    classes = Int(largest) + 1
    let mean = try train.reduced(.mean, axes: [0])
    let centred = try elementwise(.subtract, train, mean)
    let variance = try elementwise(.square, centred).reduced(.mean, axes: [0])
    let scale = elementwise(
      .reciprocal, try elementwise(.add, elementwise(.sqrt, variance), NDArray(scalar: Float(1e-6))))
    self.train = try elementwise(.multiply, centred, scale)
    self.test = try elementwise(.multiply, try elementwise(.subtract, test, mean), scale)
  }

  func accuracy(_ predictions: [Int32], _ labels: [Int32]) -> Double {
    Double(zip(predictions, labels).filter { $0 == $1 }.count) / Double(labels.count)
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

/// k nearest neighbours by cosine similarity, each vote weighted by exp(similarity / 0.07), as
/// self-supervised methods are judged (Wu et al. 2018; Caron et al. 2021).
public func nearestNeighbours(_ data: ProbeData, k: Int) throws -> ProbeResult {
  func unit(_ x: NDArray) throws -> NDArray {
    let norms = elementwise(
      .sqrt, try elementwise(.square, x).reduced(.sum, axes: [1], keepsAxes: true))
    return try elementwise(
      .divide, x, try elementwise(.add, norms, NDArray(scalar: Float(1e-12))))
  }
  let (train, test) = (try unit(data.train), try unit(data.test))
  let count = min(k, train.shape[0])
  var predictions = [Int32]()
  let block = 512
  for start in stride(from: 0, to: test.shape[0], by: block) {
    let rows = try test.slice([.span(from: start, to: min(start + block, test.shape[0]))])
    let scores = try rows.multiplied(by: try train.transposed())
    for row in 0..<rows.shape[0] {
      let similarity = try scores.row(row).elements(of: Float.self)
      predictions.append(vote(similarity, count, data))
    }
  }
  return ProbeResult(
    accuracy: data.accuracy(predictions, data.testLabels), trainAccuracy: nil,
    predictions: NDArray(predictions), iterations: 0, isConverged: true)
}

private func vote(_ similarity: [Float], _ count: Int, _ data: ProbeData) -> Int32 {
  // The `count` largest by partial selection: a bound that rises as better ones are found.
  var best: [(score: Float, index: Int)] = []
  best.reserveCapacity(count + 1)
  for (index, score) in similarity.enumerated() {
    if best.count == count, score <= best[count - 1].score { continue }
    let place = best.firstIndex { score > $0.score } ?? best.count
    best.insert((score, index), at: place)
    if best.count > count { best.removeLast() }
  }
  var votes = [Double](repeating: 0, count: data.classes)
  for (score, index) in best {
    votes[Int(data.trainLabels[index])] += RealMath.exp(Double(score) / 0.07)
  }
  let top = votes.max() ?? 0
  return Int32(votes.firstIndex(of: top) ?? 0)
}

/// Multinomial logistic regression on standardised features with an L2 penalty:
///
///     mean cross-entropy + l2 / 2 ||W||^2          (the bias is not penalised)
///
/// solved by L-BFGS with backtracking until the largest gradient component is below `tolerance`.
public func linearProbe(
  _ data: ProbeData, l2: Double = 1e-3, iterationsMax: Int = 500, tolerance: Double = 1e-4,
  progress: (Int) throws -> Bool = { _ in true }
) throws -> ProbeResult {
  let problem = LogisticProblem(data, l2: l2)
  var solver = LBFGS(count: problem.parameterCount)
  let (weights, iterations, isConverged) = try solver.minimise(
    problem.lossAndGradient, iterationsMax: iterationsMax, tolerance: tolerance,
    progress: progress)
  let predictions = try problem.predict(data.test, weights)
  return ProbeResult(
    accuracy: data.accuracy(predictions, data.testLabels),
    trainAccuracy: data.accuracy(try problem.predict(data.train, weights), data.trainLabels),
    predictions: NDArray(predictions), iterations: iterations, isConverged: isConverged)
}

/// The loss of logistic regression; weights are [D, classes] and then [classes], flat.
private struct LogisticProblem {
  let data: ProbeData
  let l2: Double
  let transposed: NDArray
  let labels: NDArray
  var width: Int { data.train.shape[1] }
  var parameterCount: Int { (width + 1) * data.classes }

  init(_ data: ProbeData, l2: Double) {
    self.data = data
    self.l2 = l2
    transposed = proven { () throws(ShapeError) in try data.train.transposed() }
    labels = NDArray(data.trainLabels)
  }

  private func logits(_ x: NDArray, _ parameters: [Double]) throws -> NDArray {
    let split = width * data.classes
    let w = NDArray(parameters[..<split].map { Float($0) }, shape: [width, data.classes])
    let b = NDArray(parameters[split...].map { Float($0) })
    return try elementwise(.add, try x.multiplied(by: w), b)
  }

  func predict(_ x: NDArray, _ parameters: [Double]) throws -> [Int32] {
    try logits(x, parameters).argExtreme(axis: 1).elements(of: Int32.self)
  }

  func lossAndGradient(_ parameters: [Double]) throws -> (Double, [Double]) {
    let parameter = Parameter(try logits(data.train, parameters))
    let result = try gradients(of: [parameter]) {
      try sum(try crossEntropy(parameter.tensor, ids: labels), mean: true)
    }
    guard let slope = result.gradients[0] else { return (0, []) }
    let split = width * data.classes
    let dw = try transposed.multiplied(by: slope).elements(of: Float.self)
    let db = try slope.reduced(.sum, axes: [0]).elements(of: Float.self)
    var loss = result.loss.scalarValue
    var gradient = dw.map(Double.init) + db.map(Double.init)
    for index in 0..<split {
      loss += 0.5 * l2 * parameters[index] * parameters[index]
      gradient[index] += l2 * parameters[index]
    }
    return (loss, gradient)
  }
}

/// Limited-memory BFGS with a backtracking (Armijo) line search (Nocedal and Wright 2006, alg. 7.5).
struct LBFGS {
  private let memory = 10
  private var steps: [[Double]] = []
  private var changes: [[Double]] = []
  private let count: Int

  init(count: Int) {
    self.count = count
  }

  mutating func minimise(
    _ function: ([Double]) throws -> (Double, [Double]), iterationsMax: Int, tolerance: Double,
    progress: (Int) throws -> Bool
  ) throws -> (point: [Double], iterations: Int, isConverged: Bool) {
    var point = [Double](repeating: 0, count: count)
    var (value, gradient) = try function(point)
    for iteration in 0..<iterationsMax {
      if gradient.allSatisfy({ abs($0) < tolerance }) { return (point, iteration, true) }
      if !(try progress(iteration)) { return (point, iteration, false) }
      let direction = descent(gradient)
      let slope = dot(direction, gradient)
      var length = steps.isEmpty ? 1 / max(1, dot(gradient, gradient).squareRoot()) : 1
      var accepted = false
      for _ in 0..<30 {
        let next = zip(point, direction).map { $0 + length * $1 }
        let (nextValue, nextGradient) = try function(next)
        if nextValue <= value + 1e-4 * length * slope {
          remember(zip(next, point).map { $0 - $1 }, zip(nextGradient, gradient).map { $0 - $1 })
          (point, value, gradient) = (next, nextValue, nextGradient)
          accepted = true
          break
        }
        length /= 2
      }
      // No step lowers the loss: float32 products cannot tell points apart any more.
      if !accepted { return (point, iteration, true) }
    }
    return (point, iterationsMax, false)
  }

  private mutating func remember(_ step: [Double], _ change: [Double]) {
    guard dot(step, change) > 1e-14 else { return }
    steps.append(step)
    changes.append(change)
    if steps.count > memory {
      steps.removeFirst()
      changes.removeFirst()
    }
  }

  /// The two-loop recursion: minus the inverse Hessian estimate times the gradient.
  private func descent(_ gradient: [Double]) -> [Double] {
    var q = gradient
    var factors = [Double](repeating: 0, count: steps.count)
    for index in steps.indices.reversed() {
      factors[index] = dot(steps[index], q) / dot(steps[index], changes[index])
      for column in q.indices { q[column] -= factors[index] * changes[index][column] }
    }
    if let step = steps.last, let change = changes.last {
      let scale = dot(step, change) / dot(change, change)
      for column in q.indices { q[column] *= scale }
    }
    for index in steps.indices {
      let beta = dot(changes[index], q) / dot(steps[index], changes[index])
      for column in q.indices { q[column] += (factors[index] - beta) * steps[index][column] }
    }
    return q.map { -$0 }
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for index in a.indices { sum += a[index] * b[index] }
    return sum
  }
}

/// How often each class was taken for each: rows are labels, columns predictions, [classes, classes].
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
    guard guess >= 0, truth >= 0, Int(guess) < classes, Int(truth) < classes else {
      throw ShapeError.valueOutOfRange(
        operation: "confusion", what: "a class", seen: "\(max(guess, truth))",
        wanted: "0 to \(classes - 1)")
    }
    counts[Int(truth) * classes + Int(guess)] += 1
  }
  return NDArray(counts, shape: [classes, classes])
}

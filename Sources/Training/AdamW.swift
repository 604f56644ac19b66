public import Arrays
public import Autograd
import CKernels

/// Why a training step was refused; nothing was changed.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  case notFinite(what: String, step: Int, learningRate: Double)
  case gradientCount(seen: Int, wanted: Int)
  case gradientShape(parameter: String, seen: Shape, wanted: Shape)
  case option(name: String, seen: Double, wanted: String)

  /// What was seen, what was wanted, what to try.
  public var description: String {
    switch self {
    case .notFinite(let what, let step, let rate):
      "\(what) is not finite at step \(step) (learning rate \(rate)); the parameters are as they"
        + " were before this step. A lower learning rate, a warm-up or clip: often helps"
    case .gradientCount(let seen, let wanted):
      "got \(seen) gradients for \(wanted) parameters; the model was changed after the optimiser"
        + " was made"
    case .gradientShape(let parameter, let seen, let wanted):
      "the gradient of \(parameter) is \(seen), the parameter \(wanted)"
    case .option(let name, let seen, let wanted):
      "\(name) is \(seen), wanted \(wanted)"
    }
  }
}

/// Adam with decoupled weight decay:
///
///     m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g g
///     p = p - lr decay p - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)
///
/// Decay applies to parameters whose `decays` is true. Source: Loshchilov and Hutter 2019, alg. 2.
public final class AdamW {
  /// What is being trained, in the order of the gradients.
  public let parameters: [Parameter]
  /// Step size; set it before each step to follow a schedule.
  public var learningRate: Double
  public var decay: Double
  public let betas: (Double, Double)
  public let epsilon: Double
  /// Steps taken.
  public private(set) var stepCount = 0
  private var firstMoments: [NDArray]
  private var secondMoments: [NDArray]

  /// An optimiser at step 0.
  ///
  /// - Throws: `TrainingError.option` for a negative rate or decay, or a beta outside 0 ..< 1.
  public init(
    _ parameters: [Parameter], learningRate: Double = 1e-3, decay: Double = 0.05,
    betas: (Double, Double) = (0.9, 0.98), epsilon: Double = 1e-8
  ) throws(TrainingError) {
    for (name, value) in [("lr", learningRate), ("decay", decay), ("eps", epsilon)]
    where !(value >= 0 && value.isFinite) {
      throw TrainingError.option(name: name, seen: value, wanted: "a number from 0 up")
    }
    for beta in [betas.0, betas.1] where !(beta >= 0 && beta < 1) {
      throw TrainingError.option(name: "a beta", seen: beta, wanted: "0 or more and below 1")
    }
    self.parameters = parameters
    self.learningRate = learningRate
    self.decay = decay
    self.betas = betas
    self.epsilon = epsilon
    firstMoments = parameters.map { NDArray(zeros: $0.shape) }
    secondMoments = parameters.map { NDArray(zeros: $0.shape) }
  }

  /// What an optimiser has learned of its parameters: what is saved, to go on later.
  public struct State: Sendable {
    /// Steps taken, from 0.
    public var stepCount: Int
    /// The running means of gradients and of their squares, in the order and shapes of the parameters.
    public var firstMoments: [NDArray], secondMoments: [NDArray]

    public init(stepCount: Int, firstMoments: [NDArray], secondMoments: [NDArray]) {
      self.stepCount = stepCount
      (self.firstMoments, self.secondMoments) = (firstMoments, secondMoments)
    }
  }

  /// The state after the last step.
  public var state: State {
    State(stepCount: stepCount, firstMoments: firstMoments, secondMoments: secondMoments)
  }

  /// Goes on from a state: the next step is what it would have been.
  ///
  /// - Throws: `gradientCount` or `gradientShape` for moments of other parameters.
  public func resume(_ state: State) throws(TrainingError) {
    for moments in [state.firstMoments, state.secondMoments] {
      guard moments.count == parameters.count else {
        throw TrainingError.gradientCount(seen: moments.count, wanted: parameters.count)
      }
      for (parameter, moment) in zip(parameters, moments) where moment.shape != parameter.shape {
        throw TrainingError.gradientShape(
          parameter: parameter.name, seen: moment.shape, wanted: parameter.shape)
      }
    }
    stepCount = state.stepCount
    firstMoments = state.firstMoments.map { $0.converted(to: .float32) }
    secondMoments = state.secondMoments.map { $0.converted(to: .float32) }
  }

  /// One step along the gradients (nil for a parameter that the loss did not depend on: it stays).
  ///
  /// - Parameter clip: the largest global L2 norm; longer gradients are scaled down to it.
  /// - Returns: the global L2 norm before clipping.
  /// - Throws: `TrainingError.notFinite` when the norm is not finite; nothing is changed then.
  @discardableResult
  public func step(_ gradients: [NDArray?], clip: Double? = nil) throws(TrainingError) -> Double {
    guard gradients.count == parameters.count else {
      throw TrainingError.gradientCount(seen: gradients.count, wanted: parameters.count)
    }
    for (parameter, gradient) in zip(parameters, gradients) {
      if let gradient, gradient.shape != parameter.shape {
        throw TrainingError.gradientShape(
          parameter: parameter.name, seen: gradient.shape, wanted: parameter.shape)
      }
    }
    let norm = globalNorm(gradients)
    guard norm.isFinite else {
      throw TrainingError.notFinite(
        what: "the gradient", step: stepCount + 1, learningRate: learningRate)
    }
    stepCount += 1
    var options = ccv_adamw_options()
    options.learning_rate = Float(learningRate)
    (options.beta1, options.beta2) = (Float(betas.0), Float(betas.1))
    options.epsilon = Float(epsilon)
    options.correction1 = Float(1 - power(betas.0, stepCount))
    options.correction2 = Float(1 - power(betas.1, stepCount))
    options.gradient_scale = 1
    if let clip, norm > clip { options.gradient_scale = Float(clip / norm) }
    update(gradients, options)
    return norm
  }

  /// All parameters in one pass, as one row of numbers: most of them are too short for two threads.
  private func update(_ gradients: [NDArray?], _ options: ccv_adamw_options) {
    let parts = gradients.indices.compactMap { index -> Part? in
      guard let gradient = gradients[index], gradient.count > 0 else { return nil }
      return Part(
        parameter: writable(&parameters[index].value), gradient: gradient.floats,
        first: writable(&firstMoments[index]), second: writable(&secondMoments[index]),
        decay: parameters[index].decays ? Float(decay) : 0)
    }
    let row = ConcatenatedRanges(gradients.compactMap { $0?.count }.filter { $0 > 0 })
    Parallel.forEachSlice(of: row.count, grain: Parallel.elementsPerSlice) { slice in
      var options = options
      row.forEachPart(of: slice) { index, range in
        let (part, start) = (parts[index], range.lowerBound)
        options.decay = part.decay
        kernels.adamw(
          Int64(range.count), &options, part.parameter + start, part.gradient + start,
          part.first + start, part.second + start)
      }
    }
    withExtendedLifetime((gradients, parameters)) {}
  }

  private struct Part {
    let parameter: UnsafeMutablePointer<Float>
    let gradient: UnsafePointer<Float>
    let first: UnsafeMutablePointer<Float>, second: UnsafeMutablePointer<Float>
    let decay: Float
  }

  /// The elements, of this array alone, for as long as it is neither shared nor replaced.
  private func writable(_ array: inout NDArray) -> UnsafeMutablePointer<Float> {
    array.withMutableElements(of: Float.self) { _ in }
    return array.floats
  }

  /// beta^t by repeated squaring: the same bits on every machine.
  private func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, square, rest) = (1.0, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= square }
      square *= square
      rest >>= 1
    }
    return result
  }
}

/// The L2 norm of all gradients together, in double precision.
public func globalNorm(_ gradients: [NDArray?]) -> Double {
  let arrays = gradients.compactMap { $0 }.filter { $0.count > 0 }
  // Blocks end where a gradient does, and are the same for any number of threads.
  let block = 1 << 16
  var blocks: [(array: Int, range: Range<Int>)] = []
  for (index, array) in arrays.enumerated() {
    for start in stride(from: 0, to: array.count, by: block) {
      blocks.append((index, start..<min(array.count, start + block)))
    }
  }
  let row = ConcatenatedRanges(blocks.map(\.range.count))
  let sources = arrays.map { UnsafePointer($0.floats) }
  var sums = [Double](repeating: 0, count: blocks.count)
  sums.withUnsafeMutableBufferPointer { sums in
    guard let sums = sums.baseAddress else { return }
    Parallel.forEachSlice(of: row.count, grain: Parallel.elementsPerSlice) { slice in
      row.forEachPart(of: slice) { index, range in
        // A block belongs to the slice in which it begins.
        guard range.lowerBound == 0 else { return }
        let (array, whole) = blocks[index]
        sums[index] = kernels.sum_of_squares(
          Int64(whole.count), sources[array] + whole.lowerBound)
      }
    }
  }
  withExtendedLifetime(arrays) {}
  return sums.reduce(0, +).squareRoot()
}

/// Ranges of several arrays laid end to end.
struct ConcatenatedRanges {
  /// Where each range begins, and where the last ends.
  private let starts: [Int]

  init(_ lengths: [Int]) {
    var starts = [0]
    starts.reserveCapacity(lengths.count + 1)
    for length in lengths { starts.append(starts[starts.count - 1] + length) }
    self.starts = starts
  }

  var count: Int { starts[starts.count - 1] }

  /// The ranges that a part of the whole meets, each with what is met of it, counted from its own beginning.
  func forEachPart(of slice: Range<Int>, _ body: (_ index: Int, _ range: Range<Int>) -> Void) {
    var (low, high) = (0, starts.count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if starts[middle] <= slice.lowerBound { low = middle } else { high = middle - 1 }
    }
    while low + 1 < starts.count, starts[low] < slice.upperBound {
      let begin = max(slice.lowerBound, starts[low])
      let end = min(slice.upperBound, starts[low + 1])
      if begin < end { body(low, (begin - starts[low])..<(end - starts[low])) }
      low += 1
    }
  }
}

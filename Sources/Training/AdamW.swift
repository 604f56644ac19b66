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
    for (index, gradient) in gradients.enumerated() {
      guard let gradient else { continue }
      options.decay = parameters[index].decays ? Float(decay) : 0
      update(index, gradient, options)
    }
    return norm
  }

  private func update(_ index: Int, _ gradient: NDArray, _ options: ccv_adamw_options) {
    let slope = gradient.floats
    parameters[index].value.withMutableElements(of: Float.self) { values in
      firstMoments[index].withMutableElements(of: Float.self) { first in
        secondMoments[index].withMutableElements(of: Float.self) { second in
          guard let p = values.baseAddress, let m = first.baseAddress, let v = second.baseAddress
          else { return }
          Parallel.forEachSlice(of: values.count, grain: Parallel.elementsPerSlice) { slice in
            let start = slice.lowerBound
            withUnsafePointer(to: options) { options in
              kernels.adamw(
                Int64(slice.count), options, p + start, slope + start, m + start, v + start)
            }
          }
        }
      }
    }
    withExtendedLifetime(gradient) {}
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
  gradients.reduce(0.0) { $0 + ($1?.sumOfSquares ?? 0) }.squareRoot()
}

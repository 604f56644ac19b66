import Arrays
public import Autograd

/// A part of a model: parameters under stable names.
///
/// Names are paths as timm and BEiT write them (`attn.qkv.weight`), so that saved weights can be
/// exchanged. The order is fixed: an optimiser's state follows it.
public protocol Layer: AnyObject {
  /// Every parameter of this layer and of the layers inside it.
  var parameters: [NamedParameter] { get }
}

/// A parameter and its path in a layer.
public struct NamedParameter {
  private let path: String, last: String
  /// The parameter itself, shared with the layer.
  public let parameter: Parameter

  /// A parameter under a path.
  public init(_ name: String, _ parameter: Parameter) {
    (path, last) = ("", name)
    self.parameter = parameter
  }

  /// The path, such as `mlp.fc1.weight`.
  public var name: String { path.isEmpty ? last : path + "." + last }

  /// The same further down. The name is put together when it is asked for: a training step walks the
  /// whole model and reads no name.
  public func under(_ prefix: String) -> NamedParameter {
    prefix.isEmpty ? self : NamedParameter(path: prefix, last: name, parameter)
  }

  private init(path: String, last: String, _ parameter: Parameter) {
    (self.path, self.last, self.parameter) = (path, last, parameter)
  }
}

extension Layer {
  /// The layer's parameters with a prefix before their names.
  public func parameters(under prefix: String) -> [NamedParameter] {
    parameters.map { $0.under(prefix) }
  }

  /// How many numbers the layer learns.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.parameter.value.count } }
}

/// How weights begin.
public enum Initialization: Sendable, Equatable {
  /// Normal with a standard deviation, redrawn outside `limit` standard deviations; biases 0.
  /// CCViT and BEiT: 0.02, 1.
  case truncatedNormal(deviation: Float = 0.02, limit: Float = 1)
  /// Uniform in +-1/sqrt(inputs), biases too: what PyTorch's linear layer does by itself.
  case uniform

  func weight(_ shape: Shape, inputs: Int, _ random: inout RandomSource) -> NDArray {
    switch self {
    case .truncatedNormal(let deviation, let limit):
      return random.truncatedNormal(shape, deviation: deviation, limit: limit)
    case .uniform:
      let bound = 1 / Float(max(1, inputs)).squareRoot()
      return random.uniform(shape, low: -bound, high: bound)
    }
  }

  func bias(_ count: Int, inputs: Int, _ random: inout RandomSource) -> NDArray {
    switch self {
    case .truncatedNormal: NDArray(zeros: [count])
    case .uniform: weight([count], inputs: inputs, &random)
    }
  }
}

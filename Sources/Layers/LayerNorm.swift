public import Arrays
public import Autograd

/// Layer normalisation over the last axis, with a learned scale (1 at first) and offset (0).
public final class LayerNorm: Layer {
  public let scale: Parameter
  public let offset: Parameter
  public let epsilon: Float

  /// For a last axis of `width`.
  public init(_ width: Int, epsilon: Float = 1e-6) {
    scale = Parameter(NDArray(repeating: Float(1), shape: [width]), name: "weight", decays: false)
    offset = Parameter(NDArray(zeros: [width]), name: "bias", decays: false)
    self.epsilon = epsilon
  }

  public var parameters: [NamedParameter] {
    [NamedParameter("weight", scale), NamedParameter("bias", offset)]
  }

  /// x [..., D] -> [..., D].
  public func callAsFunction(_ x: Tensor) throws(ShapeError) -> Tensor {
    try layerNorm(x, scale: scale.tensor, offset: offset.tensor, epsilon: epsilon)
  }
}

public import Arrays
public import Autograd

/// The feed-forward part of a block: linear, GELU, linear.
public final class MLP: Layer {
  public let fc1: Linear
  public let fc2: Linear

  /// - Parameter rescale: divides the first values of the second weight (see TransformerBlock).
  public init(
    _ width: Int, hidden: Int, initialization: Initialization = .truncatedNormal(),
    rescale: Float = 1, random: inout RandomSource
  ) {
    fc1 = Linear(width, hidden, initialization: initialization, random: &random)
    fc2 = Linear(
      hidden, width, initialization: initialization, rescale: rescale, random: &random)
  }

  public var parameters: [NamedParameter] {
    fc1.parameters(under: "fc1") + fc2.parameters(under: "fc2")
  }

  /// x [..., D] -> [..., D].
  public func callAsFunction(_ x: Tensor) throws(ShapeError) -> Tensor {
    try feedForward(x, fc1.weight.tensor, fc1.offset, fc2.weight.tensor, fc2.offset)
  }
}

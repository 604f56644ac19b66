public import Arrays
public import Autograd

/// y = x W^T + b. Weight [out, in], bias [out].
public final class Linear: Layer {
  public let weight: Parameter
  public let bias: Parameter?

  /// - Parameter rescale: divides the first weights (CCViT: sqrt(2 l) in block l).
  public init(
    _ inputs: Int, _ outputs: Int, bias: Bool = true,
    initialization: Initialization = .truncatedNormal(), rescale: Float = 1,
    random: inout RandomSource
  ) {
    let first = initialization.weight([outputs, inputs], inputs: inputs, &random)
    weight = Parameter(rescale == 1 ? first : first.scaled(by: 1 / rescale), name: "weight")
    self.bias =
      bias
      ? Parameter(
        initialization.bias(outputs, inputs: inputs, &random), name: "bias", decays: false) : nil
  }

  public var parameters: [NamedParameter] {
    [NamedParameter("weight", weight)] + (bias.map { [NamedParameter("bias", $0)] } ?? [])
  }

  /// The bias, zeros for a layer without one.
  var offset: Tensor { bias?.tensor ?? Tensor(NDArray(zeros: [weight.shape[0]])) }

  /// x [..., in] -> [..., out].
  public func callAsFunction(_ x: Tensor) throws(ShapeError) -> Tensor {
    try linear(x, weight: weight.tensor, bias: bias?.tensor)
  }
}

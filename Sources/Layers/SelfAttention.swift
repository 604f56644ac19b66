public import Arrays
public import Autograd

/// Multi-head self-attention with biases for queries and values but not for keys (BEiT).
///
/// Weights: `qkv.weight` [3 D, D] (queries, keys, values), `q_bias` [D], `v_bias` [D], `proj` [D, D].
public final class SelfAttention: Layer {
  public let qkv: Parameter
  public let queryBias: Parameter
  public let valueBias: Parameter
  public let projection: Linear
  public let heads: Int
  private let width: Int

  /// `width` must be a multiple of `heads`.
  public init(
    _ width: Int, heads: Int, initialization: Initialization = .truncatedNormal(),
    rescale: Float = 1, random: inout RandomSource
  ) throws(ShapeError) {
    guard heads >= 1, width % heads == 0 else {
      throw ShapeError.notDivisible(
        operation: "attention", extent: width, by: heads, what: "a width")
    }
    self.width = width
    self.heads = heads
    qkv = Parameter(
      initialization.weight([3 * width, width], inputs: width, &random), name: "qkv.weight")
    queryBias = Parameter(NDArray(zeros: [width]), name: "q_bias", decays: false)
    valueBias = Parameter(NDArray(zeros: [width]), name: "v_bias", decays: false)
    projection = Linear(
      width, width, initialization: initialization, rescale: rescale, random: &random)
  }

  public var parameters: [NamedParameter] {
    [
      NamedParameter("qkv.weight", qkv), NamedParameter("q_bias", queryBias),
      NamedParameter("v_bias", valueBias),
    ] + projection.parameters(under: "proj")
  }

  /// x [B, N, D], bias [heads, N, N] or nil -> [B, N, D].
  public func callAsFunction(_ x: Tensor, bias: Tensor? = nil) throws(ShapeError) -> Tensor {
    try projection(try mixed(x, bias: bias))
  }

  /// The values that each token takes from the others, before the projection.
  func mixed(_ x: Tensor, bias: Tensor?) throws(ShapeError) -> Tensor {
    let keyBias = Tensor(NDArray(zeros: [width]))
    let packedBias = try concatenate(
      [queryBias.tensor, keyBias, valueBias.tensor], axis: 0)
    let packed = try linear(x, weight: qkv.tensor, bias: packedBias)
    return try attention(packed, heads: heads, bias: bias)
  }
}

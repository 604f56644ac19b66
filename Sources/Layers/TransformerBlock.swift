public import Arrays
public import Autograd

/// A pre-norm transformer block with layer scale and drop path:
///
///     x = x + g1 attention(norm1(x))
///     x = x + g2 mlp(norm2(x))
///
/// - Source: Vaswani et al. 2017; layer scale g: Touvron et al. 2021; drop path: Huang et al. 2016.
public final class TransformerBlock: Layer {
  public let norm1: LayerNorm
  public let attention: SelfAttention
  public let scale1: Parameter
  public let norm2: LayerNorm
  public let mlp: MLP
  public let scale2: Parameter
  /// The share of images whose branch is dropped while training, 0 ..< 1.
  public let dropPath: Float
  private var random: RandomSource

  /// - Parameters:
  ///   - ratio: hidden width of the MLP over `width`.
  ///   - scale: first value of both layer scales.
  ///   - depth: this block's number l, from 1: the projection and the second MLP weight are divided
  ///     by sqrt(2 l) at first (BEiT); nil leaves them.
  public init(
    _ width: Int, heads: Int, ratio: Double = 4, scale: Float = 0.1, dropPath: Float = 0,
    initialization: Initialization = .truncatedNormal(), depth: Int? = nil,
    random: inout RandomSource
  ) throws(ShapeError) {
    let rescale = depth.map { (2 * Float($0)).squareRoot() } ?? 1
    norm1 = LayerNorm(width)
    attention = try SelfAttention(
      width, heads: heads, initialization: initialization, rescale: rescale, random: &random)
    norm2 = LayerNorm(width)
    mlp = MLP(
      width, hidden: Int(Double(width) * ratio), initialization: initialization,
      rescale: rescale, random: &random)
    scale1 = Parameter(
      NDArray(repeating: scale, shape: [width]), name: "gamma_1", decays: false)
    scale2 = Parameter(
      NDArray(repeating: scale, shape: [width]), name: "gamma_2", decays: false)
    self.dropPath = dropPath
    self.random = random.next()
  }

  public var parameters: [NamedParameter] {
    [NamedParameter("gamma_1", scale1), NamedParameter("gamma_2", scale2)]
      + norm1.parameters(under: "norm1") + attention.parameters(under: "attn")
      + norm2.parameters(under: "norm2") + mlp.parameters(under: "mlp")
  }

  /// x [B, N, D], bias [heads, N, N] or nil -> [B, N, D]; with `rows`, a mask [B, N], only the tokens
  /// where it is true, [n, D] in order: the projection and the MLP leave the others out, which were
  /// attended to all the same. Drop path acts only on tracked tensors, that is while gradients are being
  /// taken.
  public func callAsFunction(
    _ x: Tensor, bias: Tensor? = nil, rows: NDArray? = nil
  ) throws(ShapeError) -> Tensor {
    var (stem, mixed) = (x, try attention.mixed(try norm1(x), bias: bias))
    var images: [Int32]?
    if let rows {
      guard rows.elementType == .bool, rows.rank == 2, rows.shape.extents == x.shape.extents.dropLast()
      else {
        throw ShapeError.wrongShape(
          operation: "block", argument: "the rows", seen: rows.shape,
          wanted: "a mask of \(x.shape[0]) x \(x.shape[1])")
      }
      let places = try rows.trueIndices()
      images = places.elements(of: Int32.self).map { $0 / Int32(x.shape[1]) }
      let flat = [x.shape[0] * x.shape[1], x.shape[2]]
      stem = try gatherRows(try reshape(x, to: flat), at: places)
      mixed = try gatherRows(try reshape(mixed, to: flat), at: places)
    }
    let projection = attention.projection
    let y = try scaledResidual(
      stem, mixed, weight: projection.weight.tensor, bias: projection.offset,
      scale: scale1.tensor, factors: keepFactors(x, images))
    return try scaledFeedForward(
      y, try norm2(y), mlp.fc1.weight.tensor, mlp.fc1.offset, mlp.fc2.weight.tensor,
      mlp.fc2.offset, scale: scale2.tensor, factors: keepFactors(x, images))
  }

  /// By image, or for chosen rows by row: the factor of the image that each is from.
  private func keepFactors(_ x: Tensor, _ images: [Int32]?) -> [Float]? {
    guard dropPath > 0, x.isTracked || scale1.tensor.isTracked else { return nil }
    let factors = (0..<x.shape[0]).map { _ in
      random.uniform() < Double(dropPath) ? 0 : 1 / (1 - dropPath)
    }
    return images.map { $0.map { factors[Int($0)] } } ?? factors
  }
}

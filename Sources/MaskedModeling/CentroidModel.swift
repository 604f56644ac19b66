public import Arrays
public import Autograd
public import Layers

/// The sizes of a CCViT network. Base and large are the paper's.
public struct CentroidModelSize: Sendable, Equatable {
  /// Side of the square image and of a patch, in pixels.
  public var image: Int, patch: Int
  /// Width D, blocks L, attention heads h.
  public var width: Int, depth: Int, heads: Int
  /// Blocks of the side branch, and the block (from 1) whose patches feed it.
  public var side: Int, tap: Int
  /// Centroids K.
  public var tokens: Int
  /// First value of the layer scales.
  public var layerScale: Float

  public init(
    image: Int, patch: Int, width: Int, depth: Int, heads: Int, side: Int, tap: Int, tokens: Int,
    layerScale: Float = 0.1
  ) {
    (self.image, self.patch, self.width) = (image, patch, width)
    (self.depth, self.heads, self.side, self.tap) = (depth, heads, side, tap)
    (self.tokens, self.layerScale) = (tokens, layerScale)
  }

  public static let micro = CentroidModelSize(
    image: 32, patch: 8, width: 64, depth: 2, heads: 2, side: 1, tap: 1, tokens: 64)
  public static let tiny = CentroidModelSize(
    image: 32, patch: 4, width: 192, depth: 12, heads: 3, side: 2, tap: 9, tokens: 512)
  public static let small = CentroidModelSize(
    image: 224, patch: 16, width: 384, depth: 12, heads: 6, side: 2, tap: 9, tokens: 8192)
  public static let base = CentroidModelSize(
    image: 224, patch: 16, width: 768, depth: 12, heads: 12, side: 2, tap: 9, tokens: 8192)
  public static let large = CentroidModelSize(
    image: 224, patch: 16, width: 1024, depth: 24, heads: 16, side: 2, tap: 21, tokens: 8192,
    layerScale: 1e-5)
}

/// The CCViT network: a vision transformer that names the centroid of each corrupted patch, and a
/// side branch on [last class token; patches of an early block] that rebuilds its pixels.
///
/// `Sources/StandardLibrary/methods/ccvit.ccv` is the same network in the language; this one serves
/// `ccv-bench` and the tests. Source: arXiv 2303.04664 and its official code.
public final class CentroidModel: Layer {
  public let size: CentroidModelSize
  public let embedding: PatchEmbedding
  public let classToken: Parameter
  public let maskToken: Parameter
  public let position: RelativePositionBias
  public let blocks: [TransformerBlock]
  public let norm: LayerNorm
  public let side: [TransformerBlock]
  public let sideNorm: LayerNorm
  public let tokenHead: Linear
  public let pixelHead: Linear

  public init(_ size: CentroidModelSize, random: inout RandomSource) throws(ShapeError) {
    guard size.image % size.patch == 0 else {
      throw ShapeError.notDivisible(
        operation: "ccvit", extent: size.image, by: size.patch, what: "an image side")
    }
    self.size = size
    let (width, grid) = (size.width, size.image / size.patch)
    embedding = PatchEmbedding(patch: size.patch, width: width, random: &random)
    classToken = Parameter(
      random.truncatedNormal([1, 1, width], deviation: 0.02, limit: 1), name: "cls_token",
      decays: false)
    maskToken = Parameter(
      random.truncatedNormal([1, 1, width], deviation: 0.02, limit: 1), name: "mask_token")
    position = RelativePositionBias(height: grid, width: grid, heads: size.heads)
    var stack = [TransformerBlock]()
    for depth in 1...max(1, size.depth) {
      stack.append(
        try TransformerBlock(
          width, heads: size.heads, scale: size.layerScale, depth: depth, random: &random))
    }
    blocks = stack
    norm = LayerNorm(width)
    var branch = [TransformerBlock]()
    for index in 0..<size.side {
      branch.append(
        try TransformerBlock(
          width, heads: size.heads, scale: size.layerScale, initialization: .uniform,
          depth: size.tap + index + 1, random: &random))
    }
    side = branch
    sideNorm = LayerNorm(width)
    tokenHead = Linear(width, size.tokens, random: &random)
    pixelHead = Linear(width, 3 * size.patch * size.patch, random: &random)
  }

  public var parameters: [NamedParameter] {
    embedding.parameters(under: "patch_embed")
      + [NamedParameter("cls_token", classToken), NamedParameter("mask_token", maskToken)]
      + position.parameters(under: "rel_pos_bias")
      + blocks.enumerated().flatMap { $1.parameters(under: "blocks.\($0)") }
      + norm.parameters(under: "norm")
      + side.enumerated().flatMap { $1.parameters(under: "side.\($0)") }
      + sideNorm.parameters(under: "side_norm") + tokenHead.parameters(under: "token_head")
      + pixelHead.parameters(under: "pixel_head")
  }

  /// The loss on one batch: mean cross-entropy plus mean squared error over the corrupted patches.
  ///
  /// - Shapes: patches [B, N, 3PP] (normalised input), hidden and corrupted [B, N] bool (true = hidden
  ///   from the encoder; corrupted = hidden or replaced), ids [B, N] int32, target [B, N, 3PP].
  public func loss(
    patches: NDArray, hidden: NDArray, corrupted: NDArray, ids: NDArray, target: NDArray
  ) throws(ShapeError) -> (total: Tensor, crossEntropy: Tensor, squaredError: Tensor) {
    let (batch, count, width) = (patches.shape[0], patches.shape[1], size.width)
    let embedded = try select(
      hidden.reshaped(to: [batch, count, 1]), maskToken.tensor, try embedding(Tensor(patches)))
    let first = try broadcast(classToken.tensor, to: [batch, 1, width])
    var z = try concatenate([first, embedded], axis: 1)
    let bias = try position()
    var tapped = z
    for (index, block) in blocks.enumerated() {
      z = try block(z, bias: bias)
      if index + 1 == size.tap { tapped = z }
    }
    let rows = try tokenRows(of: corrupted)
    let states = try gatherRows(try reshape(z, to: [batch * (count + 1), width]), at: rows)
    let crossEntropies = try crossEntropy(
      try tokenHead(try norm(states)), ids: try selectRows(Tensor(ids), where: corrupted).value)
    var s = try concatenate(
      [try slice(z, [.all, .span(from: 0, to: 1)]), slice(tapped, [.all, .span(from: 1, to: count + 1)])],
      axis: 1)
    for block in side { s = try block(s, bias: bias) }
    let sideStates = try gatherRows(try reshape(s, to: [batch * (count + 1), width]), at: rows)
    let errors = try meanSquaredError(
      try pixelHead(try sideNorm(sideStates)), try selectRows(Tensor(target), where: corrupted))
    let (ce, mse) = (try sum(crossEntropies, mean: true), try sum(errors, mean: true))
    return (try add(ce, mse), ce, mse)
  }

  /// The rows of [B (N + 1)] states that hold the patches of a [B, N] mask; row 0 of each image is its
  /// class token.
  private func tokenRows(of mask: NDArray) throws(ShapeError) -> NDArray {
    let count = mask.shape[1]
    return mask.withElements(of: Bool.self) { mask in
      NDArray(
        mask.indices.lazy.filter { mask[$0] }.map { Int32($0 + $0 / count + 1) })
    }
  }
}

public import Arrays
public import Autograd

/// Patches to vectors: the stride-P convolution of a vision transformer, as a linear layer on patch
/// vectors in (c, y, x) order. Weight [D, C P P]; the same numbers as a convolution's [D, C, P, P].
public final class PatchEmbedding: Layer {
  public let projection: Linear
  public let patch: Int
  public let channels: Int

  /// For square patches of `patch` pixels.
  public init(
    patch: Int, width: Int, channels: Int = 3,
    initialization: Initialization = .truncatedNormal(), random: inout RandomSource
  ) {
    self.patch = patch
    self.channels = channels
    projection = Linear(
      channels * patch * patch, width, initialization: initialization, random: &random)
  }

  public var parameters: [NamedParameter] { projection.parameters(under: "proj") }

  /// Patches [B, N, C P P], or images [B, C, H, W] with H and W multiples of P -> [B, N, D].
  public func callAsFunction(_ x: Tensor) throws(ShapeError) -> Tensor {
    guard x.shape.rank == 4 else { return try projection(x) }
    return try projection(Tensor(try patchify(x.value, size: patch)))
  }
}

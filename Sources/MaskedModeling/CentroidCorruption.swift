public import Arrays

/// Which centroid a replaced patch is overwritten with.
public enum Replacement: String, Hashable, Sendable, CaseIterable {
  /// The patch's own nearest centroid: the method.
  case nearest
  /// A centroid drawn uniformly from all of them: an ablation.
  case random
}

/// A batch prepared for one training step: corrupted input and what the network should say of it.
///
/// Patches are hidden, replaced or intact. Hidden ones are left as they are here (the network puts
/// its mask vector in their place); replaced ones hold a centroid's pixels.
public struct CorruptedPatches: Sendable {
  /// [B, N, D] pixels in 0 ... 1, (c, y, x) order: the input.
  public let patches: NDArray
  /// [B, N] bool, true = hidden from the encoder.
  public let hidden: NDArray
  /// [B, N] bool, true = visible, but overwritten by a centroid.
  public let replaced: NDArray
  /// [B, N] bool, hidden or replaced: where losses are taken.
  public let corrupted: NDArray
  /// [B, N] int32 token ids of the original patches.
  public let ids: NDArray
  /// [B, N, D] original patches standardised each by itself (`normalizedPatches`).
  public let pixelTargets: NDArray
}

/// Hides and replaces patches of a batch as CCViT does.
///
/// Among the visible patches of each image `replaced` are chosen uniformly and overwritten by a
/// centroid; token ids and pixel targets are those of the original. The paper hides 75 of 196
/// patches in blocks and replaces a further 20.
///
/// - Shapes: `input` [B, C, H, W] images or [B, N, D] patches, pixels 0 ... 1; `hidden` [B, gh, gw]
///   or [B, N] bool, true = hidden from the encoder.
/// - Randomness: image i depends on the stream taken from `random` and on i alone.
/// - Throws: `ShapeError` for shapes or a patch size that do not fit, `MaskedModelingError` for an
///   amount out of range or too few visible patches.
/// - Source: arXiv 2303.04664, section 3, and its code (20 patches, own nearest centroid).
public func corrupt(
  _ input: NDArray, tokenizer: CentroidTokenizer, hidden: NDArray, replaced: PatchAmount,
  replacement: Replacement = .nearest, random: inout RandomSource
) throws -> CorruptedPatches {
  let original = try tokenizer.patches(of: input, for: "corrupt")
  guard original.rank == 3 else {
    throw ShapeError.wrongRank(
      operation: "corrupt", seen: input.shape, wanted: "images B x C x H x W or patches B x N x D")
  }
  let flat: Shape = [original.shape[0], original.shape[1]]
  guard hidden.rank >= 2, hidden.shape[0] == flat[0], hidden.count == flat.count else {
    throw ShapeError.wrongShape(
      operation: "corrupt", argument: "the mask", seen: hidden.shape,
      wanted: "one flag for each patch, \(flat)")
  }
  let mask = hidden.viewed(as: flat)
  let chosen = try visibleChoice(replaced, hidden: mask, random: &random)
  let ids = try tokenizer.encode(original)
  var stream = random.next()
  let pasted = replacement == .nearest ? ids : tokenizer.randomIDs(flat, random: &stream)
  return CorruptedPatches(
    patches: try paste(tokenizer.centroids, pasted, over: original, where: chosen), hidden: mask,
    replaced: chosen, corrupted: union(mask, chosen), ids: ids,
    pixelTargets: try normalizedPatches(original))
}

/// The patches with centroid `ids[p]` in place of each patch p where the mask is true.
private func paste(
  _ centroids: NDArray, _ ids: NDArray, over patches: NDArray, where mask: NDArray
) throws(ShapeError) -> NDArray {
  var result = patches
  let width = patches.shape[2]
  let source = centroids.floats
  let (flags, ids) = (mask.elements(of: Bool.self), ids.elements(of: Int32.self))
  result.withMutableElements(of: Float.self) { target in
    guard let target = target.baseAddress else { return }
    for patch in flags.indices where flags[patch] {
      (target + patch * width).update(from: source + Int(ids[patch]) * width, count: width)
    }
  }
  withExtendedLifetime(centroids) {}
  return result
}

private func union(_ a: NDArray, _ b: NDArray) -> NDArray {
  NDArray(
    zip(a.elements(of: Bool.self), b.elements(of: Bool.self)).map { $0 || $1 }, shape: a.shape)
}

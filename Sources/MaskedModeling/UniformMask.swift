// Masks of patches drawn one by one, and the choice of visible patches to replace. Polarity: true =
// hidden from the encoder (or replaced).
public import Arrays

/// Masks of patches drawn uniformly without replacement, true = hidden from the encoder.
///
/// - Shapes: -> [B, gh, gw] bool, each mask with exactly the amount asked for.
/// - Randomness: image i depends on the stream taken from `random` and on i alone.
/// - Throws: `MaskedModelingError.option` for an amount or batch out of range.
/// - Source: He et al. 2022 (MAE), section 3.
public func uniformMasks(
  _ hidden: PatchAmount, grid: PatchGrid, batch: Int, random: inout RandomSource
) throws(MaskedModelingError) -> NDArray {
  let count = try hidden.resolved(in: grid.count, name: "the amount to hide")
  return try drawMasks(grid, batch, &random) { stream in
    var mask = [Bool](repeating: false, count: grid.count)
    for patch in stream.sample(count, below: grid.count) { mask[patch] = true }
    return mask
  }
}

/// Positions drawn uniformly without replacement among the visible ones of each image, true =
/// chosen.
///
/// - Shapes: `hidden` [B, ...] bool, true = hidden from the encoder -> the same shape. A share
///   counts all patches of an image, hidden ones included.
/// - Randomness: image i depends on the stream taken from `random` and on i alone.
/// - Throws: `tooFewPatches` when an image has fewer visible patches than wanted, `option`,
///   `ShapeError` when `hidden` is not a mask with a batch axis.
public func visibleChoice(
  _ amount: PatchAmount, hidden: NDArray, random: inout RandomSource
) throws -> NDArray {
  guard hidden.elementType == .bool else {
    throw ShapeError.wrongElementType(
      operation: "choice of visible patches", seen: hidden.elementType, wanted: "bool")
  }
  guard hidden.rank >= 2 else {
    throw ShapeError.wrongRank(
      operation: "choice of visible patches", seen: hidden.shape, wanted: "B x N or B x gh x gw")
  }
  let batch = hidden.shape[0]
  let patches = batch == 0 ? 0 : hidden.count / batch
  let count = try amount.resolved(in: patches, name: "the amount to replace")
  let stream = random.next()
  var chosen = [Bool](repeating: false, count: hidden.count)
  let flags = hidden.elements(of: Bool.self)
  for image in 0..<batch {
    var own = stream.split(UInt64(image))
    let visible = (image * patches..<(image + 1) * patches).filter { !flags[$0] }
    guard visible.count >= count else {
      throw MaskedModelingError.tooFewPatches(
        operation: "choice of visible patches", wanted: count, available: visible.count,
        image: image)
    }
    for index in own.sample(count, below: visible.count) { chosen[visible[index]] = true }
  }
  return NDArray(chosen, shape: hidden.shape)
}

/// One mask an image, each from its own stream, on the engine's threads.
func drawMasks(
  _ grid: PatchGrid, _ batch: Int, _ random: inout RandomSource,
  _ draw: (inout RandomSource) -> [Bool]
) throws(MaskedModelingError) -> NDArray {
  guard batch >= 0 else {
    throw MaskedModelingError.option(
      name: "the batch", seen: "\(batch)", wanted: "0 or more images")
  }
  let stream = random.next()
  let result = NDArray(uninitialized: [batch, grid.height, grid.width], .bool)
  let masks = result.pointer(to: Bool.self)
  Parallel.forEachSlice(of: batch, grain: 8) { slice in
    for image in slice {
      var own = stream.split(UInt64(image))
      let mask = draw(&own)
      for patch in mask.indices { masks[image * grid.count + patch] = mask[patch] }
    }
  }
  return result
}

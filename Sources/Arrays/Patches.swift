import CKernels

/// Images cut into square patches, each a vector in (c, y, x) order; patches row by row.
///
/// - Shapes: [B, C, H, W] -> [B, (H / P)(W / P), C P P]. H and W are multiples of P.
public func patchify(_ images: NDArray, size: Int) throws(ShapeError) -> NDArray {
  guard images.rank == 4 else {
    throw ShapeError.wrongRank(operation: "patchify", seen: images.shape, wanted: "B x C x H x W")
  }
  let (batch, channels) = (images.shape[0], images.shape[1])
  let (height, width) = (images.shape[2], images.shape[3])
  guard size >= 1, height % size == 0 else {
    throw ShapeError.notDivisible(
      operation: "patchify", extent: height, by: size, what: "an image height")
  }
  guard width % size == 0 else {
    throw ShapeError.notDivisible(
      operation: "patchify", extent: width, by: size, what: "an image width")
  }
  let input = images.converted(to: .float32)
  let result = NDArray(
    uninitialized: [batch, (height / size) * (width / size), channels * size * size])
  let (from, to) = (input.floats, result.floats)
  Parallel.forEachRowSlice(batch, columns: channels * height * width) { slice in
    kernels.patchify(
      Int64(slice.lowerBound), Int64(slice.upperBound), Int64(channels), Int64(height),
      Int64(width), Int64(size), from, to)
  }
  withExtendedLifetime(input) {}
  return result
}

/// Patches put back together: the inverse of `patchify`.
///
/// - Shapes: [B, N, C P P] -> [B, C, gh P, gw P]; `grid` is (gh, gw), square when nil.
public func unpatchify(
  _ patches: NDArray, size: Int, grid: (height: Int, width: Int)? = nil
) throws(ShapeError) -> NDArray {
  guard patches.rank == 3, size >= 1, patches.shape[2] % (size * size) == 0 else {
    throw ShapeError.wrongShape(
      operation: "unpatchify", argument: "the patches", seen: patches.shape,
      wanted: "B x N x C*\(size)*\(size)")
  }
  let (batch, count) = (patches.shape[0], patches.shape[1])
  let side = Int(Double(count).squareRoot().rounded())
  let (down, across) = grid.map { ($0.height, $0.width) } ?? (side, side)
  guard down * across == count else {
    throw ShapeError.wrongShape(
      operation: "unpatchify", argument: "the number of patches", seen: [count],
      wanted: grid == nil ? "a square number (or name the grid)" : "\(down) x \(across) of them")
  }
  let channels = patches.shape[2] / (size * size)
  let input = patches.converted(to: .float32)
  let result = NDArray(uninitialized: [batch, channels, down * size, across * size])
  let (from, to) = (input.floats, result.floats)
  Parallel.forEachRowSlice(batch, columns: patches.shape[1] * patches.shape[2]) { slice in
    kernels.unpatchify(
      Int64(slice.lowerBound), Int64(slice.upperBound), Int64(channels), Int64(down * size),
      Int64(across * size), Int64(size), from, to)
  }
  withExtendedLifetime(input) {}
  return result
}

extension NDArray {
  /// Each element times a factor.
  public func scaled(by factor: Float) -> NDArray { converted(to: .float32).affine(factor, 0) }
}

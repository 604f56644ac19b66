public import Arrays

/// How a tokenizer's centroids were found, for summaries and logs.
public struct TokenizerFit: Sendable, Hashable {
  /// Sum of squared distances of the points to their centroids after each iteration.
  public var inertiaHistory: [Double]
  /// Points of each centroid after the last iteration.
  public var counts: [Int]
  /// Wall-clock seconds of the fit, and whether it was stopped before its last iteration.
  public var seconds: Double, wasInterrupted: Bool
  /// Seed of the fit, and what it was fitted on, in words.
  public var seed: UInt64, source: String

  /// A record of a fit.
  public init(
    inertiaHistory: [Double], counts: [Int], seconds: Double, wasInterrupted: Bool = false,
    seed: UInt64, source: String
  ) {
    (self.inertiaHistory, self.counts, self.seconds) = (inertiaHistory, counts, seconds)
    (self.wasInterrupted, self.seed, self.source) = (wasInterrupted, seed, source)
  }

  /// Share of the centroids, 0 ... 1, that at least one point was assigned to.
  public var usedShare: Double {
    counts.isEmpty ? 0 : Double(counts.count { $0 > 0 }) / Double(counts.count)
  }
}

/// CCViT's tokenizer: K centroids of raw image patches, each a token id and a patch of pixels at
/// once.
///
/// A patch's id is its nearest centroid by squared Euclidean distance (the lowest of equals), and
/// an id's patch is the centroid itself, so `encode(decode(ids)) == ids` unless centroids coincide.
/// Patches are vectors in (c, y, x) order of pixels in 0 ... 1, not normalised.
///
/// - Source: arXiv 2303.04664, section 3.1 (K = 8192, 16 x 16 patches, 20 Lloyd iterations).
public struct CentroidTokenizer: Sendable {
  /// [K, C P P] float32.
  public let centroids: NDArray
  /// Side of a patch in pixels.
  public let patchSize: Int
  /// Channels of an image.
  public let channels: Int
  /// How the centroids were found; nil for centroids that came from elsewhere.
  public let fit: TokenizerFit?
  private let halfNorms: NDArray

  /// A tokenizer from its centroids.
  ///
  /// - Shapes: `centroids` [K, C P P] with K from 1 to 2^31 - 1.
  /// - Throws: `ShapeError.wrongShape`, `MaskedModelingError.notFinite` for a centroid with NaN or
  ///   infinity, `option` for a patch size below 1.
  public init(
    centroids: NDArray, patchSize: Int, channels: Int = 3, fit: TokenizerFit? = nil
  ) throws {
    guard patchSize >= 1, channels >= 1 else {
      throw MaskedModelingError.option(
        name: "the patch", seen: "\(channels) x \(patchSize) x \(patchSize)",
        wanted: "a size and a number of channels from 1 up")
    }
    let width = channels * patchSize * patchSize
    guard centroids.rank == 2, centroids.shape[0] >= 1, centroids.shape[1] == width,
      centroids.shape[0] <= Int(Int32.max)
    else {
      throw ShapeError.wrongShape(
        operation: "tokenizer", argument: "the table of centroids", seen: centroids.shape,
        wanted: "K x \(width) (\(channels) channels of \(patchSize) x \(patchSize) pixels)")
    }
    self.centroids = centroids.converted(to: .float32)
    if let row = firstRowNotFinite(self.centroids) {
      throw MaskedModelingError.notFinite(operation: "tokenizer", what: "the centroids", row: row)
    }
    (self.patchSize, self.channels, self.fit) = (patchSize, channels, fit)
    halfNorms = halfSquaredNorms(self.centroids)
  }

  /// Centroids K, the number of different tokens.
  public var tokenCount: Int { centroids.shape[0] }
  /// Values of a patch, D = C P P.
  public var patchWidth: Int { centroids.shape[1] }

  /// The token id of each patch.
  ///
  /// - Shapes: images [B, C, H, W] -> [B, (H / P)(W / P)] int32, or patches [..., D] -> [...]
  ///   int32.
  /// - Throws: `ShapeError` for a side that P does not divide, other channels or another patch
  ///   width; `MaskedModelingError.notFinite` for NaN or infinite pixels (row counts patches).
  public func encode(_ input: NDArray) throws -> NDArray {
    let points = try patches(of: input, for: "encode")
    if let row = firstRowNotFinite(points) {
      throw MaskedModelingError.notFinite(operation: "encode", what: "the pixels", row: row)
    }
    return nearestCentroids(points, centroids, halfNorms)
  }

  /// The patch of each token id.
  ///
  /// - Shapes: ids [...] int32 -> [..., D] pixels 0 ... 1.
  /// - Throws: `MaskedModelingError.idOutOfRange`, `ShapeError.wrongElementType`.
  public func decode(_ ids: NDArray) throws -> NDArray {
    guard ids.elementType == .int32 else {
      throw ShapeError.wrongElementType(operation: "decode", seen: ids.elementType, wanted: "int32")
    }
    if let id = ids.elements(of: Int32.self).first(where: { $0 < 0 || $0 >= tokenCount }) {
      throw MaskedModelingError.idOutOfRange(id: Int(id), centroidCount: tokenCount)
    }
    return try centroids.rows(at: ids)
  }

  /// The images that token ids describe: each patch its centroid.
  ///
  /// - Shapes: ids [B, gh gw] int32 -> [B, C, gh P, gw P]; the grid is square when nil.
  public func decodeImages(_ ids: NDArray, grid: PatchGrid? = nil) throws -> NDArray {
    try unpatchify(
      try decode(ids), size: patchSize, grid: grid.map { (height: $0.height, width: $0.width) })
  }

  /// Images with each patch replaced by its nearest centroid: what the tokenizer can say of them.
  ///
  /// - Shapes: [B, C, H, W] -> [B, C, H, W].
  public func reconstruct(_ images: NDArray) throws -> NDArray {
    guard images.rank == 4 else {
      throw ShapeError.wrongRank(
        operation: "reconstruct", seen: images.shape, wanted: "images B x C x H x W")
    }
    let ids = try encode(images)
    let grid = try PatchGrid(
      height: images.shape[2] / patchSize, width: images.shape[3] / patchSize)
    return try decodeImages(ids, grid: grid)
  }

  /// How many of the patches with given ids each centroid stands for: [K] counts.
  public func usage(of ids: NDArray) throws -> [Int] {
    var counts = [Int](repeating: 0, count: tokenCount)
    for id in ids.elements(of: Int32.self) {
      guard id >= 0, id < tokenCount else {
        throw MaskedModelingError.idOutOfRange(id: Int(id), centroidCount: tokenCount)
      }
      counts[Int(id)] += 1
    }
    return counts
  }

  /// The input as patches: images are cut, patches are checked.
  func patches(of input: NDArray, for operation: String) throws(ShapeError) -> NDArray {
    if input.rank == 4, input.shape[1] == channels {
      return try patchify(input, size: patchSize)
    }
    guard input.rank >= 1, input.rank != 4, input.shape[-1] == patchWidth else {
      throw ShapeError.wrongShape(
        operation: operation, argument: "the input", seen: input.shape,
        wanted: "images B x \(channels) x H x W or patches ... x \(patchWidth)")
    }
    return input.converted(to: .float32)
  }

  /// Ids drawn uniformly from all centroids, the same for any number of threads.
  func randomIDs(_ shape: Shape, random: inout RandomSource) -> NDArray {
    NDArray(
      (0..<shape.count).map { _ in Int32(random.integer(below: tokenCount)) }, shape: shape)
  }
}

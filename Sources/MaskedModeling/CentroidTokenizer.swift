public import Arrays
import Clustering

/// The centroid tokenizer of CCViT: a row's number is a patch's token, its values a patch of pixels.
///
/// Patches are vectors in (c, y, x) order of pixels 0 ... 1, not normalised. Source: arXiv 2303.04664.
public struct CentroidTokenizer: Sendable {
  /// [K, C P P].
  public let centroids: NDArray
  /// Side of a patch in pixels.
  public let patch: Int
  /// Inertia by iteration of the fit; empty for given centroids.
  public let history: [Double]
  /// Patches of each centroid when it was fitted; empty for given centroids.
  public let counts: [Int]
  /// Seconds that the fit took.
  public let seconds: Double

  /// How many centroids there are.
  public var k: Int { centroids.shape[0] }
  /// Numbers in a patch vector.
  public var width: Int { centroids.shape[1] }
  public var channels: Int { width / (patch * patch) }
  /// The share of centroids that own at least one patch of the fit; nil for given centroids.
  public var usedShare: Double? {
    counts.isEmpty ? nil : Double(counts.filter { $0 > 0 }.count) / Double(counts.count)
  }

  /// - Throws: `ShapeError` unless the centroids are K x (C P P).
  public init(
    centroids: NDArray, patch: Int, history: [Double] = [], counts: [Int] = [],
    seconds: Double = 0
  ) throws(ShapeError) {
    guard centroids.rank == 2, centroids.shape[0] > 0, patch >= 1,
      centroids.shape[1] % (patch * patch) == 0, centroids.shape[1] > 0
    else {
      throw ShapeError.wrongShape(
        operation: "tokenizer", argument: "the centroids", seen: centroids.shape,
        wanted: "K x C*\(patch)*\(patch)")
    }
    self.centroids = centroids.converted(to: .float32)
    if let index = self.centroids.firstNonFinite {
      throw ShapeError.valueOutOfRange(
        operation: "tokenizer", what: "centroid \(index / centroids.shape[1])",
        seen: "not finite (nan or infinite)", wanted: "finite numbers")
    }
    (self.patch, self.history, self.counts, self.seconds) = (patch, history, counts, seconds)
  }

  /// Images as patches, patches as they are.
  public func patches(of x: NDArray) throws(ShapeError) -> NDArray {
    x.rank == 4 ? try patchify(x, size: patch) : x
  }

  /// The token of each patch: the number of its nearest centroid, of equals the lowest.
  ///
  /// - Shapes: images [B, C, H, W] or patches [..., C P P] -> [B, N] or [...] int32.
  /// - Throws: `ShapeError` for a side that P does not divide, `ClusteringError` for patches of
  ///   another width, or with NaN or infinity in them.
  /// - Parameter progress: called with the patches done so far, several times a second; it may throw.
  public func encode(_ x: NDArray, progress: (Int) throws -> Void = { _ in }) throws -> NDArray {
    let points = try patches(of: x)
    if let index = points.firstNonFinite {
      throw ClusteringError.notFinite(row: index / max(1, points.shape.extents.last ?? 1))
    }
    return try Assignment.assign(points, to: centroids, progress: progress).ids
  }

  /// The centroid of each token.
  ///
  /// - Shapes: ids [...] int32 -> [..., C P P].
  /// - Throws: `ShapeError.valueOutOfRange` for an id outside 0 ..< k: tokens do not count from the
  ///   end as indices do.
  public func decode(_ ids: NDArray) throws(ShapeError) -> NDArray {
    if ids.elementType == .int32,
      let id = ids.elements(of: Int32.self).first(where: { $0 < 0 || $0 >= k })
    {
      throw ShapeError.valueOutOfRange(
        operation: "decode", what: "a token", seen: "\(id)", wanted: "0 to \(k - 1)")
    }
    return try centroids.rows(at: ids)
  }
}

/// Peak signal-to-noise ratio of pixels 0 ... 1, in dB: -10 log10 of the mean squared difference.
public func peakSignalToNoise(_ a: NDArray, _ b: NDArray) throws(ShapeError) -> Double {
  guard a.shape == b.shape else {
    throw ShapeError.mismatch(operation: "psnr", left: a.shape, right: b.shape)
  }
  guard a.count > 0 else { throw ShapeError.empty(operation: "psnr") }
  let difference = try elementwise(.subtract, a, b)
  return -10 * RealMath.log(difference.sumOfSquares / Double(a.count)) / RealMath.log(10)
}

/// Each patch with mean 0 and variance 1 over all its numbers together (unbiased variance):
/// (x - mean) / sqrt(var + 1e-6). The pixel target of CCViT (and of MAE).
///
/// - Shapes: [..., D] -> [..., D], D > 1.
public func normalizePatches(_ patches: NDArray) throws(ShapeError) -> NDArray {
  let (rows, columns) = patches.shape.rowsAndColumns
  guard patches.rank >= 1, columns > 1 else {
    throw ShapeError.wrongShape(
      operation: "normalize_patches", argument: "the patches", seen: patches.shape,
      wanted: "... x D, D at least 2")
  }
  var result = patches.converted(to: .float32)
  result.withMutableElements(of: Float.self) { values in
    guard let base = values.baseAddress else { return }
    Parallel.forEachRowSlice(rows, columns: columns, costPerElement: 3) { slice in
      for row in slice {
        let patch = base + row * columns
        var sum = 0.0
        for column in 0..<columns { sum += Double(patch[column]) }
        let mean = sum / Double(columns)
        var squares = 0.0
        for column in 0..<columns {
          let distance = Double(patch[column]) - mean
          squares += distance * distance
        }
        let scale = 1 / (squares / Double(columns - 1) + 1e-6).squareRoot()
        for column in 0..<columns {
          patch[column] = Float((Double(patch[column]) - mean) * scale)
        }
      }
    }
  }
  return result
}

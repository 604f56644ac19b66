import Arrays
import CKernels

/// Bounds from the triangle inequality, which show that most points need not look at most centroids.
///
/// For each point an upper bound of the distance to its centroid, and for each panel of centroids a
/// lower bound of the distance to the nearest of the others. When centroids move, the bounds move by
/// no more; a panel whose lower bound stays above the upper one holds nothing nearer (Ding et al. 2015,
/// "Yinyang k-means", with panels for groups).
///
/// The rounding: a bound is a root of relative error below 2^-21, steps are rounded up, and each
/// update multiplies by 1 +- 2^-22, four times the error of its one sum and one product. What a bound
/// rules out is therefore farther in real numbers by more than the double precision of the decision.
final class DistanceBounds {
  let upper: Block<Float>
  /// [n][panels, padded].
  let lower: Block<Float>
  /// How far each centroid moved since the bounds were made or brought up to date.
  private(set) var steps = Block<Float>(count: 0)
  private(set) var panelSteps = Block<Float>(count: 0)
  /// Whether the next pass may use them, not only make them.
  private(set) var areUsable = false

  init(points: Int, panels: Int) {
    upper = Block(count: points)
    lower = Block(repeating: .infinity, count: points * Codebook.padded(panels))
  }

  /// Takes note of how the centroids have moved; `book` packs them as they are `now`.
  func move(from before: NDArray, to now: NDArray, _ book: Codebook) {
    let (k, width) = (now.shape[0], now.shape[1])
    let squares = Block<Double>(count: k)
    let same = Block<Int32>(count: k)
    for index in 0..<k { same[index] = Int32(index) }
    book.filter.kernels.squared_distances(
      Int64(k), Int64(width), now.floats, before.floats, same.start, squares.start)
    steps = Block(count: k)
    for index in 0..<k { steps[index] = Float(squares[index].squareRoot()) * (1 + 0x1p-20) }
    panelSteps = book.largestByPanel(steps)
    areUsable = true
  }
}

/// When a fit keeps bounds: where they are affordable, and while they spare enough.
///
/// A function of the data alone, so that the same fit does the same work every time.
struct BoundsPolicy {
  /// Bounds that spare less than a quarter of the pairs cost more than they bring.
  private static let worthwhileShare = 0.75

  private let isAffordable: Bool
  private var pause = 1
  /// The first iteration whose assignment makes bounds: before it centroids move too far.
  private var next = 2
  private(set) var isActive = false

  /// Bounds of a point take the memory of the point itself or of 64 numbers, whichever is more.
  init(k: Int, width: Int) {
    let panels = (k + Codebook.panelSize - 1) / Codebook.panelSize
    isAffordable = panels > 1 && panels <= max(64, width)
  }

  /// Whether iteration `iteration` works with bounds; `isFinite` as the code book has it.
  mutating func begins(_ iteration: Int, isFinite: Bool) -> Bool {
    isActive = isFinite && isAffordable && iteration >= next
    return isActive
  }

  /// Judges a pass that used bounds by the share of pairs that it looked at.
  mutating func judge(_ iteration: Int, share: Double) {
    guard share > Self.worthwhileShare else { return }
    pause *= 2
    next = iteration + pause
    isActive = false
  }
}

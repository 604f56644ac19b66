import Arrays

/// The state of a fit between iterations.
struct LloydIteration {
  /// [k, dim]; who changes them between iterations need not say so.
  var centroids: NDArray
  let sums: ClusterSums

  private let points: NDArray
  private let filter: Filter
  private let ids: Block<Int32>
  private let previous: Block<Int32>
  private var policy: BoundsPolicy?
  private var bounds: DistanceBounds?
  private var order: [Int32]?
  /// The centroids that the bounds speak of.
  private var bounded: NDArray?

  init(_ points: NDArray, centroids: NDArray, filter: Filter, usesBounds: Bool) {
    let (count, width, k) = (points.shape[0], points.shape[1], centroids.shape[0])
    (self.points, self.centroids, self.filter) = (points, centroids, filter)
    sums = ClusterSums(k: k, width: width)
    ids = Block(repeating: -1, count: count)
    previous = Block(repeating: -1, count: count)
    policy = usesBounds ? BoundsPolicy(k: k, width: width) : nil
  }

  /// Assigns every point to its nearest centroid, then moves the centroids to the means.
  ///
  /// - Returns: the inertia of the assignment and how many points it moved.
  mutating func run(_ iteration: Int, energy: Double, _ pulse: () throws -> Void) throws
    -> (inertia: Double, moved: Int)
  {
    let count = points.shape[0]
    previous.start.update(from: ids.start, count: count)
    try assign(iteration, pulse)
    let moved = sums.move(points.floats, from: previous.start, to: ids.start, count: count)
    let inertia = sums.inertia(energy: energy, centroids: centroids)
    centroids = sums.means(previous: centroids)
    return (inertia, moved)
  }

  private mutating func assign(_ iteration: Int, _ pulse: () throws -> Void) throws {
    var book = Codebook(centroids, order: order, filter: filter)
    let isBounded = policy?.begins(iteration, isFinite: book.isFinite) ?? false
    if !isBounded {
      bounds = nil
    } else if let bounds, let bounded {
      bounds.move(from: bounded, to: centroids, book)
    } else {
      if order == nil {
        order = CentroidOrder(centroids).order
        book = Codebook(centroids, order: order, filter: filter)
      }
      bounds = DistanceBounds(points: points.shape[0], panels: book.panels)
    }
    bounded = centroids
    let looks = try NearestSearch(book: book, points: points.floats, count: points.shape[0]).run(
      ids: ids.start, bounds: bounds
    ) { _ in try pulse() }
    guard let bounds, bounds.areUsable else { return }
    policy?.judge(
      iteration, share: Double(looks) / (Double(points.shape[0]) * Double(book.panels)))
  }
}

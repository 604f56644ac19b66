import Arrays

/// The state of a fit between iterations.
struct LloydIteration {
  /// [k, dim]; who changes them between iterations need not say so.
  var centroids: NDArray
  let sums: ClusterSums

  private let parts: PointParts
  private let filter: Filter
  private let ids: Block<Int32>
  private let previous: Block<Int32>
  private var policy: BoundsPolicy?
  private var bounds: DistanceBounds?
  private var order: [Int32]?
  /// The centroids that the bounds speak of.
  private var bounded: NDArray?

  init(_ parts: PointParts, centroids: NDArray, filter: Filter, usesBounds: Bool) {
    let (width, k) = (parts.source.width, centroids.shape[0])
    (self.parts, self.centroids, self.filter) = (parts, centroids, filter)
    sums = ClusterSums(k: k, width: width)
    ids = Block(repeating: -1, count: parts.source.count)
    previous = Block(count: parts.ranges.first?.count ?? 0)
    policy = usesBounds && parts.hasRoomForBounds ? BoundsPolicy(k: k, width: width) : nil
  }

  /// Assigns every point to its nearest centroid, then moves the centroids to the means.
  ///
  /// - Returns: the inertia of the assignment and how many points it moved.
  mutating func run(_ iteration: Int, energy: Double, _ pulse: () throws -> Void) throws
    -> (inertia: Double, moved: Int)
  {
    let book = prepare(iteration)
    var (looks, moved) = (0, 0)
    for (index, range) in parts.ranges.enumerated() {
      let points = try parts.read(index, pulse)
      let partIds = ids.start + range.lowerBound
      previous.start.update(from: partIds, count: range.count)
      let search = NearestSearch(
        book: book, points: points.floats, count: range.count, firstPoint: range.lowerBound)
      looks += try search.run(ids: partIds, bounds: bounds) { _ in try pulse() }
      moved += sums.move(points.floats, from: previous.start, to: partIds, count: range.count)
      withExtendedLifetime(points) {}
    }
    if bounds?.areUsable == true {
      let pairs = Double(parts.source.count) * Double(book.panels)
      policy?.judge(iteration, share: Double(looks) / pairs)
    }
    let inertia = sums.inertia(energy: energy, centroids: centroids)
    centroids = sums.means(previous: centroids)
    return (inertia, moved)
  }

  /// The centroids packed for this iteration, and the bounds brought up to them.
  private mutating func prepare(_ iteration: Int) -> Codebook {
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
      bounds = DistanceBounds(points: parts.source.count, panels: book.panels)
    }
    bounded = isBounded ? centroids : nil
    return book
  }
}

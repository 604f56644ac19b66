public import Arrays

/// The nearest centroid of each point.
public enum Assignment {
  /// The nearest centroid of each point, of equally near ones the lowest, and its squared distance.
  ///
  /// Distances are computed in double precision; a point with NaN or infinity has centroid 0.
  ///
  /// - Shapes: points [..., D], centroids [k, D] -> ids [...] int32, distances [...] (at least 0).
  /// - Parameter progress: called with the points done so far, several times a second; it may throw.
  public static func assign(
    _ points: NDArray, to centroids: NDArray, progress: (Int) throws -> Void = { _ in }
  ) throws -> (ids: NDArray, distances: NDArray) {
    guard let width = points.shape.extents.last, centroids.rank == 2, centroids.shape[0] > 0 else {
      throw ClusteringError.shape(points.shape)
    }
    guard width == centroids.shape[1] else {
      throw ClusteringError.width(points: width, centroids: centroids.shape[1])
    }
    let input = points.converted(to: .float32)
    let leading = Shape(Array(points.shape.extents.dropLast()))
    let ids = NDArray(uninitialized: leading, .int32)
    let distances = NDArray(uninitialized: leading)
    let book = Codebook(centroids.converted(to: .float32))
    try NearestSearch(book: book, points: input.floats, count: leading.count).run(
      ids: ids.pointer(to: Int32.self), distances: distances.floats, progress: progress)
    withExtendedLifetime(input) {}
    return (ids, distances)
  }
}

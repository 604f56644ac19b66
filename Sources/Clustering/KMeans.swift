public import Arrays
import CKernels

/// What k-means cannot work with.
public enum ClusteringError: Error, Equatable, CustomStringConvertible {
  case shape(Shape)
  case tooManyClusters(k: Int, points: Int)
  case notPositive(what: String, seen: Int)
  case notFinite(row: Int)
  case allEqual(points: Int, k: Int)
  case width(points: Int, centroids: Int)
  case memory(bytes: Int, needed: Int)
  case plusInParts(points: Int)
  case changed(iteration: Int)

  /// What was seen, what was wanted, what to try.
  public var description: String {
    switch self {
    case .shape(let shape): "k-means needs points as rows, n x dim; these are \(shape)"
    case .tooManyClusters(let k, let points):
      "k is \(k), but there are only \(points) points; use a smaller k or more points"
    case .notPositive(let what, let seen): "\(what) is \(seen), wanted a whole number from 1 up"
    case .notFinite(let row): "point \(row) holds a value that is not finite (nan or infinite)"
    case .allEqual(let points, let k):
      "all \(points) points are equal, so there is one cluster, not \(k)"
    case .width(let points, let centroids):
      "points have \(points) numbers, centroids \(centroids)"
    case .memory(let bytes, let needed):
      "k-means may take \(Self.size(bytes)) of memory, but needs \(Self.size(needed)) for these points; try memory: \"\(Self.size(needed))\""
    case .changed(let iteration):
      "the points were changed while they were read: in iteration \(iteration) some are no longer finite"
    case .plusInParts(let points):
      "k-means++ needs all \(points) points in memory at once; allow more memory, fit on a sample of them, or start at random"
    }
  }

  /// Rounded up, in the units that are understood: 1500K, 20M.
  private static func size(_ bytes: Int) -> String {
    func rounded(_ shift: Int) -> Int { (bytes + (1 << shift) - 1) >> shift }
    return bytes < 16 << 20 ? "\(rounded(10))K" : "\(rounded(20))M"
  }
}

/// Lloyd's k-means under the squared Euclidean distance.
///
/// The same seed gives the same bits for any number of threads: distances in double precision decide,
/// and the points of a centroid are added in their own order.
public struct KMeans: Sendable {
  /// How the first centroids are chosen.
  public enum Start: String, Sendable, CaseIterable {
    /// Distinct points at random.
    case random
    /// k-means++: far points are likelier (Arthur and Vassilvitskii 2007).
    case plus
  }

  /// What is known after an iteration.
  public struct Progress: Sendable {
    /// Iterations done, from 1.
    public let iteration: Int
    /// The sum of squared distances of the points to the centroids they were assigned to.
    public let inertia: Double
  }

  /// The outcome.
  public struct Fit: Sendable {
    /// The centroids after the last update, [k, dim].
    public let centroids: NDArray
    /// Points of each centroid at the last assignment, 0 for one that had to be moved after it.
    public let counts: [Int]
    /// The inertia of each iteration's assignment, before its update; never rises but for repairs.
    public let history: [Double]
    /// Whether the last assignment changed nothing.
    public let isConverged: Bool
  }

  public var k: Int
  public var iterations: Int
  public var start: Start
  public var seed: UInt64

  /// How the nearest centroids are found; all ways find the same.
  var filter = Filter.fastest
  var usesBounds = true

  public init(k: Int, iterations: Int = 25, start: Start = .random, seed: UInt64 = 0) {
    (self.k, self.iterations, self.start, self.seed) = (k, iterations, start, seed)
  }

  /// Clusters points.
  ///
  /// - Parameters:
  ///   - points: [n, dim], finite; other element types are converted to float32.
  ///   - progress: called after each iteration; false ends the fit with what there is.
  ///   - pulse: called several times a second in between; it throws to give the fit up.
  public func fit(
    _ points: NDArray, progress: (Progress) throws -> Bool = { _ in true },
    pulse: () throws -> Void = {}
  ) throws -> Fit {
    try fit(Self.source(of: points), memory: .max, progress: progress, pulse: pulse)
  }

  /// Points in memory: the last axis of [..., dim] is a point's; converted to float32.
  public static func source(of points: NDArray) throws(ClusteringError) -> any PointSource {
    guard points.rank >= 2, let width = points.shape.extents.last, width > 0 else {
      throw ClusteringError.shape(points.shape)
    }
    let rows = points.converted(to: .float32).viewed(as: [points.count / width, width])
    return ArrayPoints(points: rows)
  }

  /// Clusters points that are read a part at a time: the same bits as if they were in memory.
  ///
  /// - Parameters:
  ///   - memory: about how many bytes the fit may take; each iteration reads all points again unless
  ///     they fit. The start `plus` wants them to fit.
  ///   - progress: called after each iteration; false ends the fit with what there is.
  ///   - pulse: called several times a second in between; it throws to give the fit up.
  public func fit(
    _ source: any PointSource, memory: Int, progress: (Progress) throws -> Bool = { _ in true },
    pulse: () throws -> Void = {}
  ) throws -> Fit {
    try check(source)
    let parts = try PointParts(source, k: k, memory: memory)
    var random = RandomSource(seed: seed)
    let survey = try PointSurvey(parts, rows: try starts(parts, &random, pulse), pulse)
    var lloyd = LloydIteration(
      parts, centroids: survey.chosen, filter: filter, usesBounds: usesBounds)
    var history = [Double](), counts = [Int](), isConverged = false
    for iteration in 1...iterations {
      let outcome = try lloyd.run(iteration, energy: survey.energy, pulse)
      guard outcome.inertia.isFinite else { throw ClusteringError.changed(iteration: iteration) }
      isConverged = outcome.moved == 0
      history.append(outcome.inertia)
      counts = lloyd.sums.counts
      Self.splitEmpty(&lloyd.centroids, counts: counts, points: source.count, &random)
      let goesOn = try progress(Progress(iteration: iteration, inertia: outcome.inertia))
      if isConverged || !goesOn { break }
    }
    return Fit(
      centroids: lloyd.centroids, counts: counts, history: history, isConverged: isConverged)
  }

  private func check(_ points: any PointSource) throws(ClusteringError) {
    guard k >= 1 else { throw ClusteringError.notPositive(what: "k", seen: k) }
    guard iterations >= 1 else {
      throw ClusteringError.notPositive(what: "the number of iterations", seen: iterations)
    }
    guard k <= points.count else {
      throw ClusteringError.tooManyClusters(k: k, points: points.count)
    }
  }

  /// The numbers of the points that are the first centroids.
  private func starts(
    _ parts: PointParts, _ random: inout RandomSource, _ pulse: () throws -> Void
  ) throws -> [Int] {
    guard start == .plus else { return random.sample(k, below: parts.source.count) }
    guard parts.ranges.count == 1 else {
      throw ClusteringError.plusInParts(points: parts.source.count)
    }
    let points = try parts.read(0, pulse)
    // Distances to what is not finite would choose nothing; the survey finds it.
    guard points.firstNonFinite == nil else { return Array(0..<k) }
    return try plusPlus(points, &random, pulse)
  }

  /// Each next centroid with a probability proportional to its squared distance to the nearest so far.
  private func plusPlus(
    _ points: NDArray, _ random: inout RandomSource, _ pulse: () throws -> Void
  ) rethrows -> [Int] {
    let (count, width) = (points.shape[0], points.shape[1])
    var chosen = [random.integer(below: count)]
    var distances = [Float](repeating: .infinity, count: count)
    let base = points.floats
    try distances.withUnsafeMutableBufferPointer { distances in
      guard let nearest = distances.baseAddress else { return }
      while chosen.count < k {
        try pulse()
        let center = base + chosen[chosen.count - 1] * width
        Parallel.forEachRowSlice(count, columns: width) { slice in
          for row in slice {
            let point = base + row * width
            var sum: Float = 0
            for column in 0..<width {
              let difference = point[column] - center[column]
              sum += difference * difference
            }
            nearest[row] = min(nearest[row], sum)
          }
        }
        var rest = random.uniform() * distances.reduce(0.0) { $0 + Double($1) }
        var pick = count - 1
        for row in 0..<count {
          rest -= Double(nearest[row])
          if rest < 0 {
            pick = row
            break
          }
        }
        chosen.append(pick)
      }
    }
    return chosen
  }

  /// Gives each empty cluster half of a large one, moved apart by a thousandth, as faiss does: cluster j
  /// is taken with probability (n_j - 1) / (n - k).
  private static func splitEmpty(
    _ centroids: inout NDArray, counts: [Int], points: Int, _ random: inout RandomSource
  ) {
    guard counts.contains(0), points > counts.count else { return }
    // What each would own after the split; the caller's counts stay those of the assignment.
    var counts = counts
    let (k, width) = (counts.count, centroids.shape[1])
    centroids.withMutableElements(of: Float.self) { values in
      for empty in 0..<k where counts[empty] == 0 {
        var donor = 0
        while random.uniform() >= Double(counts[donor] - 1) / Double(points - k) {
          donor = (donor + 1) % k
        }
        for column in 0..<width {
          let value = values[donor * width + column]
          let sign: Float = column % 2 == 0 ? 1 : -1
          values[empty * width + column] = value * (1 + sign / 1024)
          values[donor * width + column] = value * (1 - sign / 1024)
        }
        counts[empty] = counts[donor] / 2
        counts[donor] -= counts[empty]
      }
    }
  }
}

import Arrays
import Clustering
import Testing

@Suite("K-means")
struct KMeansTests {
  private func blobs(_ count: Int, seed: UInt64) -> NDArray {
    var random = RandomSource(seed: seed)
    let noise = random.normal([count, 2], deviation: 0.1).elements(of: Float.self)
    let values = noise.enumerated().map { $1 + ($0 / 2 % 3 == 0 ? 5 : $0 / 2 % 3 == 1 ? -5 : 0) }
    return NDArray(values, shape: [count, 2])
  }

  @Test("the inertia never rises, and is what the assignment's distances add up to")
  func inertia() throws {
    var random = RandomSource(seed: 1)
    let points = random.normal([500, 7])
    let fit = try KMeans(k: 12, iterations: 15, seed: 3).fit(points)
    for (before, after) in zip(fit.history, fit.history.dropFirst()) {
      #expect(after <= before * (1 + 1e-6))
    }
    let (ids, distances) = try Assignment.assign(points, to: fit.centroids)
    let total = distances.elements(of: Float.self).reduce(0.0) { $0 + Double($1) }
    #expect(total <= fit.history[fit.history.count - 1] * (1 + 1e-6))
    #expect(ids.elements(of: Int32.self).allSatisfy { $0 >= 0 && $0 < 12 })
    #expect(fit.counts.reduce(0, +) == 500)
  }

  @Test("well-separated groups are found from both starts", arguments: KMeans.Start.allCases)
  func groups(_ start: KMeans.Start) throws {
    let fit = try KMeans(k: 3, iterations: 30, start: start, seed: 5).fit(blobs(300, seed: 2))
    // k-means++ always finds them; random starts may not, but never do worse than one shared centroid.
    if start == .plus { #expect(fit.history.last ?? 0 < 300 * 2 * 0.1 * 0.1 * 2) }
    #expect(fit.isConverged)
  }

  @Test("assignment agrees with all distances in double precision")
  func assignment() throws {
    var random = RandomSource(seed: 4)
    let (points, centroids) = (random.normal([300, 11]), random.normal([37, 11]))
    let ids = try Assignment.assign(points, to: centroids).ids.elements(of: Int32.self)
    let (x, c) = (points.elements(of: Float.self), centroids.elements(of: Float.self))
    for point in 0..<300 {
      let distances = (0..<37).map { k -> Double in
        var sum = 0.0
        for i in 0..<11 {
          let difference = Double(x[point * 11 + i]) - Double(c[k * 11 + i])
          sum += difference * difference
        }
        return sum
      }
      let best = distances.min() ?? 0
      // Scores are sums of 12 float32 terms of size up to 20: nearer than their rounding is a tie.
      #expect(distances[Int(ids[point])] - best <= 12 * 20 * 2 * 0x1p-24)
    }
  }

  @Test("a centroid is nearest to itself")
  func idempotence() throws {
    var random = RandomSource(seed: 4)
    let centroids = random.normal([50, 9])
    let ids = try Assignment.assign(centroids, to: centroids).ids.elements(of: Int32.self)
    #expect(ids == (0..<50).map { Int32($0) })
  }

  @Test("the same seed gives the same bits, with one thread or two, and another seed others")
  func determinism() throws {
    var random = RandomSource(seed: 8)
    let points = random.normal([2000, 12])
    defer { Parallel.threadCount = 2 }
    Parallel.threadCount = 1
    let one = try KMeans(k: 40, iterations: 6, seed: 1).fit(points)
    Parallel.threadCount = 2
    let two = try KMeans(k: 40, iterations: 6, seed: 1).fit(points)
    #expect(one.centroids == two.centroids && one.history == two.history)
    #expect(try KMeans(k: 40, iterations: 6, seed: 2).fit(points).centroids != one.centroids)
  }

  @Test("no cluster stays empty while points differ: duplicates leave centroids to give away")
  func emptyClusters() throws {
    var values = [Float](repeating: 0, count: 90)
    for index in 80..<90 { values[index] = Float(index) }
    let fit = try KMeans(k: 8, iterations: 30, seed: 1).fit(NDArray(values, shape: [90, 1]))
    #expect(fit.counts.allSatisfy { $0 >= 0 })
    #expect(fit.counts.reduce(0, +) == 90)
  }

  @Test("a caller stops the fit by returning false")
  func stopping() throws {
    var random = RandomSource(seed: 8)
    let fit = try KMeans(k: 4, iterations: 50, seed: 1).fit(random.normal([200, 3])) {
      $0.iteration < 3
    }
    #expect(fit.history.count == 3)
  }

  @Test("what cannot be clustered is refused with what was seen")
  func refusals() throws {
    let points = NDArray((0..<12).map { Float($0) }, shape: [4, 3])
    #expect(throws: ClusteringError.tooManyClusters(k: 5, points: 4)) {
      try KMeans(k: 5).fit(points)
    }
    #expect(throws: ClusteringError.allEqual(points: 4, k: 2)) {
      try KMeans(k: 2).fit(NDArray(zeros: [4, 3]))
    }
    var broken = points
    try broken.replace([.position(2), .position(1)], with: NDArray(scalar: Float.nan))
    #expect(throws: ClusteringError.notFinite(row: 2)) { try KMeans(k: 2).fit(broken) }
    #expect(throws: ClusteringError.width(points: 3, centroids: 2)) {
      try Assignment.assign(points, to: NDArray(zeros: [2, 2]))
    }
  }
}

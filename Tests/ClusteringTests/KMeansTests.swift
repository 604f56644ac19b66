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

  @Test("k-means++ takes each place once: a point on a centroid chosen before has no chance")
  func farStarts() throws {
    let values = (0..<90).map { Float([-8, 0, 9][$0 % 3]) }
    let points = NDArray(values, shape: [90, 1])
    for seed in 0..<20 {
      let fit = try KMeans(k: 3, iterations: 1, start: .plus, seed: UInt64(seed)).fit(points)
      #expect(fit.counts == [30, 30, 30])
      #expect(fit.centroids.elements(of: Float.self).sorted() == [-8, 0, 9])
    }
  }

  @Test("an empty centroid moves beside a large one, and the counts still say that it was empty")
  func emptyClusters() throws {
    // Two places and random starts: with three centroids at least two coincide, and one of them,
    // the higher, owns nothing.
    let values = (0..<128).map { Float($0 < 64 ? 8 : -8) }
    let fit = try KMeans(k: 3, iterations: 1, seed: 2).fit(NDArray(values, shape: [128, 1]))
    #expect(fit.counts.sorted() == [0, 64, 64])
    let centroids = fit.centroids.elements(of: Float.self)
    #expect(Set(centroids).count == 3)
    // The pair lies a thousandth to either side of the place that it shares.
    let moved = centroids.filter { abs($0) != 8 }.map { abs($0) }.sorted()
    let step: Float = 8 / 1024
    #expect(moved == [8 - step, 8 + step])
  }

  @Test("a mean of very many points is not worn away by rounding")
  func longSums() throws {
    // 2^21 float32 additions one by one would be off by some 1e-3; in blocks of 512 the error is at
    // most (512 + 2^21 / 512) u, and typically a hundredth of that.
    let count = 1 << 21
    var values = [Float](repeating: 0.1, count: count)
    values[0] = 0.2
    let fit = try KMeans(k: 1, iterations: 1).fit(NDArray(values, shape: [count, 1]))
    let exact = values.reduce(0.0) { $0 + Double($1) } / Double(count)
    let bound = exact * Double(512 + count / 512) * 0x1p-24
    #expect(abs(Double(fit.centroids.elements(of: Float.self)[0]) - exact) <= bound)
  }

  @Test("the centroids are those after the last update")
  func lastUpdate() throws {
    let fit = try KMeans(k: 1, iterations: 1).fit(NDArray([Float(1), 2, 8, 9], shape: [4, 1]))
    #expect(fit.centroids.elements(of: Float.self) == [5])
    // The inertia is of the assignment before it: to the first point that was drawn.
    #expect([86, 114].contains(fit.history[0].rounded()))
  }

  @Test("whole numbers and masks are clustered as the numbers that they are")
  func otherElements() throws {
    let numbers = NDArray([Int32(1), 2, 8, 9], shape: [4, 1])
    let means = try KMeans(k: 1).fit(numbers).centroids
    #expect(means.elements(of: Float.self) == [5])
    let flags = NDArray([true, false, true, true], shape: [4, 1])
    #expect(try KMeans(k: 1).fit(flags).centroids.elements(of: Float.self) == [0.75])
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

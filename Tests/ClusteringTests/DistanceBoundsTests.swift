import Arrays
import Testing

@testable import Clustering

@Suite("Bounds of distances")
struct DistanceBoundsTests {
  /// Points around so many places, as clustered as `spread` is small.
  private static func clustered(_ count: Int, _ width: Int, places: Int, spread: Float, seed: UInt64)
    -> NDArray
  {
    var random = RandomSource(seed: seed)
    let centers = random.normal([places, width]).elements(of: Float.self)
    let noise = random.normal([count, width], deviation: spread).elements(of: Float.self)
    return NDArray(
      noise.indices.map { noise[$0] + centers[$0 / width * 7 % places * width + $0 % width] },
      shape: [count, width])
  }

  private static func sets() -> [(what: String, points: NDArray, k: Int)] {
    var random = RandomSource(seed: 12)
    var sets: [(what: String, points: NDArray, k: Int)] = [
      ("normal", random.normal([900, 6]), 70), ("one dimension", random.normal([700, 1]), 100),
      ("tiny k", random.normal([300, 4]), 2), ("one more than a panel", random.normal([600, 3]), 33),
      ("k = n", random.normal([150, 5]), 150),
      ("wide", random.normal([400, 200]), 64),
    ]
    for (index, spread) in [Float(0.01), 0.1, 0.5].enumerated() {
      sets.append(
        (
          "clustered \(spread)",
          clustered(1200, 12, places: 60, spread: spread, seed: UInt64(index)), 90
        ))
    }
    let steps = random.normal([800, 2], deviation: 2).elements(of: Float.self).map { $0.rounded() }
    sets.append(("ties and duplicates", NDArray(steps, shape: [800, 2]), 65))
    sets.append(
      (
        "far from the origin",
        NDArray(
          random.normal([600, 8], deviation: 0.01).elements(of: Float.self).map { $0 + 50 },
          shape: [600, 8]), 64
      ))
    return sets
  }

  @Test("a fit with bounds is the fit without them, bit by bit")
  func sameBits() throws {
    for (what, points, k) in Self.sets() {
      for start in KMeans.Start.allCases {
        var plain = KMeans(k: k, iterations: 30, start: start, seed: 4)
        plain.usesBounds = false
        plain.filter = .float32
        var bounded = plain
        bounded.usesBounds = true
        bounded.filter = .fastest
        let (a, b) = (try plain.fit(points), try bounded.fit(points))
        #expect(a.history == b.history, "\(what)")
        #expect(a.centroids == b.centroids && a.counts == b.counts, "\(what)")
        #expect(a.isConverged == b.isConverged, "\(what)")
      }
    }
  }

  @Test("bounds hold: no centroid is nearer than they say, and they spare work on clustered points")
  func bounds() throws {
    let points = Self.clustered(1000, 10, places: 200, spread: 0.05, seed: 9)
    let (count, width, k) = (1000, 10, 200)
    var random = RandomSource(seed: 2)
    var centroids = try points.rows(at: NDArray((0..<Int32(k)).map { $0 * 5 }))
    let order = CentroidOrder(centroids).order
    #expect(order.sorted() == (0..<Int32(k)).map { $0 })
    let ids = Block<Int32>(count: count)
    var book = Codebook(centroids, order: order)
    let bounds = DistanceBounds(points: count, panels: book.panels)
    try NearestSearch(book: book, points: points.floats, count: count)
      .run(ids: ids.start, bounds: bounds)
    for pass in 0..<4 {
      let moved = try elementwise(.add, centroids, random.normal([k, width], deviation: 0.01))
      book = Codebook(moved, order: order)
      bounds.move(from: centroids, to: moved, book)
      centroids = moved
      let looks = try NearestSearch(book: book, points: points.floats, count: count)
        .run(ids: ids.start, bounds: bounds)
      #expect(looks < count * book.panels / 2, "pass \(pass)")
      let room = Codebook.padded(book.panels)
      for point in 0..<count {
        var nearest = [Double](repeating: .infinity, count: room)
        for (place, centroid) in order.enumerated() {
          let square = (0..<width).reduce(0.0) { sum, column in
            let difference =
              Double(points.floats[point * width + column])
              - Double(centroids.floats[Int(centroid) * width + column])
            return sum + difference * difference
          }
          if ids[point] == centroid {
            #expect(square.squareRoot() <= Double(bounds.upper[point]))
          } else {
            let panel = place / Codebook.panelSize
            nearest[panel] = min(nearest[panel], square.squareRoot())
          }
        }
        for panel in 0..<book.panels {
          #expect(Double(bounds.lower[point * room + panel]) <= nearest[panel])
        }
      }
    }
  }

  @Test("bounds that spare too little are dropped for longer and longer")
  func policy() {
    var policy = BoundsPolicy(k: 512, width: 48)
    var active = [Int]()
    for iteration in 1...40 where policy.begins(iteration, isFinite: true) {
      active.append(iteration)
      // The first of two makes the bounds, the second is judged.
      if active.count % 2 == 0 { policy.judge(iteration, share: 1) }
    }
    #expect(active == [2, 3, 5, 6, 10, 11, 19, 20, 36, 37])
    var wide = BoundsPolicy(k: 8192, width: 48)
    let isWideActive = wide.begins(5, isFinite: true)
    var huge = BoundsPolicy(k: 512, width: 48)
    let isHugeActive = huge.begins(5, isFinite: false)
    #expect(!isWideActive && !isHugeActive)
  }
}

import Arrays
import Clustering

/// Lloyd's k-means on seeded normal points, timed as the peers are.
enum KMeansBenchmark {
  static let workloads: [String: (points: Int, width: Int, k: Int, iterations: Int)] = [
    "km-small": (50_000, 48, 512, 20), "km-medium": (50_000, 192, 2048, 10),
    "km-paper": (60_000, 768, 8192, 10),
  ]

  static func run(_ name: String) throws -> JSONLine {
    guard let (count, width, k, iterations) = workloads[name] else {
      throw BenchmarkError.unknown("workload", name, workloads.keys.sorted())
    }
    var random = RandomSource(seed: 0)
    let points = random.normal([count, width])
    var start = Clock.seconds
    let fit = try KMeans(k: k, iterations: iterations).fit(points)
    let fitSeconds = Clock.seconds - start
    start = Clock.seconds
    let distances = try Assignment.assign(points, to: fit.centroids).distances
    let assignSeconds = Clock.seconds - start
    let inertia = distances.elements(of: Float.self).reduce(0.0) { $0 + Double($1) }
    return JSONLine([
      ("peer", .text("ccv")), ("workload", .text(name)), ("fit_s", .number(fitSeconds, digits: 3)),
      ("assign_s", .number(assignSeconds, digits: 4)), ("inertia", .number(inertia, digits: 1)),
    ])
  }
}

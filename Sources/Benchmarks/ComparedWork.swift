/// A figure that we and a peer print, and what ours should be.
struct ComparedWork {
  let workload: String
  var isBFloat16 = false
  /// The field of the lines: a time, or a rate where it ends in `per_s`.
  let key: String
  /// The start of the peer's name that the targets are set against.
  var against = ""
  /// The largest time as a share of the peer's.
  var ratio: Double?
  /// The largest value of our own.
  var most: Double?
  /// The smallest share of the limit that the matrix products set.
  var limit: Double?
  /// The largest peak memory as a share of the peer's.
  var memory: Double?

  /// Every work that has a target.
  static let targets: [ComparedWork] =
    [
      training("micro", ratio: 0.20, limit: nil, memory: nil),
      training("tiny", ratio: 0.36, limit: 0.80),
      training("small", ratio: 0.40, limit: 0.85),
      training("base", ratio: 0.40, limit: 0.85),
    ]
    + ["tiny", "base"].map {
      ComparedWork(workload: $0, isBFloat16: true, key: "ms", against: "pytorch", ratio: 0.70)
    }
    + ["km-small", "km-medium", "km-paper"].map { clustering($0, ratio: 0.70) }
    + ["cifar-512", "cifar-2048"].map { clustering($0, ratio: 0.40) }
    + ["km-small", "km-medium", "km-paper", "cifar-512", "cifar-2048"].map {
      ComparedWork(workload: $0, key: "assign_s", against: "faiss", limit: 0.85)
    }
    + [
      ComparedWork(workload: "images", key: "images_per_s", against: "torchvision", ratio: 1),
      ComparedWork(workload: "encode", key: "ms", against: "base step", ratio: 0.03),
      ComparedWork(workload: "latency", key: "add_ns", against: "pytorch", most: 1000),
      ComparedWork(workload: "latency", key: "start_ms", against: "pytorch", most: 20),
    ]

  private static func training(
    _ name: String, ratio: Double, limit: Double?, memory: Double? = 0.5
  ) -> ComparedWork {
    ComparedWork(
      workload: name, key: "ms", against: "pytorch", ratio: ratio, limit: limit, memory: memory)
  }

  private static func clustering(_ name: String, ratio: Double) -> ComparedWork {
    ComparedWork(workload: name, key: "fit_s", against: "faiss", ratio: ratio)
  }

  var title: String {
    switch key {
    case "ms" where Workload.all.contains { $0.name == workload }:
      "train \(workload)\(isBFloat16 ? " bf16" : "")"
    case "ms": workload
    default:
      // `assign_s` of km-small is "km-small assign"; `images_per_s` of images is "images".
      key.split(separator: "_").dropLast(isRate ? 2 : 1).filter { $0 != workload }
        .reduce(workload) { "\($0) \($1)" }
    }
  }

  /// Whether more is better.
  var isRate: Bool { key.hasSuffix("_per_s") }

  /// The floating-point operations of its matrix products, where they are what it mostly does.
  var operations: Double? {
    if key == "ms", let workload = Workload.all.first(where: { $0.name == workload }) {
      return workload.operations
    }
    guard key == "assign_s" else { return nil }
    // Every point is multiplied by every centroid.
    if let work = KMeansBenchmark.normal[workload] {
      return 2 * Double(work.points) * Double(work.width) * Double(work.k)
    }
    return KMeansBenchmark.real[workload].map { 2 * Self.photographPatches * 48 * Double($0.k) }
  }

  /// Of 5000 images of 32 x 32 pixels, 4 x 4 pixels of 3 channels each.
  private static let photographPatches = 320_000.0

  /// The targets' works, then whatever else both could print of what the lines name.
  static func works(in lines: [BenchmarkLine]) -> [ComparedWork] {
    var works = targets
    for line in lines where line.workload != "gemm" && line.workload != "soak" {
      for key in line.numbers.keys.sorted() where isTimeOrRate(key) {
        let isKnown = works.contains {
          $0.workload == line.workload && $0.key == key && $0.isBFloat16 == line.isBFloat16
        }
        // Images a second is the training time once more.
        let isRepeated = key == "images_per_s" && line.numbers["ms"] != nil
        if isKnown || isRepeated { continue }
        works.append(
          ComparedWork(workload: line.workload, isBFloat16: line.isBFloat16, key: key))
      }
    }
    return works
  }

  private static func isTimeOrRate(_ key: String) -> Bool {
    key == "ms" || ["_ms", "_s", "_ns"].contains { key.hasSuffix($0) }
  }
}

import Arrays
import Autograd
import Layers
import MaskedModeling
import Training

/// One training step of CCViT (forward, backward, AdamW), timed over several steps on seeded data:
/// the work that a peer in another framework is timed on.
enum TrainBenchmark {
  static let workloads: [String: (size: CentroidModelSize, batch: Int, steps: Int)] = [
    "micro": (.micro, 8, 100), "tiny": (.tiny, 64, 8), "small": (.small, 16, 4),
    "base": (.base, 8, 4),
  ]

  static func run(_ name: String) throws -> JSONLine {
    guard let workload = workloads[name] else {
      throw BenchmarkError.unknown("workload", name, workloads.keys.sorted())
    }
    let (size, batch, steps) = workload
    var random = RandomSource(seed: 0)
    let model = try CentroidModel(size, random: &random)
    let parameters = model.parameters.map(\.parameter)
    let optimiser = try AdamW(parameters, learningRate: 1e-3)
    let data = try TrainingData(size, batch: batch, random: &random)
    var times = [Double]()
    for _ in 0..<(steps + 2) {
      let start = Clock.seconds
      let result = try gradients(of: parameters) {
        try model.loss(
          patches: data.patches, hidden: data.hidden, corrupted: data.corrupted, ids: data.ids,
          target: data.target
        ).total
      }
      try optimiser.step(result.gradients)
      times.append(Clock.seconds - start)
    }
    let median = Statistics.median(Array(times.dropFirst(2)))
    return JSONLine([
      ("peer", .text("ccv")), ("workload", .text(name)), ("bf16", .flag(false)),
      ("ms", .number(median * 1e3, digits: 3)),
      ("images_per_s", .number(Double(batch) / median, digits: 2)),
      ("peak_mb", .number(Double(Memory.peakMegabytes), digits: 0)),
    ])
  }
}

/// A batch as the peers make it: random patches, 38.3 % of them hidden, a further 10.2 % replaced.
private struct TrainingData {
  let patches: NDArray, hidden: NDArray, corrupted: NDArray, ids: NDArray, target: NDArray

  init(_ size: CentroidModelSize, batch: Int, random: inout RandomSource) throws {
    let count = (size.image / size.patch) * (size.image / size.patch)
    let width = 3 * size.patch * size.patch
    patches = random.normal([batch, count, width])
    ids = NDArray(
      (0..<(batch * count)).map { _ in Int32(random.integer(below: size.tokens)) },
      shape: [batch, count])
    var hiddenFlags = [Bool](), corruptedFlags = [Bool]()
    let hiddenCount = Int((0.383 * Double(count)).rounded())
    let corruptedCount = Int((0.485 * Double(count)).rounded())
    for _ in 0..<batch {
      let order = random.permutation(of: count)
      hiddenFlags += order.map { $0 < hiddenCount }
      corruptedFlags += order.map { $0 < corruptedCount }
    }
    hidden = NDArray(hiddenFlags, shape: [batch, count])
    corrupted = NDArray(corruptedFlags, shape: [batch, count])
    target = random.normal([batch, count, width])
  }
}

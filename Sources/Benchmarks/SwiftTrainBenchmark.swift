import Arrays
import Autograd
import Layers
import Training

/// The training step of `scripts/train.ccv`, written against the engine: what the interpreter adds to
/// a step is the difference.
enum SwiftTrainBenchmark {
  static func run(_ name: String, _ precision: Precision) throws -> JSONLine {
    let workload = try Workload.named(name)
    var random = RandomSource(seed: 0)
    let model = try CCViTModel(workload, &random)
    let batch = CCViTBatch(workload, &random)
    let parameters = model.parameters
    let optimiser = try AdamW(parameters)
    let times = try timings(repeats: name == "micro" ? 100 : 5) {
      let (_, slopes) = try gradients(of: parameters, precision: precision) {
        try model.loss(batch)
      }
      try optimiser.step(slopes)
    }
    let seconds = median(times)
    return JSONLine([
      ("peer", .text("ccv-swift")), ("workload", .text(name)),
      ("bf16", .flag(precision == .bfloat16)), ("ms", .number(seconds * 1000, digits: 3)),
      ("images_per_s", .number(Double(workload.batch) / seconds, digits: 2)),
      ("peak_mb", .number(Double(Memory.peakMegabytes), digits: 0)),
    ])
  }
}

/// Seeded random patches with the share of CCViT's hidden and corrupted ones.
private struct CCViTBatch {
  let patches: NDArray, target: NDArray
  /// [B, N, 1], [B, N] and, of the corrupted patches, int32.
  let hidden: NDArray, corrupted: NDArray, ids: NDArray

  init(_ workload: Workload, _ random: inout RandomSource) {
    let (batch, n) = (workload.batch, workload.patches)
    patches = random.normal([batch, n, workload.patchWidth])
    target = random.normal([batch * workload.corrupted, workload.patchWidth])
    var (hiddenFlags, corruptedFlags): ([Bool], [Bool]) = ([], [])
    for _ in 0..<batch {
      let order = random.permutation(of: n)
      hiddenFlags += order.map { $0 < workload.hidden }
      corruptedFlags += order.map { $0 < workload.corrupted }
    }
    hidden = NDArray(hiddenFlags, shape: [batch, n, 1])
    corrupted = NDArray(corruptedFlags, shape: [batch, n])
    let tokens = (0..<batch * workload.corrupted).map { _ in
      Int32(random.integer(below: workload.codebook))
    }
    ids = NDArray(tokens)
  }
}

/// The network of `methods/ccvit.ccv`.
private struct CCViTModel {
  let workload: Workload
  let embedding: PatchEmbedding
  let classToken: Parameter, mask: Parameter
  let position: RelativePositionBias
  let encoder: [TransformerBlock], side: [TransformerBlock]
  let norm: LayerNorm, sideNorm: LayerNorm
  let tokenHead: Linear, pixelHead: Linear

  init(_ workload: Workload, _ random: inout RandomSource) throws {
    self.workload = workload
    let width = workload.width
    embedding = PatchEmbedding(patch: workload.patch, width: width, random: &random)
    classToken = Parameter(
      random.truncatedNormal([1, 1, width], deviation: 0.02, limit: 1), decays: false)
    mask = Parameter(random.truncatedNormal([1, 1, width], deviation: 0.02, limit: 1))
    let grid = workload.image / workload.patch
    position = RelativePositionBias(height: grid, width: grid, heads: workload.heads)
    encoder = try (1...workload.encoder).map {
      try TransformerBlock(width, heads: workload.heads, depth: $0, random: &random)
    }
    side = try (1...workload.side).map {
      try TransformerBlock(
        width, heads: workload.heads, initialization: .uniform, depth: workload.tap + $0,
        random: &random)
    }
    (norm, sideNorm) = (LayerNorm(width), LayerNorm(width))
    tokenHead = Linear(width, workload.codebook, random: &random)
    pixelHead = Linear(width, workload.patchWidth, random: &random)
  }

  var parameters: [Parameter] {
    let layers: [any Layer] =
      [embedding, position] + encoder + side + [norm, sideNorm, tokenHead, pixelHead]
    return [classToken, mask] + layers.flatMap { $0.parameters.map(\.parameter) }
  }

  func loss(_ batch: CCViTBatch) throws -> Tensor {
    let (last, tapped, bias) = try states(batch)
    let patches: [AxisIndex] = [.all, .span(from: 1, to: workload.patches + 1)]
    let seen = try selectRows(try slice(last, patches), where: batch.corrupted)
    let crossEntropies = try crossEntropy(try tokenHead(try norm(seen)), ids: batch.ids)
    let classState = try slice(last, [.all, .span(from: 0, to: 1)])
    var z = try concatenate([classState, try slice(tapped, patches)], axis: 1)
    for block in side { z = try block(z, bias: bias) }
    let rebuilt = try selectRows(try slice(z, patches), where: batch.corrupted)
    let errors = try meanSquaredError(
      try pixelHead(try sideNorm(rebuilt)), Tensor(batch.target))
    return try add(try sum(crossEntropies, mean: true), try sum(errors, mean: true))
  }

  private func states(_ batch: CCViTBatch) throws -> (last: Tensor, tapped: Tensor, bias: Tensor) {
    let embedded = try embedding(Tensor(batch.patches))
    let x = try select(batch.hidden, mask.tensor, embedded)
    let classTokens = try broadcast(
      classToken.tensor, to: [workload.batch, 1, workload.width])
    var z = try concatenate([classTokens, x], axis: 1)
    let bias = try position()
    var tapped = z
    for (index, block) in encoder.enumerated() {
      z = try block(z, bias: bias)
      if index + 1 == workload.tap { tapped = z }
    }
    return (z, tapped, bias)
  }
}

/// A CCViT training step that peers are timed on too.
struct Workload {
  let name: String
  /// Sides in pixels.
  let image: Int, patch: Int
  let width: Int, heads: Int
  /// Blocks that name centroids, blocks that rebuild pixels, and the block whose patches feed those.
  let encoder: Int, side: Int, tap: Int
  let codebook: Int, batch: Int

  static let all = [
    Workload(
      name: "micro", image: 32, patch: 8, width: 64, heads: 2, encoder: 2, side: 1, tap: 1,
      codebook: 64, batch: 8),
    Workload(
      name: "tiny", image: 32, patch: 4, width: 192, heads: 3, encoder: 12, side: 2, tap: 9,
      codebook: 512, batch: 64),
    Workload(
      name: "small", image: 224, patch: 16, width: 384, heads: 6, encoder: 12, side: 2, tap: 9,
      codebook: 8192, batch: 16),
    Workload(
      name: "base", image: 224, patch: 16, width: 768, heads: 12, encoder: 12, side: 2, tap: 9,
      codebook: 8192, batch: 8),
  ]

  static func named(_ name: String) throws -> Workload {
    guard let workload = all.first(where: { $0.name == name }) else {
      throw BenchmarkError.unknown("workload", name, all.map(\.name))
    }
    return workload
  }

  var patches: Int { (image / patch) * (image / patch) }
  var patchWidth: Int { 3 * patch * patch }
  /// Patches of an image that are hidden, and those that are hidden or replaced.
  var hidden: Int { share(0.383) }
  var corrupted: Int { share(0.485) }

  private func share(_ ratio: Double) -> Int { Int((ratio * Double(patches)).rounded()) }

  /// Every matrix product of the forward pass.
  var products: [StepProduct] {
    let (blocks, tokens, headWidth) = (encoder + side, patches + 1, width / heads)
    func linear(_ name: String, rows: Int, _ inputs: Int, _ outputs: Int, times: Int = 1)
      -> StepProduct
    {
      StepProduct(
        name: name, m: batch * rows, n: outputs, k: inputs, transposeB: true, matrices: 1,
        times: times)
    }
    func attention(_ name: String, n: Int, k: Int, transposeB: Bool) -> StepProduct {
      StepProduct(
        name: name, m: tokens, n: n, k: k, transposeB: transposeB, matrices: batch * heads,
        times: blocks)
    }
    return [
      linear("embedding", rows: patches, patchWidth, width),
      linear("qkv", rows: tokens, width, 3 * width, times: blocks),
      attention("scores", n: tokens, k: headWidth, transposeB: true),
      attention("mixing", n: headWidth, k: tokens, transposeB: false),
      linear("projection", rows: tokens, width, width, times: blocks),
      linear("fc1", rows: tokens, width, 4 * width, times: blocks),
      linear("fc2", rows: tokens, 4 * width, width, times: blocks),
      linear("token head", rows: corrupted, width, codebook),
      linear("pixel head", rows: corrupted, width, patchWidth),
    ]
  }

  /// Floating-point operations of a training step: those of the forward pass's matrix products, and
  /// twice as many for the gradients of both operands. A multiplication and its addition are two.
  var operations: Double { 3 * products.reduce(0) { $0 + $1.operations } }
}

/// C = A op(B), as many times as a forward pass needs it.
struct StepProduct {
  let name: String
  let m: Int, n: Int, k: Int
  var transposeA = false
  let transposeB: Bool
  /// Products of this shape that one operation computes: an (image, head) pair each.
  let matrices: Int
  let times: Int

  /// Of all matrices, all times.
  var operations: Double { 2 * Double(m) * Double(n) * Double(k) * Double(matrices * times) }

  /// dA = dC op(B)^T.
  var leftGradient: StepProduct {
    StepProduct(
      name: "  left gradient", m: m, n: k, k: n, transposeB: !transposeB, matrices: matrices,
      times: times)
  }

  /// dB = A^T dC, or dC^T A where B is stored transposed.
  var rightGradient: StepProduct {
    StepProduct(
      name: "  right gradient", m: transposeB ? n : k, n: transposeB ? k : n, k: m,
      transposeA: true, transposeB: false, matrices: matrices, times: times)
  }
}

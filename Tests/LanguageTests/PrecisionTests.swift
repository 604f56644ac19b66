import Arrays
import Builtins
import Interpreter
import Session
import TestSupport
import Testing

@Suite(
  "Training in bfloat16", .oneInterpreter,
  .enabled(if: MatrixProduct.bfloat16Problem == nil, "needs AVX512-BF16 or AMX, and oneDNN"))
struct PrecisionTests {
  /// The losses of 500 steps, in means of 50.
  private func curve(_ precision: Precision, order: Int) throws -> [Double] {
    let session = Session()
    var text = ""
    session.host.write = { text += $0 }
    let outcome = session.evaluate(
      """
      let train = load("shapes", n: 160)
      let tok = train.images |> patchify(size: 8) |> kmeans(k: 16, iters: 4, seed: 1)
      seed(1)
      let net = ccvit(image: 32, patch: 8, dim: 32, depth: 2, heads: 2, side: 1, tokens: 16)
      let opt = adamw(net, lr: 1e-3)
      let corrupted = []
      for b in batches(train, size: 16) { push(corrupted, corrupt(b, tok)) }
      seed(\(order))
      let losses = []
      for epoch in 1..50 {
        for i in permutation(len(corrupted)) {
          let run = gradients(
            net, n => ccvit_loss(n, corrupted[i]), precision: "\(precision.rawValue)"
          )
          step(opt, run.grads, clip: 3)
          push(losses, run.value.loss)
        }
        if epoch mod 5 == 0 {
          print(mean(tensor(losses)))
          losses = []
        }
      }
      """)
    guard case .value = outcome else { throw ProgramFailed(outcome: "\(outcome)") }
    return text.split { $0.isWhitespace }.compactMap { Double($0) }
  }

  private struct ProgramFailed: Error {
    let outcome: String
  }

  @Test("the loss falls as in float32: the curves differ less than those of two orders of batches")
  func curves() throws {
    let full = try curve(.float32, order: 1)
    let half = try curve(.bfloat16, order: 1)
    let noise = zip(full, try curve(.float32, order: 2)).map { abs($0 - $1) }.max() ?? 0
    #expect(full.count == 10)
    for (a, b) in zip(full, half) { #expect(abs(a - b) <= noise) }
    #expect(full != half)
    #expect(half[9] < 0.8 * half[0])
  }
}

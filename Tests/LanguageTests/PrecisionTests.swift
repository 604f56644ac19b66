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

  @Test("the loss falls as in float32, to within what the order of the batches changes")
  func curves() throws {
    let full = try [1, 2, 3].map { try curve(.float32, order: $0) }
    let half = try curve(.bfloat16, order: 1)
    #expect(half.count == 10)
    for (window, loss) in half.enumerated() {
      let others = full.map { $0[window] }
      let (low, high) = (others.min() ?? 0, others.max() ?? 0)
      // Within the spread of three runs, or as far outside as they are apart.
      #expect(abs(loss - (low + high) / 2) <= 1.5 * (high - low), "window \(window): \(others)")
    }
    #expect(half != full[0])
    #expect(half[9] < 0.8 * half[0])
  }
}

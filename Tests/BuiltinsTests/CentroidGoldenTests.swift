import Builtins
import Interpreter
import Session
import Syntax
import TestSupport
import Testing

/// `methods/ccvit.ccv` against the same network in PyTorch, in double precision
/// (`Fixtures/ccvit_golden.py` says how it was made, with versions and seed).
///
/// Tolerance: relative to the largest number of a tensor, 1e-4. A value passes through at most 5 blocks
/// of 8 roundings over sums of at most 48 terms each, forth and back: 2 * 5 * 8 * 48 * 2^-24 = 2.3e-4 is
/// the bound if all erred one way; with signs at random it is some 1e-5.
@Suite("CCViT against PyTorch", .oneInterpreter)
struct CentroidGoldenTests {
  private static let folder =
    String(#filePath.dropLast("CentroidGoldenTests.swift".count)) + "Fixtures"

  /// A session that has loaded the network, the batch as `c` and the golden numbers as `gold`, with
  /// `check(seen, name)` for a number or tensor against the golden one.
  private func session() -> Session {
    let session = Session()
    let outcome = session.evaluate(
      """
      let net = load("\(Self.folder)/ccvit_network.safetensors")
      let gold = load("\(Self.folder)/ccvit_golden.safetensors")
      let c = (
        input: gold["batch.input"], target: gold["batch.target"], ids: gold["batch.ids"],
        hidden: gold["batch.hidden"] > 0.5, replaced: gold["batch.replaced"] > 0.5,
        corrupted: gold["batch.hidden"] + gold["batch.replaced"] > 0.5
      )
      fn check(seen, name, tolerance = 1e-4) {
        let wanted = gold[name]
        let off = max(abs(seen - wanted)) / max(abs(wanted))
        assert(off <= tolerance, "{name} is off by {off} of its largest number")
      }
      """)
    expectValue(outcome)
    return session
  }

  private func expectValue(_ outcome: Outcome) {
    switch outcome {
    case .value: break
    case .failed(let diagnostic): Issue.record("\(diagnostic.code) \(diagnostic.message)")
    case .rejected(let diagnostics): Issue.record("\(diagnostics.map(\.message))")
    case .interrupted, .exit: Issue.record("the program ended early")
    }
  }

  @Test("what it says of tokens and pixels")
  func prediction() {
    expectValue(
      session().evaluate(
        """
        let p = ccvit_predict(net, c.input, c.hidden, c.corrupted)
        check(p.tokens, "tokens")
        check(p.pixels, "pixels")
        """))
  }

  @Test("the loss and its parts")
  func loss() {
    expectValue(
      session().evaluate(
        """
        let seen = gradients(net, n => ccvit_loss(n, c)).value
        for (name, value) in seen { check(value, name) }
        """))
  }

  @Test("the gradient of every parameter")
  func gradient() {
    expectValue(
      session().evaluate(
        """
        let run = gradients(net, n => ccvit_loss(n, c))
        check(run.grads.norm, "norm.1")
        for p in parameters(net) { check(run.grads[p.name], "grad.{p.name}") }
        assert(len(parameters(net)) == 88)
        """))
  }

  // A step moves a parameter by lr m / (sqrt(v) + eps): an error d of a gradient becomes at most
  // lr d / eps. Gradients are clipped to a norm of 0.5, so d <= 1e-4 * 0.5, and 3 steps of at most
  // lr = 0.02 with eps = 0.01 move by at most 3e-4 too much, of weights whose largest are over 0.3.
  @Test("three steps of AdamW with clipping, decay groups and the schedule")
  func steps() {
    expectValue(
      session().evaluate(
        """
        let opt = adamw(net, decay: 5%, eps: 1e-2)
        for t in 1..3 {
          let run = gradients(net, n => ccvit_loss(n, c))
          check(run.grads.norm, "norm.{t}", tolerance: 1e-3)
          step(opt, run.grads, clip: 0.5, lr: warmup_cosine(t, warmup: 2, total: 4, peak: 0.02))
        }
        for p in parameters(net) { check(p.value, "after.{p.name}", tolerance: 1e-3) }
        check(gradients(net, n => ccvit_loss(n, c)).value.loss, "loss.after", tolerance: 1e-3)
        """))
  }
}

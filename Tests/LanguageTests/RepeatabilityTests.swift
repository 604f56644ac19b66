import Arrays
import Builtins
import Interpreter
import Session
import TestSupport
import Testing

/// A whole run: tokenizer, augmented batches, masks, corruption, steps with drop path, probe.
@Suite("The same seed gives the same bits", .oneInterpreter)
struct RepeatabilityTests {
  private static func program(_ precision: Precision) -> String {
    """
    let train = load("shapes", n: 120)
    let test = load("shapes", split: "test", n: 40)
    let tok = train.images |> patchify(size: 4) |> kmeans(k: 32, iters: 4, seed: 1)
    seed(1)
    let net = ccvit(image: 32, patch: 4, dim: 32, depth: 4, heads: 2, side: 1, tokens: 32, drop_path: 0.1)
    let opt = adamw(net)
    for b in batches(train, size: 32, augment: true) {
      let c = corrupt(b, tok)
      let run = gradients(net, n => ccvit_loss(n, c), precision: "\(precision.rawValue)")
      step(opt, run.grads, clip: 3)
      print(run.value.loss, run.grads.norm)
    }
    let p = linear_probe(ccvit_features(net, train), train.labels, ccvit_features(net, test), test.labels)
    for parameter in parameters(net) { print(parameter.name, sum(parameter.value), max(abs(parameter.value))) }
    for class in p.predictions { print(class) }
    print(p.accuracy, tok.inertia, sum(abs(tok.centroids)))
    """
  }

  /// All that the program prints: every number in as many digits as tell it from all others.
  private func output(_ precision: Precision, threads: Int) -> String {
    Parallel.threadCount = threads
    let session = Session()
    var text = ""
    session.host.write = { text += $0 }
    if case .value = session.evaluate(Self.program(precision)) { return text }
    Issue.record("the program failed")
    return ""
  }

  @Test(
    "twice, and with one thread, two or three",
    arguments: Precision.allCases.filter {
      $0 == .float32 || MatrixProduct.bfloat16Problem == nil
    })
  func run(precision: Precision) {
    let threads = Parallel.threadCount
    defer { Parallel.threadCount = threads }
    let first = output(precision, threads: 2)
    #expect(first.split(separator: "\n").count > 130)
    for count in [2, 1, 3] { #expect(output(precision, threads: count) == first, "\(count) threads") }
  }
}

import Glibc
import TestSupport
import Testing

/// Work that goes on for minutes. Each says `ready` when it is under way.
enum LongWork: String, CaseIterable {
  case loop = "print(\"ready\"); let n = 0; while true { n = n + 1 }"
  case kmeans = """
    let points = uniform([100000, 48], seed: 1); print("ready")
    let tok = kmeans(points, k: 1024, iters: 100000, seed: 1)
    """
  case training = """
    let images = load("shapes", n: 64)
    let tok = images |> patchify(size: 4) |> kmeans(k: 16, iters: 2, seed: 1)
    let net = ccvit(image: 32, patch: 4, dim: 48, depth: 2, heads: 3, side: 1, tokens: 16)
    let opt = adamw(net, lr: 1e-3)
    let steps = 0
    while true {
      for b in batches(images, size: 32) {
        let c = corrupt(b, tok)
        let run = gradients(net, n => ccvit_loss(n, c))
        step(opt, run.grads)
        steps = steps + 1
        if steps == 2 { print("ready") }
      }
    }
    """

  static let mark = "ready\n"
  /// What a terminal shows when it is under way for certain: k-means its progress.
  var sign: String { self == .kmeans ? "k-means  [" : "ready" }
}

@Suite("Interrupted programs")
struct InterruptTests {
  @Test("Ctrl-C ends a program with 130, at once", arguments: LongWork.allCases)
  func ends(work: LongWork) throws {
    let command = try Command(["-e", work.rawValue])
    try command.waitForOutput(LongWork.mark)
    command.child.send(SIGINT)
    let result = try command.finish()
    #expect(result.code == 130)
    #expect(result.errors.hasSuffix("interrupted\n"))
  }

  @Test("what catches errors does not catch Ctrl-C")
  func uncaught() throws {
    let command = try Command([
      "-e", "print(\"ready\"); while true { try { while true { } } catch e { print(\"caught\") } }",
    ])
    try command.waitForOutput(LongWork.mark)
    command.child.send(SIGINT)
    let result = try command.finish()
    #expect(result.code == 130)
    #expect(result.output == "")
  }
}

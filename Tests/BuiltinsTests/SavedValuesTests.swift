import Builtins
import Glibc
import Interpreter
import Session
import Syntax
import TestSupport
import Testing

@Suite("Saving and loading", .oneInterpreter)
struct SavedValuesTests {
  private func run(_ code: String, _ session: Session) -> String {
    switch session.evaluate(code) {
    case .value(let text): text ?? ""
    case .failed(let diagnostic): "\(diagnostic.code) \(diagnostic.message)"
    case .rejected(let diagnostics): "\(diagnostics.first?.message ?? "")"
    case .interrupted, .exit: "?"
    }
  }

  private func withFolder(_ body: (String) throws -> Void) rethrows {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"  // TMPDIR by its own default
    var template = Array("\(base)/ccv-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      Issue.record("no temporary folder")
      return
    }
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { _ = system("rm -rf '\(folder)'") }
    try body(folder)
  }

  @Test("a model, a tokenizer and a table come back the same, to the bit")
  func roundTrip() {
    withFolder { folder in
      let session = Session()
      let setup = """
        seed(1)
        let tok = uniform([50, 48]) |> kmeans(k: 5, iters: 3, seed: 1)
        let net = ccvit(image: 8, patch: 4, dim: 8, depth: 2, heads: 2, side: 1, tokens: 5)
        let log = table("epoch", "loss")
        log |> note(epoch: 1, loss: 0.25)
        save((net: net, tok: tok, log: log, text: "a \\"b\\"", list: [1, nil, true, 0 / 0]), "\(folder)/all.safetensors")
        let back = load("\(folder)/all.safetensors")
        let x = uniform([3, 3, 8, 8], seed: 4)
        """
      #expect(!run(setup, session).hasPrefix("E"))
      #expect(run("all(ccvit_features(net, x) == ccvit_features(back.net, x))", session) == "true")
      #expect(run("all(encode(tok, x) == encode(back.tok, x))", session) == "true")
      #expect(
        run("[back.log.loss, back.text, back.list[0..2], back.tok.history == tok.history]", session)
          == "[[0.25], \"a \\\"b\\\"\", [1, nil, true], true]")
      #expect(run("count_parameters(back.net) == count_parameters(net)", session) == "true")
    }
  }

  @Test("a run goes on where it was saved, to the bit, whether the optimiser stands first or last")
  func resuming() {
    withFolder { folder in
      let session = Session()
      let setup = """
        seed(1)
        let net = (a: linear(3, 4), scale: parameter(tensor([1, 2, 3, 4])), rest: [linear(4, 2)])
        let opt = adamw(net, lr: 1e-2, decay: 10%)
        let x = uniform([5, 3])
        fn train(net, opt, steps) {
          for i in 1..steps {
            step(opt, gradients(net, n => mean(n.rest[0](n.a(x) * n.scale) ^ 2)).grads, clip: 1)
          }
        }
        train(net, opt, 3)
        save((opt: opt, net: net), "\(folder)/first.safetensors")
        save((net: net, opt: opt), "\(folder)/last.safetensors")
        train(net, opt, 2)
        """
      #expect(!run(setup, session).hasPrefix("E"))
      for file in ["first", "last"] {
        let again = """
          let back = load("\(folder)/\(file).safetensors")
          train(back.net, back.opt, 2)
          let same = all(back.net.a.weight == net.a.weight) and all(back.net.scale == net.scale)
          [same, all(back.net.rest[0].bias == net.rest[0].bias), "{back.opt}" == "{opt}"]
          """
        #expect(run(again, session) == "[true, true, true]")
      }
      let alone = run("save((o: opt), \"\(folder)/alone.safetensors\")", session)
      #expect(alone.hasPrefix("E144 save: the optimiser is saved without the network"))
    }
  }

  @Test("damaged files and unwritable places are named, and leave no half file")
  func failures() {
    withFolder { folder in
      let session = Session()
      _ = run("save([1, 2; 3, 4], \"\(folder)/t.safetensors\")", session)
      _ = system("head -c 40 '\(folder)/t.safetensors' > '\(folder)/cut.safetensors'")
      #expect(run("load(\"\(folder)/cut.safetensors\")", session).hasPrefix("E143"))
      #expect(run("load(\"\(folder)/none.safetensors\")", session).hasPrefix("E140"))
      #expect(run("save(1, \"\(folder)/x.unknown\")", session).hasPrefix("E144"))
      #expect(run("save(zeros([2]), \"/dev/null/x.safetensors\")", session).hasPrefix("E141"))
      #expect(run("save(zeros([100, 100]), \"/dev/full\")", session).hasPrefix("E144"))
      #expect(system("ls '\(folder)' | grep -q part") != 0)
    }
  }
}

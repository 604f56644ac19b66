import Builtins
import Interpreter
import Syntax
import TestSupport
import Testing

@testable import Session

@Suite("Help", .oneInterpreter)
struct HelpTests {
  @Test("every function has a summary, and its example runs")
  func examples() {
    let names = Session().machine.builtins.map(\.name)
    #expect(names.count > 100)
    for name in names {
      let session = Session()
      guard let native = session.machine.builtins.first(where: { $0.name == name }) else {
        continue
      }
      #expect(!native.summary.isEmpty, "\(name) has no summary")
      guard !native.example.isEmpty else { continue }
      switch session.evaluate(native.example, name: "example of \(name)") {
      case .value: break
      case .failed(let diagnostic):
        Issue.record("\(name): \(diagnostic.code) \(diagnostic.message)")
      case .rejected(let diagnostics): Issue.record("\(name): \(diagnostics.map(\.message))")
      case .interrupted, .exit: Issue.record("\(name): ended otherwise")
      }
    }
  }

  @Test("related names exist")
  func related() {
    let session = Session()
    let known = Set(session.knownNames)
    for native in session.machine.builtins {
      for name in native.related { #expect(known.contains(name), "\(native.name) names \(name)") }
    }
  }

  @Test("help finds functions by name and by words, and says when there is nothing")
  func topics() {
    let session = Session()
    #expect(session.helpText(for: "?kmeans").hasPrefix("kmeans(patches, k:"))
    #expect(session.helpText(for: "?masks of rectangles").contains("block_mask"))
    #expect(session.helpText(for: "?kmens").contains("Did you mean ?kmeans"))
    #expect(session.helpText(for: "?ccvit").contains("vision transformer"))
    #expect(session.helpText(for: "?").contains("    ccvit  ccvit_features"))
    #expect(session.helpText(for: "?_sizes").hasPrefix("let _sizes = ("))
    #expect(session.helpText(for: "?zzz").contains("no help"))
  }

  @Test("help is folded to the width however it is asked for; what is built in has no source")
  func folding() {
    let session = Session()
    var written = ""
    session.host.width = { 60 }
    session.host.write = { written += $0 }
    let page = session.helpText(for: "?kmeans")
    #expect(page.split(separator: "\n").allSatisfy { $0.count <= 60 })
    for call in ["help(\"kmeans\")", "help(kmeans)"] {
      written = ""
      _ = session.evaluate(call)
      #expect(written == page)
    }
    let source = session.helpText(for: "??kmeans")
    #expect(source.hasPrefix("kmeans is built in") && source.hasSuffix(page))
  }

  @Test("paragraphs of a documentation lose the line breaks of their source; examples keep theirs")
  func paragraphs() {
    let session = Session()
    session.host.width = { 1000 }
    _ = session.evaluate(
      "## One\n## sentence.\n##\n## Another\n## one:\n## - first\n##   a = 1\n##   b = 2\nfn f(x) { x }")
    func lines(_ query: String) -> [Substring] {
      session.helpText(for: query).split(separator: "\n").map { $0.drop { $0 == " " } }
        .filter { !$0.isEmpty }
    }
    #expect(
      lines("?f").dropFirst()
        == ["One sentence.", "Another one:", "- first", "a = 1", "b = 2"])
    #expect(lines("?corrupt").count == 3)
  }

  @Test(
    "words are found in their other forms, around the little words of a question",
    arguments: [
      ("masking ratio", "block_mask("), ("how to hide patches", "random_mask("),
      ("train network", "ccvit"), ("what is the learning rate", "warmup_cosine("),
      ("rebuilds pixels", "ccvit("), ("masked quux", "block_mask("),
    ])
  func search(query: String, found: String) {
    #expect(Session().helpText(for: "?" + query).contains(found))
  }

  @Test("the source of a library function runs when it is pasted, private names and all")
  func pastedSource() {
    let session = Session()
    for name in session.library.names {
      guard session.closure(named: name) != nil else { continue }
      let text = session.helpText(for: "??" + name)
      #expect(text.hasSuffix("a part of ccv.\n"))
      let fresh = Session()
      if case .value = fresh.evaluate(text) {} else { Issue.record("??\(name) does not run") }
    }
    let copied = Session()
    _ = copied.evaluate(session.helpText(for: "??ccvit"))
    if case .value = copied.evaluate("count_parameters(ccvit(size: \"micro\"))") {
    } else {
      Issue.record("a copied ccvit cannot make a network")
    }
  }
}

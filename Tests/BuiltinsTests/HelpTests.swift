import Builtins
import Interpreter
import Session
import Syntax
import TestSupport
import Testing

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
    #expect(session.helpText(for: "??ccvit").hasPrefix("fn ccvit("))
  }
}

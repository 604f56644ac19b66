import Interpreter
import Syntax
import TestSupport
import Testing

@testable import Builtins
@testable import Session

@Suite("The front page of help", .oneInterpreter)
struct FrontPageTests {
  private func text() -> String { Session().helpText(for: "?") }

  @Test("it fits a terminal of 24 lines with the prompt below")
  func height() {
    let lines = text().split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count <= 24 && lines.allSatisfy { $0.count <= 80 })
  }

  @Test("the lines to type first stand on it unbroken, and run as they stand")
  func firstLines() throws {
    let text = text()
    let lines = FrontPage.firstLines.split(separator: "\n").map(String.init)
    #expect(lines.count == 5)
    for line in lines { #expect(text.contains("\n  \(line)\n"), "\(line)") }
    let session = Session()
    var output = ""
    session.host.write = { output += $0 }
    for line in lines {
      guard case .value = session.evaluate("  " + line, isPrompt: true) else {
        Issue.record("\(line)")
        continue
      }
    }
    #expect(output.contains("64 centroids") && output.contains("26 of 64"))
  }

  @Test("every function stands under a heading with a purpose, every topic is named")
  func complete() {
    let session = Session()
    let groups = Set(session.machine.builtins.map(\.group) + [FrontPage.methods])
    #expect(groups == Set(FrontPage.groups.map(\.name)))
    #expect(FrontPage.groups.allSatisfy { !$0.purpose.isEmpty })
    let reference = session.helpText(for: "?reference")
    let words = Set((text() + reference).split { " \n".contains($0) }.map(String.init))
    for native in session.machine.builtins { #expect(words.contains(native.name)) }
    for name in session.library.names { #expect(words.contains(name)) }
    for page in TopicPages.all { #expect(words.contains("?" + page.name)) }
  }

  @Test("every question that it shows has an answer")
  func questions() {
    let session = Session()
    let asked = text().matches(of: #/(?:^|\s)(\?\??[a-zA-Z0-9_]+(?: ratio)?)/#)
      .map { String($0.output.1) }
    #expect(asked.count > 30 && asked.contains("?masking ratio") && asked.contains("??corrupt"))
    for question in asked { #expect(session.help(on: question).isFound, "\(question)") }
  }
}

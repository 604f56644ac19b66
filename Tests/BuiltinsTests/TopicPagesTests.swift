public import Builtins
import Interpreter
import Session
import Syntax
import TestSupport
public import Testing

@Suite("Help pages of topics", .serialized, .oneInterpreter)
struct TopicPagesTests {
  @Test("a program on a page runs and shows what the page says", arguments: TopicPages.all)
  func program(_ page: TopicPage) throws {
    let place = try TemporaryFolder()
    defer { place.leave() }
    let session = Session()
    try ShownLines(page.program).check(in: session, name: page.name)
  }

  @Test("most pages show what their programs give")
  func shown() {
    #expect(TopicPages.all.count { $0.program.contains("  # => ") } > 20)
  }

  @Test("a page has one sentence as its summary, and names of pages that exist")
  func complete() {
    let known = Set(Session().knownNames)
    for page in TopicPages.all {
      #expect(page.summary.hasSuffix(".") || page.summary.hasSuffix("`."), "\(page.name)")
      #expect(!page.related.isEmpty, "\(page.name) names nothing to look at next")
      for name in page.related {
        #expect(
          known.contains(name) || TopicPages.page(name)?.name == name, "\(page.name): \(name)")
      }
    }
  }

  @Test("a name leads to one page; where a function has it, too, help shows both")
  func names() {
    let names = TopicPages.all.flatMap { [$0.name] + $0.otherNames }
    #expect(Set(names).count == names.count, "\(names.filter { n in names.count { $0 == n } > 1 })")
    let keys = Session().helpText(for: "?keys")
    #expect(keys.hasPrefix("keys(record)") && keys.contains("Ctrl-R"))
    let session = Session()
    _ = session.evaluate("let images = 3")
    let images = session.helpText(for: "?images")
    #expect(images.hasPrefix("images: 3\n") && images.contains("See also: load, batches"))
    #expect(Session().helpText(for: "?LOOP") == Session().helpText(for: "?for"))
  }

  @Test("every word of the language and every operator has a page")
  func words() {
    let words =
      "let fn if else for in while return break continue try catch import as with and or not div mod true false nil"
      + " + - * / ^ @ % = == != < |> => .. ..< : [] . ## #"
    for word in words.split(separator: " ") {
      #expect(TopicPages.page(String(word)) != nil, "?\(word)")
    }
  }

  @Test("lines of a page fit a terminal", arguments: TopicPages.all)
  func fits(_ page: TopicPage) {
    for line in TerminalText.folded(page.text, to: 80).split(separator: "\n") {
      #expect(line.count <= 80, "\(line)")
    }
    for line in page.program.split(separator: "\n") {
      #expect(line.count <= 74, "a line of a program would be folded: \(line)")
    }
  }
}

extension TopicPage: CustomTestStringConvertible {
  public var testDescription: String { name }
}

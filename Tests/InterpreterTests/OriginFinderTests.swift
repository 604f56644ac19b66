import Syntax
import Testing

@testable import Interpreter

@Suite("Where a variable's value came from")
struct OriginFinderTests {
  /// The origin of `x` where the text says `x!`, as text; the mark is taken out before parsing.
  private func origin(_ marked: String, isOnlyUnit: Bool = true) throws -> String? {
    let parts = marked.split(separator: "!", omittingEmptySubsequences: false)
    try #require(parts.count == 2)
    let file = SourceFile(name: "t", text: parts.joined())
    let parsed = parse(file)
    try #require(!parsed.hasErrors)
    let finder = OriginFinder("x", at: parts[0].utf8.count - 1, isOnlyUnit: isOnlyUnit)
    switch finder.origin(in: parsed.program) {
    case .value(let range): return file.text(of: range)
    case .loop(let range): return "each of " + file.text(of: range)
    case .parameter(let index, let function):
      return "parameter \(index) of " + file.text(of: function).prefix(4)
    case .untold, nil: return nil
    }
  }

  @Test(
    "the innermost binding before the use is the one",
    arguments: [
      ("let x = 1\nx!", "1"), ("let x = 1\nlet x = 2\nx!\nlet x = 3", "2"),
      ("let x = 1\nif true { let x = 2\nx! }", "2"), ("let x = 1\nif true { let x = 2 }\nx!", "1"),
      ("let (a, x) = f()\nx!", "f()"), ("for x in xs { x! }", "each of xs"),
      ("fn f(a, x) { x! }", "parameter 1 of fn f"),
      ("let g = (x) => x! + 1", "parameter 0 of (x) "),
      ("fn f(x) { map(a, y => x! + y) }", "parameter 0 of fn f"), ("let x = 1\nfn f() { x! }", "1"),
      ("fn f() { let x = 3\nmap(a, y => x! + y) }", "3"), ("let x = 1\nlet y = (a: x!)", "1"),
    ])
  func found(_ text: String, _ expected: String) throws {
    #expect(try origin(text) == expected)
  }

  @Test(
    "nothing is said of what is not sure",
    arguments: [
      "x!", "let x = 1\nx = 2\nx!", "let x = 1\nfor i in 1..2 { x = x + i }\nx!",
      "let x = 1\nfn f() { x! }\nlet x = 2", "fn x() { 1 }\nx! + 1", "let y = 1\nx!",
      "try { f() } catch x { x! + 1 }", "let x = 1\ntry { f() } catch x { x! + 1 }",
    ])
  func unsure(_ text: String) throws {
    #expect(try origin(text) == nil)
  }

  @Test("a global read in a function is not explained when other sources may have set it")
  func otherUnits() throws {
    #expect(try origin("let x = 1\nfn f() { x! }", isOnlyUnit: false) == nil)
    #expect(try origin("let x = 1\nx!", isOnlyUnit: false) == "1")
    #expect(try origin("fn f() { let x = 1\nx! }", isOnlyUnit: false) == "1")
  }
}

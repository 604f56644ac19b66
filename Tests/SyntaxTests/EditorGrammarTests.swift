// The patterns that editors get say of every token what the lexer says.

import Foundation
import Testing

@testable import Syntax

@Suite("Grammars for editors")
struct EditorGrammarTests {
  private static let table = LexicalTable(functions: ["kmeans", "print"])

  /// The first of the rules that match at a place, and how far.
  private func rule(at place: Int, of line: NSString) -> (name: String, length: Int)? {
    let rules: [(String, String)] = [
      ("documentation", "##.*$"), ("documentation", "^# %%.*$"), ("comment", "#.*$"),
      ("number", Self.table.number), ("keyword", LexicalTable.words(Self.table.operatorWords)),
      ("keyword", LexicalTable.words(Self.table.constants)),
      ("keyword", LexicalTable.words(Self.table.keywords)),
      ("function", LexicalTable.name + "(?=\\()"), ("label", LexicalTable.name + "(?=:)"),
      ("name", LexicalTable.name), ("operator", Self.table.sign),
    ]
    for (name, pattern) in rules {
      // Each is tried as editors do it: at the place, with what stands before it in sight.
      guard let expression = try? NSRegularExpression(pattern: pattern, options: .anchorsMatchLines)
      else {
        Issue.record("\(pattern) is no pattern")
        return nil
      }
      let rest = NSRange(location: place, length: line.length - place)
      let match = expression.firstMatch(
        in: line as String, options: [.anchored, .withTransparentBounds, .withoutAnchoringBounds],
        range: rest)
      if let match { return (name, match.range.length) }
    }
    return nil
  }

  @Test(
    "the patterns cut and name the tokens of a line as the lexer does",
    arguments: [
      "let x_1 = 75% + 2.5e-3 - 1_000k * 30s # note", "fn f(a, b = 0..<9) { not a in [1, 2] }",
      "x |> kmeans(k: 512) # %% no cell", "for i in 0..10 by 2 { a[i] = a[i] ^ 2 div 3 mod 4 }",
      "## documentation", "if x >= 1 and y != nil or true { break }", "let f = (a, b) => a @ b",
      "a.in + r.by(1min)", "import masks as m", "3M..4M", "10h / 2", "while true { continue }",
      "try { 1 } catch e { return e }", "with seed(7) { x }", "größe * 2",
    ])
  func tokens(text: String) {
    let line = text as NSString
    var place = 0
    var seen: [String] = []
    while place < line.length {
      if let (name, length) = rule(at: place, of: line) {
        seen.append("\(name) \(line.substring(with: NSRange(location: place, length: length)))")
        place += length
      } else {
        place += 1
      }
    }
    let file = SourceFile(name: "", text: text)
    let expected = coloredTokens(in: file).compactMap { colored -> String? in
      let words = file.text(of: colored.token.range)
      // The lexer lets a word after a dot be a name; where an editor cannot know, it may.
      return colored.category == .punctuation && words != "." || words == "."
        ? nil : "\(colored.category.rawValue) \(words)"
    }
    #expect(seen == expected)
  }

  @Test("every word and sign of the lexer is in the table", arguments: EditorGrammar.allCases)
  func complete(grammar: EditorGrammar) {
    let text = grammar.text(functions: ["kmeans"])
    let table = Self.table
    #expect(
      Set(table.keywords + table.operatorWords + table.constants) == Set(Token.Kind.reservedWords))
    for word in Token.Kind.reservedWords + ["kmeans", "min"] { #expect(text.contains(word)) }
    #expect(table.signs.first == "..." || table.signs.first == "..<")
  }

  @Test("the TextMate grammar is JSON")
  func json() throws {
    let data = Data(EditorGrammar.textmate.text(functions: ["kmeans"]).utf8)
    let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(root["scopeName"] as? String == "source.ccv")
  }
}

import Syntax
import Testing

@testable import REPL

@Suite("The text being edited, on the screen")
struct LineLayoutTests {
  private func layout(
    _ text: String, point: Int? = nil, columns: Int = 20, color: Bool = false,
    suggestion: String = ""
  ) -> LineLayout {
    LineLayout(
      LineLayout.Content(
        prompt: "ccv> ", text: text, point: point ?? text.utf8.count, suggestion: suggestion,
        usesColor: color), columns: columns)
  }

  private func place(_ layout: LineLayout) -> [Int] { [layout.cursorRow, layout.cursorColumn] }

  @Test("lines have prompts of their own, and the cursor stands where its character is")
  func lines() {
    let drawn = layout("fn f() {\n  1\n}", point: 12)
    #expect(drawn.rows.map(\.text) == ["ccv> fn f() {", " ...   1", " ... }"])
    #expect(place(drawn) == [1, 8])
    #expect(place(layout("fn f() {\n  1\n}", point: 9)) == [1, 5])
    #expect(place(layout("a\n", point: 2)) == [1, 5])
    #expect(place(layout("")) == [0, 5])
  }

  @Test("long lines are broken at the width; a cursor behind a full row stands on the next")
  func wrapping() {
    let full = layout(String(repeating: "x", count: 15))
    #expect(full.rows.map(\.width) == [20, 0] && place(full) == [1, 0])
    let longer = layout(String(repeating: "x", count: 16))
    #expect(longer.rows.map(\.width) == [20, 1] && place(longer) == [1, 1])
    #expect(place(layout(String(repeating: "x", count: 16), point: 15)) == [1, 0])
    #expect(place(layout(String(repeating: "x", count: 16), point: 14)) == [0, 19])
  }

  @Test(
    "wide characters, joined emoji, tabs and control characters take the columns that they take")
  func widths() {
    #expect(layout("日本").rows.map(\.width) == [9])
    #expect(place(layout("日本", point: 3)) == [0, 7])
    // A wide character is not cut in two.
    let edge = layout(String(repeating: "x", count: 14) + "日")
    #expect(edge.rows.map(\.width) == [19, 2] && place(edge) == [1, 2])
    #expect(place(layout(String(repeating: "x", count: 14) + "日", point: 14)) == [1, 0])
    #expect(layout("👨‍👩‍👧").rows.map(\.width) == [7])
    #expect(layout("e\u{301}").rows.map(\.width) == [6])
    #expect(layout("\tx").rows.map(\.text) == ["ccv>    x"] + [])
    #expect(layout("a\u{1}b").rows.map(\.text) == ["ccv> a^Ab"])
  }

  @Test("words, strings, numbers and comments have colours, and each row ends without")
  func colors() {
    let drawn = layout("let x = \"a\" # 1\n2", columns: 40, color: true)
    #expect(drawn.rows[0].text.contains("\u{1B}[35mlet"))
    #expect(drawn.rows[0].text.contains("\u{1B}[32m\"a\""))
    #expect(drawn.rows[0].text.contains("\u{1B}[90m# 1\u{1B}[0m"))
    #expect(drawn.rows[1].text.hasSuffix("\u{1B}[36m2\u{1B}[0m"))
    #expect(layout("?let x", color: true).rows[0].text.contains("35m") == false)
    #expect(
      drawn.rows.map(\.width) == layout("let x = \"a\" # 1\n2", columns: 40).rows.map(\.width))
  }

  @Test("the bracket before or under the cursor and its partner are found, across strings too")
  func brackets() {
    func pair(_ text: String, _ cursor: Int) -> [Int] {
      LineInk.matchingBrackets(tokens(in: SourceFile(name: "", text: text)), at: cursor)
    }
    #expect(pair("f(a[1])", 7) == [1, 6])
    #expect(pair("f(a[1])", 1) == [1, 6])
    #expect(pair("f(a[1])", 6) == [3, 5])
    #expect(pair("f(\")\")", 6) == [1, 5])
    #expect(pair("f(", 2) == [])
    #expect(pair("a b", 1) == [])
  }

  @Test("a suggestion follows the text and does not move the cursor")
  func suggestion() {
    let drawn = layout("let", columns: 40, suggestion: " x = 1\nx")
    #expect(drawn.rows.map(\.text) == ["ccv> let x = 1", " ... x"])
    #expect(place(drawn) == [0, 8])
  }

  /// A terminal that knows what the painter sends.
  private final class Paper {
    var rows: [[Character]] = [[]]
    var row = 0, column = 0

    func write(_ text: String) {
      var rest = Substring(text)
      while let next = rest.popFirst() {
        switch next {
        case "\u{1B}":
          rest.removeFirst()
          let number = rest.prefix { $0.isNumber || $0 == ";" }
          rest = rest.dropFirst(number.count)
          obey(rest.removeFirst(), Int(number) ?? 1)
        case "\r": column = 0
        case "\r\n", "\n":
          column = next == "\n" ? column : 0
          row += 1
          if row == rows.count { rows.append([]) }
        default:
          while rows[row].count <= column { rows[row].append(" ") }
          rows[row][column] = next
          column += 1
        }
      }
    }

    private func obey(_ letter: Character, _ number: Int) {
      switch letter {
      case "A": row = max(0, row - number)
      case "C": column += number
      case "K": rows[row] = Array(rows[row].prefix(column))
      case "J":
        rows[row] = Array(rows[row].prefix(column))
        rows.removeSubrange((row + 1)...)
      default: break
      }
    }

    /// Without blanks at the end of lines, and without empty lines at the end.
    var lines: [String] { Paper.trimmed(rows.map { String($0) }) }

    static func trimmed(_ lines: [String]) -> [String] {
      let cut = lines.map { String($0.reversed().drop { $0 == " " }.reversed()) }
      return cut.reversed().drop { $0.isEmpty }.reversed()
    }
  }

  @Test("whatever was drawn before, the screen holds the last text and the cursor is at its place")
  func painting() {
    let paper = Paper()
    let painter = LinePainter(size: { (20, 8) }, output: paper.write)
    let texts = [
      "", "a", "a(", "a(\n  b", "a(\n  b)", "x", String(repeating: "y", count: 15),
      String(repeating: "z", count: 47), "1\n2\n3\n4", "q",
    ]
    for (index, text) in texts.enumerated() {
      for point in [0, text.utf8.count / 2, text.utf8.count] {
        let layout = layout(text, point: point)
        let menu = index % 3 == 1 ? [LineLayout.Row(text: "  menu", width: 6)] : []
        painter.draw(layout, menu: menu)
        #expect(paper.lines == Paper.trimmed((layout.rows + menu).map(\.text)))
        #expect([paper.row, paper.column] == [layout.cursorRow, layout.cursorColumn])
      }
    }
    painter.leave(layout("q"))
    #expect(paper.lines == ["ccv> q"] && [paper.row, paper.column] == [1, 0])
  }

  @Test(
    "of a text that is taller than the window the rows around the cursor are drawn; left, it is whole"
  )
  func tall() {
    let paper = Paper()
    let painter = LinePainter(size: { (20, 4) }, output: paper.write)
    let text = (0..<9).map { "line\($0)" }.joined(separator: "\n")
    painter.draw(layout(text))
    #expect(paper.lines == (5..<9).map { " ... line\($0)" })
    painter.draw(layout(text, point: 7))
    #expect(paper.lines == (1..<5).map { " ... line\($0)" } && paper.row == 0)
    painter.leave(layout(text, point: 7))
    #expect(paper.lines == ["ccv> line0"] + (1..<9).map { " ... line\($0)" })
    #expect([paper.row, paper.column] == [9, 0])
  }
}

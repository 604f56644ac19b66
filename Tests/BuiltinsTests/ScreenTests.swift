import Arrays
import Builtins
import Testing

@Suite("The screen")
struct ScreenTests {
  @Test("long lines are broken between words and keep their indent")
  func folded() {
    #expect(
      TerminalText.folded("one two\n  three four five\nsix", to: 12)
        == "one two\n  three four\n  five\nsix")
    #expect(
      TerminalText.folded("  incomprehensibilities a", to: 8) == "  incomprehensibilities\n  a")
    #expect(TerminalText.folded("exact wide", to: 10) == "exact wide")
  }

  private func make(_ columns: Int = 40, _ rows: Int = 12) -> (Screen, TerminalModel) {
    let model = TerminalModel(columns: columns, rows: rows)
    let screen = Screen(
      size: { Screen.Size(columns: columns, rows: rows) }, output: { model.receive($0) })
    return (screen, model)
  }

  @Test("output stands above the strips, which are rewritten in place")
  func order() {
    let (screen, model) = make()
    let figure = Screen.Strip(), bar = Screen.Strip()
    screen.set(figure, to: ["a 1", "a 2"])
    screen.set(bar, to: ["50 %"])
    screen.write("one\n")
    screen.set(figure, to: ["b"])
    screen.write("two\n")
    screen.set(bar, to: ["60 %"])
    #expect(model.text == ["one", "two", "b", "60 %"])
    #expect(model.cursor == (4, 0))
    screen.remove(figure)
    #expect(model.text == ["one", "two", "60 %"])
    screen.replace(bar, by: "done\n")
    #expect(model.text == ["one", "two", "done"])
    #expect(model.cursor == (3, 0))
  }

  @Test("strips wait while a line of output is not ended")
  func openLine() {
    let (screen, model) = make()
    let bar = Screen.Strip()
    screen.set(bar, to: ["10 %"])
    screen.write("loss ")
    #expect(model.text == ["loss"])
    screen.set(bar, to: ["20 %"])
    screen.write("0.5")
    #expect(model.text == ["loss 0.5"])
    screen.write("\n")
    #expect(model.text == ["loss 0.5", "20 %"])
    screen.write("end")
    screen.replace(bar, by: "figure\n")
    #expect(model.text == ["loss 0.5", "end", "figure"])
  }

  @Test("any sequence of writes and strips leaves the output, then the strips, and no rubbish")
  func random() {
    for seed in 0..<60 {
      var random = RandomSource(seed: UInt64(seed))
      let rows = 4 + random.integer(below: 12)
      // Wide: a wrapped line of output is the terminal's business.
      let (screen, model) = make(1000, rows)
      var strips: [(strip: Screen.Strip, lines: [String])] = []
      var output = ""
      for step in 0..<60 {
        switch random.integer(below: 6) {
        case 0:
          let strip = Screen.Strip()
          strips.append((strip, []))
          screen.set(strip, to: [])
        case 1 where !strips.isEmpty, 2 where !strips.isEmpty:
          let index = random.integer(below: strips.count)
          strips[index].lines = (0..<random.integer(below: 6)).map { "strip \(step) line \($0)" }
          screen.set(strips[index].strip, to: strips[index].lines)
        case 3 where !strips.isEmpty:
          screen.remove(strips.remove(at: random.integer(below: strips.count)).strip)
        default:
          let text = "text \(step)" + (random.integer(below: 3) == 0 ? "" : "\n")
          output += text
          screen.write(text)
        }
        var expected = output.split(separator: "\n", omittingEmptySubsequences: false).map(
          String.init)
        if expected.last == "" {
          expected.removeLast()
          expected += strips.flatMap(\.lines).suffix(rows - 1)
        }
        #expect(model.text == expected, "seed \(seed), step \(step)")
        guard model.text == expected else { return }
      }
      #expect(model.unknown.isEmpty)
    }
  }

  @Test("what has not changed is not written again")
  func economy() {
    var written = ""
    let screen = Screen(size: { Screen.Size(columns: 80, rows: 24) }, output: { written += $0 })
    let figure = Screen.Strip(), bar = Screen.Strip()
    screen.set(figure, to: (0..<20).map { "row \($0)" })
    screen.set(bar, to: ["10 %"])
    written = ""
    screen.set(bar, to: ["20 %"])
    #expect(written.contains("20 %") && !written.contains("row"))
    written = ""
    screen.set(bar, to: ["20 %"])
    #expect(written.isEmpty)
  }

  @Test("a line is cut at the width, not wrapped; colours count nothing")
  func cut() {
    let (screen, model) = make(10, 5)
    let strip = Screen.Strip()
    screen.set(strip, to: ["\u{1B}[31mabcdefghijklmno\u{1B}[0m", "short"])
    #expect(model.text == ["abcdefghi", "short"])
    #expect(TerminalText.cut("\u{1B}[31mabcdef\u{1B}[0m", to: 3) == "\u{1B}[31mabc\u{1B}[0m")
    #expect(TerminalText.width("\u{1B}[38;2;1;2;3mab\u{1B}[0m") == 2)
  }

  @Test("a window that becomes narrower has wrapped the lines: they are taken away whole")
  func narrower() {
    var size = Screen.Size(columns: 40, rows: 12)
    var written = ""
    let screen = Screen(size: { size }, output: { written += $0 })
    let strip = Screen.Strip()
    screen.set(strip, to: [String(repeating: "x", count: 30), "y"])
    size.columns = 20
    written = ""
    screen.set(strip, to: ["z"])
    // 30 columns are two rows of 20.
    #expect(written.hasPrefix("\r\u{1B}[3A\u{1B}[J"))
  }

  @Test("an overlay that lines do not write over is taken away with its strip, by its own code")
  func erasure() {
    var output = ""
    let screen = Screen(size: { .init(columns: 40, rows: 10) }, output: { output += $0 })
    for end in 0..<3 {
      let picture = Screen.Strip()
      screen.set(picture, to: ["", ""], overlay: "PICTURE", erasure: "GONE")
      screen.write("a line\n")
      #expect(output.contains("PICTURE") && !output.contains("GONE"))
      switch end {
      case 0: screen.remove(picture)
      case 1: screen.replace(picture, by: "the last state\n")
      default: screen.clear()
      }
      #expect(output.ranges(of: "GONE").count == 1)
      output = ""
    }
  }

  @Test("an overlay is drawn from the upper left corner of its strip, and the cursor comes back")
  func overlay() {
    let (screen, model) = make(40, 20)
    let picture = Screen.Strip(), bar = Screen.Strip()
    screen.write("above\n")
    screen.set(picture, to: ["", "", ""], overlay: "PICTURE")
    screen.set(bar, to: ["10 %"])
    screen.set(bar, to: ["20 %"])
    #expect(model.text == ["above", "PICTURE", "", "", "20 %"])
    #expect(model.cursor == (5, 0))
  }
}

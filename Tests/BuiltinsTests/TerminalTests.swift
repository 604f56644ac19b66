import Images
import Testing

@testable import Builtins

@Suite("Terminals")
struct TerminalTests {
  private func style(
    _ environment: [String: String], isTerminal: Bool = true, showsSixels: Bool = false
  ) -> PictureStyle {
    PictureStyle.suited(
      isTerminal: isTerminal, environment: { environment[$0] }, showsSixels: { showsSixels })
  }

  @Test("pictures take what the terminal says it shows")
  func styles() {
    #expect(style(["TERM": "xterm-256color"]) == .characters(.colors256))
    #expect(style(["TERM": "xterm", "COLORTERM": "truecolor"]) == .characters(.trueColor))
    #expect(style(["TERM": "xterm-direct"]) == .characters(.trueColor))
    #expect(style(["TERM": "xterm"], showsSixels: true) == .sixels)
    #expect(
      style(["TERM": "dumb", "COLORTERM": "truecolor"], showsSixels: true) == .characters(.ascii))
    #expect(style(["TERM": "xterm", "NO_COLOR": "1"], showsSixels: true) == .characters(.ascii))
    // An empty NO_COLOR asks for nothing.
    #expect(style(["TERM": "xterm", "NO_COLOR": ""]) == .characters(.colors256))
    #expect(style(["TERM": "xterm"], isTerminal: false) == .line)
  }

  @Test("CCV_PICTURES decides, and a pipe or a colourless terminal is never asked for sixels")
  func forced() {
    #expect(style(["CCV_PICTURES": "sixels"], isTerminal: false) == .sixels)
    #expect(style(["CCV_PICTURES": "none"]) == .line)
    #expect(style(["CCV_PICTURES": "ascii", "COLORTERM": "24bit"]) == .characters(.ascii))
    #expect(style(["CCV_PICTURES": "blocks", "COLORTERM": "24bit"]) == .characters(.trueColor))
    var isAsked = false
    for (environment, isTerminal) in [([:], false), (["NO_COLOR": "1"], true)] {
      _ = PictureStyle.suited(
        isTerminal: isTerminal, environment: { environment[$0] },
        showsSixels: {
          isAsked = true
          return true
        })
    }
    #expect(!isAsked)
  }

  @Test(
    "attribute 4 of a terminal's answer means sixels",
    arguments: [
      ("\u{1B}[?62;4;22c", true), ("\u{1B}[?1;2c", false), ("\u{1B}[?64;14;44c", false),
      ("", false),
      ("\u{1B}[?4c", true), ("4c", false),
    ])
  func attributes(answer: String, shows: Bool) {
    #expect(TerminalDevice.attributes(answer).contains("4") == shows)
  }
}

import Images
import Testing

@testable import Builtins

@Suite("Terminals")
struct TerminalTests {
  private func style(
    _ environment: [String: String], isTerminal: Bool = true,
    graphics: Pictures.PixelGraphics? = nil
  ) -> PictureStyle {
    PictureStyle.suited(
      isTerminal: isTerminal, environment: { environment[$0] }, graphics: { graphics })
  }

  @Test("pictures take what the terminal says it shows")
  func styles() {
    #expect(style(["TERM": "xterm-256color"]) == .characters(.colors256))
    #expect(style(["TERM": "xterm", "COLORTERM": "truecolor"]) == .characters(.trueColor))
    #expect(style(["TERM": "xterm-direct"]) == .characters(.trueColor))
    #expect(style(["TERM": "xterm"], graphics: .sixels) == .pixels(.sixels))
    #expect(style(["TERM": "xterm-kitty"], graphics: .kitty) == .pixels(.kitty))
    #expect(
      style(["TERM": "dumb", "COLORTERM": "truecolor"], graphics: .sixels) == .characters(.ascii))
    #expect(style(["TERM": "xterm", "NO_COLOR": "1"], graphics: .sixels) == .characters(.ascii))
    // An empty NO_COLOR asks for nothing.
    #expect(style(["TERM": "xterm", "NO_COLOR": ""]) == .characters(.colors256))
    #expect(style(["TERM": "xterm"], isTerminal: false) == .line)
  }

  @Test("CCV_PICTURES decides, and a pipe or a colourless terminal is never asked for sixels")
  func forced() {
    #expect(style(["CCV_PICTURES": "sixels"], isTerminal: false) == .pixels(.sixels))
    #expect(style(["CCV_PICTURES": "kitty"]) == .pixels(.kitty))
    #expect(style(["CCV_PICTURES": "none"]) == .line)
    #expect(style(["CCV_PICTURES": "ascii", "COLORTERM": "24bit"]) == .characters(.ascii))
    #expect(style(["CCV_PICTURES": "blocks", "COLORTERM": "24bit"]) == .characters(.trueColor))
    var isAsked = false
    for (environment, isTerminal) in [([:], false), (["NO_COLOR": "1"], true)] {
      _ = PictureStyle.suited(
        isTerminal: isTerminal, environment: { environment[$0] },
        graphics: {
          isAsked = true
          return .sixels
        })
    }
    #expect(!isAsked)
  }

  @Test(
    "attribute 4 of a terminal's answer means sixels, an OK before it kitty's protocol",
    arguments: [
      ("\u{1B}[?62;4;22c", .sixels), ("\u{1B}[?1;2c", nil), ("\u{1B}[?64;14;44c", nil), ("", nil),
      ("\u{1B}[?4c", .sixels), ("4c", nil), ("\u{1B}_Gi=31;OK\u{1B}\\\u{1B}[?62;4c", .kitty),
      ("\u{1B}_Gi=31;ENOTSUPPORTED: c\u{1B}\\\u{1B}[?62;4c", .sixels),
      ("\u{1B}_Gi=31;EINVAL\u{1B}\\\u{1B}[?1c", nil),
    ] as [(String, Pictures.PixelGraphics?)])
  func answers(text: String, graphics: Pictures.PixelGraphics?) {
    #expect(TerminalAnswer(text).graphics == graphics)
    // It is whole with its last letter, and not before.
    var answer = TerminalAnswer()
    for (index, byte) in text.utf8.enumerated() {
      answer.append(byte)
      let isLast = index + 1 == text.utf8.count
      #expect(answer.isWhole == (isLast && text.hasPrefix("\u{1B}")))
    }
  }

  @Test("multiplexers and the console are not sent what they would show")
  func question() {
    #expect(TerminalDevice.question("xterm-256color").hasPrefix("\u{1B}_G"))
    for name in ["tmux-256color", "screen", "linux"] {
      #expect(TerminalDevice.question(name) == "\u{1B}[c")
    }
  }
}

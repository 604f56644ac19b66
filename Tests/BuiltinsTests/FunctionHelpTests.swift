import Interpreter
import Syntax
import TestSupport
import Testing

@testable import Builtins
@testable import Session

@Suite("What help reads from texts", .oneInterpreter)
struct FunctionHelpTests {
  private func help(_ documentation: String, _ signature: String = "f(x, ratio = 38%, mode = nil)")
    throws -> FunctionHelp
  {
    let session = Session()
    let lines = documentation.split(separator: "\n", omittingEmptySubsequences: false)
    _ = session.evaluate(lines.map { "## \($0)\n" }.joined() + "fn \(signature) { x }")
    return FunctionHelp(try #require(session.closure(named: "f")))
  }

  @Test("parameters, result, related names and examples are told from prose")
  func parts() throws {
    let help = try help(
      """
      Hides patches. As
      BEiT does.
      x: images,
      B x 3 x H x W.
      ratio: the share.

      Prose: not a parameter.
      Gives a
      mask.
      See also: cover,
      count.

      > let y = 1
      > f(y)
      1
      2
      """)
    #expect(help.summary == "Hides patches.")
    #expect(help.prose == ["Hides patches. As BEiT does.", "", "Prose: not a parameter."])
    #expect(help.parameters.map(\.name) == ["x", "ratio"])
    #expect(
      help.parameters.map(\.text) == [
        "images, B x 3 x H x W.", "38% when left out: the share.",
      ])
    #expect(help.result == "Gives a mask.")
    #expect(help.related == ["cover", "count"])
    #expect(help.example == ["let y = 1", "f(y)  # => 1", "# => 2"])
    #expect(help.shortSignature == "f(x, ...)")
  }

  @Test("a sentence ends at a full stop that a capital follows")
  func sentences() {
    #expect(HelpText.firstSentence("Of 0 ... n, e.g. 3. Then more.") == "Of 0 ... n, e.g. 3.")
    #expect(HelpText.firstSentence("One alone.") == "One alone.")
  }

  @Test("a function without lines above it says so; options have their defaults in order")
  func bare() throws {
    let session = Session()
    _ = session.evaluate("fn f(x) { x }")
    #expect(session.helpText(for: "?f").contains("no ## lines"))
    let native = NativeFunction(
      "g", "a: tensor, b?: any, k= number, mode=\"x\" \"x\" or \"y\", at=[1;2] list", group: "",
      summary: "S.", details: "k: how many.\nmode: \"x\" or \"y\".\nGives a."
    ) { _ in .none }
    let told = FunctionHelp(native)
    #expect(
      told.parameters.map(\.text) == [
        "tensor", "optional", "number, required: how many.", "\"x\" when left out: \"x\" or \"y\".",
        "list, [1, 2] when left out",
      ])
    #expect(told.shortSignature == "g(a, b, k:, ...)")
    #expect(told.signature == "g(a, [b], k:, mode: \"x\", at: [1, 2])")
  }

  @Test("rows of a table are broken below their text, other lines below their beginning")
  func folding() {
    let lines = "    k     one two three\n  one two three four\n  a  b  c  d  e  f  g  h"
    #expect(
      TerminalText.folded(lines, to: 22)
        == "    k     one two\n          three\n  one two three four\n  a  b  c  d  e  f  g\n  h")
    #expect(TerminalText.folded("  one two three four", to: 12) == "  one two\n  three four")
    // A head as wide as half the line leaves no room beside it.
    #expect(TerminalText.folded("aaaaaaaaaa  b c d", to: 14).hasPrefix("aaaaaaaaaa"))
  }
}

import TestSupport
import Testing

@Suite("Pictures in a terminal", .serialized)
struct PictureTests {
  /// The question for the device attributes, which every terminal answers.
  private static let question = "\u{1B}[c"

  private func terminal(_ home: Scratch, _ environment: [String: String] = [:]) throws -> Terminal {
    let terminal = try Terminal(
      home: home.path, environment: ["NO_COLOR": ""].merging(environment) { $1 })
    let begin = try terminal.expect(Terminal.prompt)
    #expect(!begin.contains(Self.question), "nobody has asked for a picture")
    return terminal
  }

  @Test(
    "the terminal is asked at the first picture what it shows, and once",
    arguments: [
      ("\u{1B}_Gi=31;OK\u{1B}\\\u{1B}[?62;4c", "\u{1B}_Ga=T,f=100"),
      ("\u{1B}[?62;4;22c", "\u{1B}P0;1;0q"),
      ("\u{1B}[?1;2c", "\u{1B}[38;5;"),
    ])
  func asked(answer: String, sign: String) throws {
    let home = Scratch()
    let terminal = try terminal(home)
    terminal.type("show(zeros([4, 4]))\n")
    let asked = try terminal.expect(Self.question)
    #expect(asked.contains("\u{1B}_Gi=31,s=1,v=1,a=q"))
    terminal.type(answer)
    try terminal.expect(sign)
    try terminal.expect(Terminal.prompt)
    // Nothing of the answer is left for the line.
    let next = try terminal.enter("show(ones([4, 4])); print(1 + 1)")
    #expect(next.contains(sign) && next.contains("2") && !next.contains(Self.question))
    #expect(terminal.isAsUsual == false)
    #expect(try terminal.leave() == 0)
    #expect(terminal.isAsUsual)
  }

  @Test(
    "a terminal that does not answer gets half blocks; keys that wait are not taken for an answer")
  func silent() throws {
    let home = Scratch()
    let terminal = try terminal(home, ["TERM": "tmux-256color"])
    terminal.type("show(zeros([4, 4]))\n")
    let asked = try terminal.expect(Self.question)
    #expect(!asked.contains("\u{1B}_G"))
    try terminal.expect("\u{2580}")
    try terminal.expect(Terminal.prompt)
    let other = try self.terminal(home)
    other.paste("let t = time()\nwhile time() < t + 0.3 { }\nshow(zeros([4, 4]))")
    other.type("\nprint(6 * 7)\n")
    let shown = try other.expect("42")
    #expect(!shown.contains(Self.question) && shown.contains("\u{2580}"))
  }

  @Test("a tokenizer shows its centroids below its text, in a terminal only")
  func tokenizer() throws {
    let home = Scratch()
    let terminal = try terminal(home, ["CCV_PICTURES": "blocks"])
    let code = "kmeans(uniform([40, 12], seed: 1), k: 4, seed: 1)"
    let shown = try terminal.enter(code)
    #expect(shown.contains("tokenizer: 4 centroids") && shown.contains("\u{2580}"))
    let piped = try Command.evaluate(code).output
    #expect(piped.contains("tokenizer: 4 centroids") && !piped.contains("\u{2580}"))
    #expect(!(try Command.evaluate("show(zeros([4, 4]))").output).contains("\u{1B}"))
  }
}

import TestSupport
import Testing

@Suite("A prompt in the middle of a program", .serialized)
struct PauseTests {
  private static let program = """
    let top = 10
    fn fit(n) {
      let loss = 1
      let note = () => loss
      for i in 1..n {
        loss = loss / 2
        let twice = loss * 2
        pause(if: i == 2)
        print("turn", i, loss, twice)
      }
      note()
    }
    print("end", fit(3), top)

    """

  private func paused(_ home: Scratch) throws -> Terminal {
    home.write(Array(Self.program.utf8), to: "a.ccv")
    let terminal = try Terminal(["a.ccv"], home: home.path, folder: home.path)
    let said = try terminal.expect("pause> ")
    #expect(said.contains("turn 1 0.5 1"))
    #expect(said.contains("paused at a.ccv:8, in fit; Ctrl-D goes on"))
    return terminal
  }

  /// What a line shows.
  private func ask(_ line: String, _ terminal: Terminal) throws -> String {
    terminal.type(line + "\n")
    try terminal.expect(line)
    return try terminal.expect("pause> ")
  }

  @Test(
    "it sees and changes the variables of the loop, the function and the file, and the program goes on"
  )
  func scope() throws {
    let home = Scratch()
    let terminal = try paused(home)
    #expect(try ask("i * 100 + twice", terminal).contains("200.5"))
    #expect(try ask("loss = 7", terminal).contains("error") == false)
    #expect(try ask("note()", terminal).contains("7"))
    #expect(try ask("top = top + n", terminal).contains("error") == false)
    let listed = try ask("whos()", terminal)
    #expect(["i ", "loss ", "n ", "note ", "top ", "twice "].allSatisfy(listed.contains))
    terminal.type("\u{4}")
    let rest = try terminal.expect("end")
    #expect(rest.contains("turn 2 7 0.5") && rest.contains("turn 3 3.5 7"))
    #expect(try terminal.expect("\n").contains("3.5 13"))
    #expect(try terminal.child.exitCode() == 0)
  }

  @Test("mistakes and Ctrl-C leave it open; `continue` goes on, exit(n) leaves")
  func mistakes() throws {
    let home = Scratch()
    let terminal = try paused(home)
    #expect(try ask("nonsense", terminal).contains("there is nothing named `nonsense`"))
    #expect(try ask("xs[9]", terminal).contains("E060"))
    terminal.type("let half = \u{3}")
    try terminal.expect("pause> ")
    #expect(try ask("loss", terminal).contains("0.25"))
    terminal.type("continue\n")
    #expect(try terminal.expect("end").contains("turn 2 0.25"))
    #expect(try terminal.child.exitCode() == 0)
    let other = try paused(home)
    other.type("exit(3)\n")
    #expect(try other.child.exitCode() == 3)
  }

  @Test("at the prompt, too, a function can be looked into")
  func prompt() throws {
    let home = Scratch()
    let terminal = try Terminal(home: home.path, folder: home.path)
    try terminal.expect(Terminal.prompt)
    _ = try terminal.enter("fn f(x) { let y = x * 2; pause(); y }")
    terminal.type("f(21)\n")
    try terminal.expect("pause> ")
    #expect(try ask("y", terminal).contains("42"))
    _ = try ask("let keep = () => y + 6", terminal)
    _ = try ask("y = 1", terminal)
    terminal.type("\u{4}")
    #expect(try terminal.expect(Terminal.prompt).contains("1"))
    // A function that was made there keeps the values.
    #expect(try terminal.enter("keep()").contains("7"))
    #expect(try terminal.leave() == 0)
  }

  @Test("without a terminal it is passed over, with one note")
  func pipe() throws {
    let scratch = Scratch()
    scratch.write(Array("for i in 1..3 { pause() }\nprint(\"end\")\n".utf8), to: "a.ccv")
    let result = try Command.run(["a.ccv"], folder: scratch.path)
    #expect(result.output == "end\n" && result.code == 0)
    #expect(result.errors == "pause: passed over, there is no terminal\n")
  }
}

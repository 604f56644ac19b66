import Glibc
import TestSupport
import Testing

@Suite("The prompt, in a terminal", .serialized)
struct PromptTests {
  private func terminal(
    _ home: Scratch, environment: [String: String] = [:]
  ) throws -> Terminal {
    let terminal = try Terminal(home: home.path, folder: home.path, environment: environment)
    try terminal.expect(Terminal.prompt)
    return terminal
  }

  @Test("a line is answered; Ctrl-D leaves with 0 and a line of its own for the shell")
  func line() throws {
    let home = Scratch()
    let terminal = try terminal(home)
    #expect(try terminal.enter("1 + 2") == "3")
    #expect(try terminal.enter("let x = it * 2") == "")
    #expect(try terminal.enter("x") == "6")
    #expect(try terminal.leave() == 0)
  }

  @Test("exit(n) leaves with n")
  func exit() throws {
    let home = Scratch()
    let terminal = try terminal(home)
    terminal.type("exit(4)\n")
    #expect(try terminal.child.exitCode() == 4)
  }

  @Test("an open block asks for more, with another prompt, until it is closed")
  func block() throws {
    let home = Scratch()
    let terminal = try terminal(home)
    terminal.type("fn twice(x) {\n")
    try terminal.expect(" ... ")
    terminal.type("2 * x\n")
    try terminal.expect(" ... ")
    terminal.type("}\n")
    try terminal.expect(Terminal.prompt)
    #expect(try terminal.enter("twice(21)").hasSuffix("42"))
  }

  @Test("Ctrl-D and Ctrl-C give an open block up")
  func givenUp() throws {
    let home = Scratch()
    let terminal = try terminal(home)
    for key in ["\u{4}", "\u{3}"] {
      terminal.type("fn twice(x) {\n")
      try terminal.expect(" ... ")
      terminal.type(key)
      try terminal.expect(Terminal.prompt)
      #expect(try terminal.enter("1 + 1").hasSuffix("2"))
    }
    #expect(try terminal.leave() == 0)
  }

  @Test(
    "a pasted block runs as one unit, blank lines and all; terminals send \\r for its line ends")
  func paste() throws {
    let home = Scratch()
    let terminal = try terminal(home)
    terminal.paste("let total = 0\r\rfor i in 1..4 {\r  total = total + i\r}\rtotal * 10\r")
    terminal.type("\n")
    #expect(try terminal.answer() == "100")
    // One unit: with a mistake in its last line none of it runs.
    terminal.paste("total = 7\rtotal = = 8")
    terminal.type("\n")
    #expect(try terminal.answer().contains("error E"))
    #expect(try terminal.enter("total") == "10")
  }

  @Test("an error leaves the variables and the prompt; the second of a kind is shorter")
  func errors() throws {
    let home = Scratch()
    let terminal = try terminal(home)
    try terminal.enter("let kept = [1, 2, 3]")
    let first = try terminal.enter("kept + zeros([2])")
    #expect(first.contains("error E"))
    #expect(try terminal.enter("kept") == "[1, 2, 3]")
    let second = try terminal.enter("kept + zeros([2])")
    #expect(second.count < first.count)
    #expect(try terminal.enter("undefined_name").contains("error E060"))
    #expect(try terminal.enter("len(kept)") == "3")
  }

  @Test("Ctrl-C stops long work at once and keeps every variable", arguments: LongWork.allCases)
  func interrupt(work: LongWork) throws {
    let home = Scratch()
    let terminal = try terminal(home)
    try terminal.enter("let kept = [1, 2]; let net = nil")
    try terminal.start(work)
    let before = terminal.child.processorSeconds
    terminal.type("\u{3}")
    try terminal.expect("interrupted; variables keep what they have now")
    try terminal.expect(Terminal.prompt)
    // One thread: the time until the prompt is at most this. Debug builds are slower than what users run.
    #expect(terminal.child.processorSeconds - before < 1)
    #expect(try terminal.enter("kept") == "[1, 2]")
    if work == .training { #expect(try terminal.enter("steps >= 2 and net != nil") == "true") }
    #expect(try terminal.leave() == 0)
  }

  @Test(
    "Ctrl-C at the prompt says once how to leave, discards what is typed, and never ends anything")
  func interruptAtPrompt() throws {
    let home = Scratch()
    let terminal = try terminal(home)
    terminal.type("\u{3}")
    #expect(try terminal.answer() == "(Ctrl-D leaves)")
    for typed in ["", "error(\"typed", "(1 + "] {
      terminal.type(typed + "\u{3}")
      #expect(try terminal.answer() == "")
    }
    #expect(try terminal.enter("5") == "5")
    #expect(try terminal.leave() == 0)
  }

  @Test(
    "Ctrl-C ends what the line editor asks within a line",
    arguments: ["\t\t", "kmeans(\t\t", "\u{12}net"])
  func interruptWithinALine(keys: String) throws {
    let home = Scratch()
    let terminal = try terminal(home)
    terminal.type("\u{3}")
    #expect(try terminal.answer() == "(Ctrl-D leaves)")
    terminal.type(keys)
    try terminal.expect(
      keys.hasPrefix("\u{12}") ? "nothing found" : keys.hasPrefix("k") ? "seed:" : "linear_probe")
    terminal.type("\u{3}")
    _ = try terminal.answer()
    #expect(try terminal.enter("5") == "5")
    #expect(try terminal.leave() == 0)
  }

  @Test("exit and quit leave, unless they are somebody's variables")
  func leaving() throws {
    for word in ["exit", "quit "] {
      let home = Scratch()
      let terminal = try terminal(home)
      try terminal.enter("let quitting = 1")
      #expect(try terminal.enter("quitting") == "1")
      #expect(try terminal.leave(by: word + "\n") == 0)
    }
    let home = Scratch()
    let terminal = try terminal(home)
    try terminal.enter("let quit = 7")
    #expect(try terminal.enter("quit") == "7")
    #expect(try terminal.leave() == 0)
  }

  @Test("help is at hand: ?name, ??name, ?words, ?code")
  func help() throws {
    let home = Scratch()
    let terminal = try terminal(home)
    #expect(try terminal.enter("?kmeans").contains("kmeans("))
    #expect(try terminal.enter("??corrupt").contains("fn corrupt("))
    #expect(try terminal.enter("?masking ratio").contains("block_mask("))
    #expect(try terminal.enter("?nothing_of_the_kind").contains("no help"))
  }

  @Test("Tab completes a name, an option, a field and a file")
  func completion() throws {
    let home = Scratch()
    home.write([0], to: "picture_of_a_cat.txt")
    let terminal = try terminal(home)
    terminal.type("kmea\t")
    try terminal.expect("kmeans(")
    terminal.type("\u{15}?kmea\t\n")
    #expect(try terminal.answer().hasPrefix("kmeans("))
    terminal.type("let rec = (alpha: 1, beta: 2)\n")
    try terminal.answer()
    terminal.type("rec.al\t\n")
    #expect(try terminal.answer() == "1")
    // The only file there is: its quote is closed, too.
    terminal.type("len(\"picture_of\t)\n")
    #expect(try terminal.answer() == "20")
  }

  // MARK: - History

  @Test("a block is one entry of the history, also in the next session")
  func history() throws {
    let home = Scratch()
    let first = try terminal(home)
    terminalBlock(first)
    try first.expect(Terminal.prompt)
    try first.enter("\"it's \\\\ odd\"")
    #expect(try first.leave() == 0)

    let second = try terminal(home)
    // Up twice: over the string to the whole block.
    second.type("\u{1B}[A\u{1B}[A")
    try second.expect("}")
    second.type("\n")
    #expect(try second.answer() == "")
    #expect(try second.enter("twice(4)") == "8")
    #expect(try second.leave() == 0)
    let entries = remembered(home, ".local/state")
    #expect(entries.first == "fn twice(x) {\\n  2 * x\\n}")
    #expect(entries.contains("twice(4)"))
  }

  /// The entries in a history file, as they are written there.
  private func remembered(_ home: Scratch, _ folder: String) -> [String] {
    let bytes = home.bytes(of: folder + "/ccv/history") ?? []
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
      .filter { $0.count == 4 && $0[2].hasPrefix("/") }.map { $0[3] }
  }

  private func terminalBlock(_ terminal: Terminal) {
    terminal.paste("fn twice(x) {\r  2 * x\r}")
    terminal.type("\n")
  }

  @Test("XDG_STATE_HOME moves the history")
  func stateHome() throws {
    let home = Scratch()
    let terminal = try terminal(home, environment: ["XDG_STATE_HOME": home.path + "/state"])
    try terminal.enter("41 + 1")
    #expect(try terminal.leave() == 0)
    #expect(remembered(home, "state") == ["41 + 1"])
    #expect(home.bytes(of: ".local/state/ccv/history") == nil)
  }

  @Test("a history that cannot be written or is damaged is no obstacle")
  func badHistory() throws {
    let home = Scratch()
    home.write([], to: ".local")
    let unwritable = try terminal(home)
    #expect(try unwritable.enter("1 + 1") == "2")
    #expect(try unwritable.leave() == 0)
    let other = Scratch()
    let damaged = try terminal(other, environment: ["XDG_STATE_HOME": other.path])
    #expect(try damaged.leave() == 0)
    try #require(mkdir(other.path + "/ccv", 0o755) == 0 || errno == EEXIST)
    other.write([0xFF, 0xFE, 0x0A, 0x5C, 0x0A, 0x31, 0x0A], to: "ccv/history")
    let again = try terminal(other, environment: ["XDG_STATE_HOME": other.path])
    #expect(try again.enter("2 + 2") == "4")
    #expect(try again.leave() == 0)
  }

  // MARK: - Endings

  @Test("when the window is closed the program ends, and the history is kept")
  func hangUp() throws {
    let home = Scratch()
    let terminal = try terminal(home)
    try terminal.enter("\"remember me\"")
    terminal.close()
    #expect(try terminal.child.exitCode() == 128 + SIGHUP)
    #expect(remembered(home, ".local/state") == ["\"remember me\""])
  }

  @Test("a window that is closed in the middle of long work ends it")
  func hangUpAtWork() throws {
    let home = Scratch()
    let terminal = try terminal(home)
    try terminal.start(.loop)
    terminal.close()
    #expect(try terminal.child.exitCode() == 128 + SIGHUP)
  }

  @Test("who is asked to end leaves the terminal as it was")
  func terminate() throws {
    let home = Scratch()
    let terminal = try terminal(home)
    #expect(!terminal.isAsUsual)
    terminal.child.send(SIGTERM)
    #expect(try terminal.child.exitCode() == 128 + SIGTERM)
    #expect(terminal.isAsUsual)
  }
}

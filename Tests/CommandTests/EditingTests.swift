import Glibc
import TestSupport
import Testing

/// Keys that are not letters, as terminals send them.
private enum Keys {
  static let up = "\u{1B}[A", down = "\u{1B}[B", right = "\u{1B}[C", left = "\u{1B}[D"
  static let home = "\u{1B}[H", end = "\u{1B}[F", alt = "\u{1B}", erase = "\u{7F}"
  static func control(_ letter: Unicode.Scalar) -> String {
    String(UnicodeScalar(UInt8(letter.value & 31)))
  }
}

@Suite("Editing at the prompt", .serialized)
struct EditingTests {
  private func terminal(
    _ home: Scratch, columns: Int32 = 200, environment: [String: String] = [:]
  ) throws -> Terminal {
    let terminal = try Terminal(
      home: home.path, columns: columns, folder: home.path, environment: environment)
    try terminal.expect(Terminal.prompt)
    return terminal
  }

  @Test("any line of a block can be changed before it runs; Enter within it breaks the line")
  func block() throws {
    let home = Scratch()
    let terminal = try terminal(home)
    terminal.paste("let xs = [\r  1,\r  2]")
    // Up to the second line, to its end, one more element; Enter there is a line break.
    terminal.type(Keys.up + Keys.end + " 5,\n 6," + Keys.down + Keys.end + "\n")
    #expect(try terminal.answer() == "")
    #expect(try terminal.enter("xs") == "[1, 5, 6, 2]")
    // Home goes to the beginning of the line, not of the block.
    terminal.paste("let y = [\r1]")
    terminal.type(Keys.home + "4," + Keys.end + "\n")
    #expect(try terminal.answer() == "")
    #expect(try terminal.enter("y") == "[4, 1]")
  }

  @Test("Alt-Enter breaks a line that is complete; an open block is indented, its brace moves back")
  func indentation() throws {
    let home = Scratch()
    let terminal = try terminal(home)
    terminal.type("let a = 1" + Keys.alt + "\r")
    try terminal.expect(" ... ")
    terminal.type("a + 1\n")
    #expect(try terminal.answer() == "2")
    terminal.type("for i in 1..2 {")
    try terminal.expect("{")
    terminal.type("\n")
    try terminal.expect(" ...   ")
    terminal.type("print(i)")
    try terminal.expect("print(i)")
    terminal.type("\n")
    try terminal.expect(" ...   ")
    terminal.type("}")
    try terminal.expect("\r ... }")
    terminal.type("\n")
    #expect(try terminal.answer() == "1\n2")
  }

  @Test("Up brings back what begins like the typed text, Down goes back to it")
  func history() throws {
    let home = Scratch()
    let terminal = try terminal(home)
    for line in ["let alpha = 1", "alpha + 10", "let beta = 2"] { try terminal.enter(line) }
    terminal.type("al" + Keys.up + "\n")
    #expect(try terminal.answer() == "11")
    terminal.type(Keys.up + Keys.up + Keys.up + Keys.down + Keys.down + Keys.down + "7\n")
    #expect(try terminal.answer() == "7")
    terminal.type("let" + Keys.up + Keys.up + "0\n")
    #expect(try terminal.answer() == "")
    #expect(try terminal.enter("alpha") == "10")
  }

  @Test("Ctrl-R finds an entry by its words and puts it where it can be changed")
  func search() throws {
    let home = Scratch()
    let terminal = try terminal(home)
    for line in ["let first = 20 + 1", "let second = 30", "first * 2"] { try terminal.enter(line) }
    terminal.type(Keys.control("r") + "first 20")
    try terminal.expect("1 of 1")
    terminal.type("\n" + Keys.erase + "2\n")
    #expect(try terminal.answer() == "")
    #expect(try terminal.enter("first") == "22")
    terminal.type("9" + Keys.control("r") + Keys.erase + "second")
    try terminal.expect("1 of")
    // Left alone, what was typed is there again.
    terminal.type(Keys.control("g") + "0\n")
    #expect(try terminal.answer() == "90")
  }

  @Test("text given up with Ctrl-C comes back with Up, in this session only")
  func givenUp() throws {
    let home = Scratch()
    let terminal = try terminal(home)
    terminal.type("40 + 2")
    // What is not read yet when Ctrl-C comes is lost on its way: a terminal throws it away.
    try terminal.expect("40 + 2")
    terminal.type("\u{3}")
    #expect(try terminal.answer() == "")
    terminal.type(Keys.up + "\n")
    #expect(try terminal.answer() == "42")
    terminal.type("\"never run\"")
    try terminal.expect("run\"")
    terminal.type("\u{3}")
    #expect(try terminal.answer() == "")
    #expect(try terminal.leave() == 0)
    let next = try self.terminal(home)
    terminalUp(next)
    #expect(try next.answer() == "42")
  }

  private func terminalUp(_ terminal: Terminal) { terminal.type(Keys.up + "\n") }

  @Test("an assignment to a name that is not there comes back with `let` before it")
  func mended() throws {
    let home = Scratch()
    let terminal = try terminal(home)
    #expect(try terminal.enter("rate = 3").contains("error E061"))
    try terminal.expect("let rate = 3")
    terminal.type("0\n")
    #expect(try terminal.answer() == "")
    #expect(try terminal.enter("rate") == "30")
  }

  @Test(
    "erasing takes whole characters, whatever the environment says about its letters",
    arguments: ["C.UTF-8", "C", ""])
  func letters(locale: String) throws {
    let home = Scratch()
    let terminal = try terminal(home, environment: ["LC_ALL": locale, "LANG": ""])
    terminal.type("\"日本é😀" + Keys.erase + Keys.erase + Keys.left + Keys.erase + "x" + Keys.end)
    terminal.type("\"\n")
    #expect(try terminal.answer() == "\"x本\"")
  }

  @Test("Tab shows what there is with its types below the line, and the next key takes it away")
  func menu() throws {
    let home = Scratch()
    let terminal = try terminal(home)
    try terminal.enter("let config = (ratio: 75%, rate: \"slow\")")
    terminal.type("config.r\t")
    let shown = try terminal.expect("0.75")
    #expect(shown.contains("ratio") && shown.contains("\"slow\""))
    terminal.type("i")
    // Rows below the line are erased.
    try terminal.expect("\u{1B}[J")
    terminal.type("o\n")
    #expect(try terminal.answer() == "0.75")
    terminal.type("kmeans(1, k: 2, init: \"p\t")
    try terminal.expect("\"plus\"")
    terminal.type("\u{3}")
    _ = try terminal.answer()
  }

  @Test("a narrow terminal and a line longer than it are no obstacle")
  func narrow() throws {
    let home = Scratch()
    let terminal = try terminal(home, columns: 12)
    let numbers = (1...30).map(String.init).joined(separator: "+")
    #expect(try terminal.enter(numbers).hasSuffix("465"))
    terminal.type(numbers + Keys.control("a") + "1" + "\n")
    #expect(try terminal.answer().hasSuffix("475"))
  }

  @Test("a terminal that cannot move its cursor gets plain lines")
  func dumb() throws {
    let home = Scratch()
    let terminal = try terminal(home, environment: ["TERM": "dumb"])
    terminal.type("let xs = [1,\n")
    try terminal.expect(" ... ")
    terminal.type("2]\n")
    try terminal.expect(Terminal.prompt)
    terminal.type("xs\n")
    try terminal.expect("[1, 2]")
    try terminal.expect(Terminal.prompt)
    #expect(try terminal.leave() == 0)
  }

  @Test("history() tells what was entered, and saves what succeeded as a script that runs")
  func historyFunction() throws {
    let home = Scratch()
    let terminal = try terminal(home)
    for line in ["let x = 20", "nothing_there", "print(x * 2)", "?len"] {
      try terminal.enter(line)
    }
    let told = try terminal.enter("history()")
    #expect(told.contains("! nothing_there") && told.contains("  let x = 20"))
    #expect(try terminal.enter("history(\"LET\", last: 1)").hasSuffix("let x = 20"))
    #expect(try terminal.enter("history(save: \"lab.ccv\")").contains("wrote 2 entries"))
    #expect(try terminal.leave() == 0)
    let script = String(decoding: home.bytes(of: "lab.ccv") ?? [], as: UTF8.self)
    #expect(script.contains("let x = 20\nprint(x * 2)\n") && !script.contains("nothing"))
  }
}

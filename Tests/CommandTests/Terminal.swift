import CTestSupport
import Glibc

/// `ccv` in a terminal of its own, as a person sees it.
final class Terminal {
  static let prompt = "ccv> "
  let child: Child
  private let screen: Inbox
  private let keyboard: Int32

  init(
    _ arguments: [String] = [], home: String, columns: Int32 = 200, folder: String? = nil,
    environment: [String: String] = [:]
  ) throws {
    var name = [CChar](repeating: 0, count: 64)
    let main = ccv_test_terminal(50, columns, &name, name.count)
    let path = String(
      decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let own = ["HOME": home, "TERM": "xterm", "NO_COLOR": "1", "INPUTRC": "/dev/null"]
    child = try Child(
      Child.program, arguments, streams: .terminal(path: path),
      environment: Command.environment.merging(own) { $1 }.merging(environment) { $1 },
      folder: folder)
    screen = Inbox(main)
    keyboard = main
  }

  func type(_ text: String) {
    _ = text.withCString { write(keyboard, $0, strlen($0)) }
  }

  /// What appears up to and with a text.
  @discardableResult
  func expect(_ text: String) throws -> String { try screen.read(through: text) }

  /// Types a line and gives what is written before the next prompt, without the echo.
  @discardableResult
  func enter(_ line: String) throws -> String {
    type(line + "\n")
    return try answer()
  }

  /// What is written before the next prompt, behind the echo of the line.
  @discardableResult
  func answer() throws -> String {
    // Readline ends a line that is complete by switching bracketed paste off.
    _ = try screen.read(through: "\u{1B}[?2004l")
    let text = try screen.read(through: "\u{1B}[?2004h")
    return String(text.dropLast("\u{1B}[?2004h".count)).filter { $0 != "\r" }
      .replacing("\r\n", with: "\n").trimmed
  }

  /// Pastes work and waits until it is under way.
  func start(_ work: LongWork) throws {
    paste(work.rawValue)
    type("\n")
    // Behind the echo, in which the mark occurs too.
    try expect("\u{1B}[?2004l")
    try expect(work.sign)
  }

  /// What is pasted comes between marks.
  func paste(_ text: String) { type("\u{1B}[200~\(text)\u{1B}[201~") }

  /// Whether the terminal gathers lines and echoes them, as it does for a shell's commands.
  var isAsUsual: Bool {
    var state = termios()
    tcgetattr(keyboard, &state)
    return state.c_lflag & tcflag_t(ICANON | ECHO) == tcflag_t(ICANON | ECHO)
  }

  /// The window is closed: the system sends SIGHUP.
  func close() { screen.close() }

  /// Ends with Ctrl-D; the exit code.
  func leave() throws -> Int32 {
    try leave(by: "\u{4}")
  }

  /// Types what ends the session; its exit code.
  func leave(by keys: String) throws -> Int32 {
    type(keys)
    _ = try screen.readAll()
    return try child.exitCode()
  }
}

extension String {
  /// Without blanks and line breaks around it.
  var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}

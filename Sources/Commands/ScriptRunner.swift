import Builtins
import CReadline
import Glibc
import REPL
import Session
import Syntax

/// Runs a whole program and reports as a command should: output on standard output, messages on
/// standard error, exit codes 0 ok, 1 run-time error, 2 usage or syntax, 130 interrupted.
struct ScriptRunner {
  let session: Session

  init(arguments: [String]) {
    let host = Host()
    host.arguments = arguments
    host.connect(output: STDOUT_FILENO, notes: STDERR_FILENO) { Output.write($0, to: $1) }
    session = Session(host: host)
    Self.running = session
    MemoryWatch.start(for: session)
    ccv_on_interrupt { ScriptRunner.running?.interrupt() }
    if isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 { talksWhenPaused(session) }
  }

  /// A conversation is made when a program first asks for one.
  private func talksWhenPaused(_ session: Session) {
    var conversation: Conversation?
    session.host.talk = { [unowned session] in
      let talk = conversation ?? Conversation(session: session)
      conversation = talk
      try talk.pause()
    }
  }

  nonisolated(unsafe) private static var running: Session?

  /// Stops the program that runs: what it still has to say cannot be written.
  static func stop() { running?.interrupt() }

  /// - Parameter echoes: whether the value of the last expression is shown (`-e`).
  func run(_ file: SourceFile, echoes: Bool) -> Int32 {
    if echoes, file.bytes.first(where: { $0 != UInt8(ascii: " ") }) == UInt8(ascii: "?") {
      Output.write(session.helpText(for: String(file.text.drop { $0 == " " })), to: STDOUT_FILENO)
      return 0
    }
    let renderer = DiagnosticRenderer(
      usesColor: Output.usesColor(STDERR_FILENO), width: session.host.width())
    let outcome = session.evaluate(file)
    if !session.warnings.isEmpty {
      Output.write(renderer.render(session.warnings) + "\n", to: STDERR_FILENO)
    }
    switch outcome {
    case .value(let text):
      if echoes, let text { Output.write(text + "\n", to: STDOUT_FILENO) }
      return 0
    case .rejected(let diagnostics):
      Output.write(renderer.render(diagnostics) + "\n", to: STDERR_FILENO)
      return 2
    case .failed(let diagnostic):
      Output.write(renderer.render(diagnostic) + "\n", to: STDERR_FILENO)
      return 1
    case .interrupted:
      Output.write("interrupted\n", to: STDERR_FILENO)
      return 130
    case .exit(let code): return code
    }
  }
}

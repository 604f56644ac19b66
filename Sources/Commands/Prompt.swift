import Builtins
import CReadline
import Glibc
import REPL
import Session

/// The prompt: only when both ends are a terminal.
enum Prompt {
  static func run() -> Int32 {
    let host = Host()
    host.write = { Output.write($0, to: STDOUT_FILENO) }
    host.writeNote = { Output.write($0, to: STDOUT_FILENO) }
    host.isInteractive = true
    host.usesColor = Output.usesColor(STDOUT_FILENO)
    host.width = { Int(ccv_terminal_columns()) }
    return Conversation(session: Session(host: host)).run()
  }
}

import Builtins
import Glibc
import REPL
import Session

/// The prompt: only when both ends are a terminal.
enum Prompt {
  static func run() -> Int32 {
    let host = Host()
    host.connect(output: STDOUT_FILENO, notes: STDOUT_FILENO)
    return Conversation(session: Session(host: host)).run()
  }
}

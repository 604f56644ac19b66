import Builtins
import Glibc
import REPL
import Session

/// The prompt: only when both ends are a terminal.
enum Prompt {
  static func run() -> Int32 {
    let host = Host()
    host.connect(output: STDOUT_FILENO, notes: STDOUT_FILENO) { Output.write($0, to: $1) }
    let session = Session(host: host)
    MemoryWatch.start(for: session)
    return Conversation(session: session).run()
  }
}

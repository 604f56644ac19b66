import Builtins
import Session
import Syntax

/// The programs of `scripts/peers.ccv`, run through a session as any script.
enum ScriptBenchmark {
  static func run(_ path: String) throws -> String {
    guard let bytes = SourceReader.read(path) else { throw BenchmarkError.file(path) }
    let session = Session()
    var output = ""
    session.host.write = { output += $0 }
    switch session.evaluate(SourceFile(name: path, bytes: bytes)) {
    case .value: return output
    case .failed(let diagnostic): throw diagnostic
    case .rejected(let diagnostics): throw diagnostics[0]
    case .interrupted, .exit: throw BenchmarkError.file(path)
    }
  }
}

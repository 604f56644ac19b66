import Builtins
import Session
import Syntax

/// Scripts, run through a session as any other.
enum ScriptBenchmark {
  /// A script beside this file in the source tree.
  static func path(_ name: String, source: String = #filePath) -> String {
    source.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/") + "/scripts/\(name)"
  }

  /// What a script prints.
  static func run(_ path: String, arguments: [String] = []) throws -> String {
    var output = ""
    try run(path, arguments: arguments) { output += $0 }
    return output
  }

  /// Hands over what a script prints as it prints it.
  static func run(
    _ path: String, arguments: [String], write: @escaping (String) -> Void
  ) throws {
    guard let bytes = SourceReader.read(path) else { throw BenchmarkError.file(path) }
    let session = Session()
    session.host.arguments = arguments
    session.host.write = write
    switch session.evaluate(SourceFile(name: path, bytes: bytes)) {
    case .value: return
    case .failed(let diagnostic): throw BenchmarkError.failed(diagnostic.message)
    case .rejected(let diagnostics): throw BenchmarkError.failed(diagnostics[0].message)
    case .interrupted, .exit: throw BenchmarkError.file(path)
    }
  }
}

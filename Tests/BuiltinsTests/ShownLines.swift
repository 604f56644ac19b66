import Builtins
import Glibc
import Session
import Syntax
import Testing

/// A program of help, run statement by statement as at a prompt: what a line says behind `# => ` is what
/// it must show.
struct ShownLines {
  /// A statement with the lines that its own lines promise.
  private struct Part {
    let code: String
    let promised: [String]
  }

  private static let mark = "# => "
  private let parts: [Part]

  init(_ program: String) {
    let file = SourceFile(name: "page", text: program)
    let lines = program.split(separator: "\n", omittingEmptySubsequences: false)
    let statements = parse(file).program.statements
    let starts = statements.map { file.line(at: $0.range.start) - 1 }
    parts = zip(statements, zip(starts, starts.dropFirst() + [lines.count])).map { statement, span in
      let promised = lines[span.0..<span.1].compactMap { line in
        line.firstRange(of: Self.mark).map { String(line[$0.upperBound...]) }
      }
      return Part(code: file.text(of: statement.range), promised: promised)
    }
  }

  /// Runs all of it; failures are recorded.
  func check(in session: Session, name: String) throws {
    var output = ""
    session.host.write = { output += $0 }
    session.host.writeNote = { _ in }
    for part in parts {
      output = ""
      switch session.evaluate(part.code, name: name, isPrompt: true) {
      case .value(let shown): output += shown.map { $0 + "\n" } ?? ""
      case .failed(let diagnostic):
        Issue.record("\(name): \(part.code): \(diagnostic.code) \(diagnostic.message)")
      case .rejected(let diagnostics):
        Issue.record("\(name): \(part.code): \(diagnostics.map(\.message))")
      case .interrupted, .exit: Issue.record("\(name): \(part.code) ended otherwise")
      }
      #expect(session.warnings.isEmpty, "\(name): \(part.code)")
      guard !part.promised.isEmpty else { continue }
      #expect(
        output.split(separator: "\n").map(String.init) == part.promised, "\(name): \(part.code)")
    }
  }
}

/// A current folder of its own, for programs that write files.
struct TemporaryFolder {
  private let before: String
  private let folder: String

  init() throws {
    before = try #require(getcwd(nil, 0).map { String(cString: $0) })
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(base)/ccv-help-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    try #require(chdir(folder) == 0)
  }

  func leave() {
    chdir(before)
    _ = system("rm -rf '\(folder)'")
  }
}

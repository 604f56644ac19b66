import Builtins
import Glibc
import Session
import Syntax

/// The tests of one file: the doctests above its functions, and, in a test file, its `test_` functions.
struct TestFile {
  /// One test and how it is run.
  struct Test {
    let name: String
    let line: Int
    let kind: Kind

    enum Kind {
      case whole
      case function
      case doctest(Documentation.Doctest)
    }
  }

  /// How a test ended.
  enum Ending {
    case passed
    case failed(String)
    case interrupted
  }

  let file: SourceFile
  private let parsed: ParseResult

  init(_ file: SourceFile) {
    self.file = file
    parsed = parse(file)
  }

  /// `test_masks.ccv`, `masks_test.ccv`.
  private var isTestFile: Bool {
    let name = file.name.split(separator: "/").last.map(String.init) ?? file.name
    return name.hasPrefix("test_") || name.hasSuffix("_test.ccv")
  }

  /// In the order of the text.
  var tests: [Test] {
    let functions = parsed.program.statements.compactMap { statement -> FunctionDeclaration? in
      if case .function(let declaration) = statement.kind { declaration } else { nil }
    }
    var tests = functions.flatMap { declaration -> [Test] in
      let name = declaration.name.text
      var own = (declaration.documentation?.doctests ?? []).map { doctest in
        Test(name: name, line: file.line(at: doctest.range.start), kind: .doctest(doctest))
      }
      if isTestFile, name.hasPrefix("test_") {
        own.append(
          Test(name: name, line: file.line(at: declaration.name.range.start), kind: .function))
      }
      return own
    }
    // A test file without such functions is one test; one with mistakes of form fails as a whole.
    if tests.isEmpty, isTestFile { tests = [Test(name: "the whole file", line: 1, kind: .whole)] }
    return tests
  }

  /// Runs the file, then each test; `report` is told every ending with its seconds.
  ///
  /// - Returns: whether it ran to its end.
  func run(
    _ tests: [Test], in session: Session, renderer: DiagnosticRenderer,
    report: (Test, Ending, Double) -> Void
  ) -> Bool {
    let output = Captured(session.host)
    let begin = session.host.now
    let ending = self.ending(of: session.evaluate(file), output, renderer)
    for test in tests {
      if case .interrupted = ending { return false }
      var result = ending
      let start = session.host.now
      if case .passed = ending { result = run(test, in: session, output, renderer) }
      let isWhole = if case .whole = test.kind { true } else { false }
      report(test, result, session.host.now - (isWhole ? begin : start))
      if case .interrupted = result { return false }
      // Why the file does not run is said once.
      if case .failed = ending { return true }
    }
    return true
  }

  private func run(
    _ test: Test, in session: Session, _ output: Captured, _ renderer: DiagnosticRenderer
  ) -> Ending {
    output.text = ""
    switch test.kind {
    case .whole: return .passed
    case .function:
      return ending(
        of: session.evaluate("\(test.name)();", name: "<test>"), output, renderer)
    case .doctest(let doctest):
      // Lines above it keep the places in messages true.
      let above = String(repeating: "\n", count: test.line - 1)
      let code = SourceFile(name: file.name, text: above + doctest.code)
      return judged(session.evaluate(code, isPrompt: true), doctest, output, renderer)
    }
  }

  private func judged(
    _ outcome: Outcome, _ doctest: Documentation.Doctest, _ output: Captured,
    _ renderer: DiagnosticRenderer
  ) -> Ending {
    guard case .value(let value) = outcome else { return ending(of: outcome, output, renderer) }
    let shown = output.text + (value ?? "")
    guard !doctest.expected.isEmpty, !ExpectedText(doctest.expected).matches(shown) else {
      return .passed
    }
    let wanted = doctest.expected.map { "  wanted  \($0)" }
    let got = shown.split(separator: "\n", omittingEmptySubsequences: false).map {
      "  got     \($0)"
    }
    let code = doctest.code.split(separator: "\n").map { "  > \($0)" }
    return .failed((code + wanted + got).joined(separator: "\n"))
  }

  private func ending(
    of outcome: Outcome, _ output: Captured, _ renderer: DiagnosticRenderer
  ) -> Ending {
    let lines = output.text.split(separator: "\n").map { "  printed  \($0)" }
    let printed = lines.isEmpty ? "" : "\n" + lines.joined(separator: "\n")
    switch outcome {
    case .value: return .passed
    case .rejected(let diagnostics): return .failed(renderer.render(diagnostics))
    case .failed(let diagnostic): return .failed(renderer.render(diagnostic) + printed)
    case .interrupted: return .interrupted
    case .exit(let code):
      return code == 0 ? .passed : .failed("it left with exit code \(code)" + printed)
    }
  }
}

/// What a session prints, kept until a test fails.
private final class Captured {
  var text = ""

  init(_ host: Host) {
    host.write = { self.text += $0 }
    host.writeNote = { self.text += $0 }
  }
}

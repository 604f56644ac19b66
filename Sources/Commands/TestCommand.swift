import Builtins
import CReadline
import Glibc
import Session
import Syntax

/// `ccv test`: doctests, and files of tests.
enum TestCommand {
  static let help = """
    ccv test [--filter TEXT] [PATH...]   run the tests of files, folders, or all below the current folder

    Doctests stand above a function: `## > area(2, 3)`, and on the next line what it shows, `## 6`.
    Numbers may differ by a millionth part; `...` stands for anything. In files test_*.ccv and
    *_test.ccv each function test_...() is a test; an error or a failing `assert` fails it. A test file
    without such functions is one test. --filter runs those with TEXT in their file's or their own name.

    Exit codes: 0 all pass, 1 failures, 2 usage, 130 interrupted.

    """

  static func run(_ arguments: [String]) -> Int32 {
    var paths: [String] = [], filter = "", rest = arguments[...]
    while let argument = rest.popFirst() {
      switch argument {
      case "--filter":
        guard let text = rest.popFirst() else {
          return CommandUsage.refuse("--filter needs a text", "ccv test --help")
        }
        filter = text
      case "-h", "--help":
        Output.write(help, to: STDOUT_FILENO)
        return 0
      default:
        if argument.hasPrefix("-") {
          return CommandUsage.refuse("test has no option \(argument)", "ccv test --help")
        }
        paths.append(argument)
      }
    }
    guard let files = ScriptFiles.below(paths.isEmpty ? ["."] : paths) else { return 2 }
    var run = Run(filter: filter)
    return run.run(files)
  }

  nonisolated(unsafe) private static var running: Session?

  /// The tests of one call of the command.
  private struct Run {
    let filter: String
    var passed = 0
    var failed = 0
    private let host = Host()
    private var renderer: DiagnosticRenderer
    private var paint: (String, String) -> String

    init(filter: String) {
      self.filter = filter
      host.connect(output: STDOUT_FILENO, notes: STDERR_FILENO) { Output.write($0, to: $1) }
      let usesColor = Output.usesColor(STDOUT_FILENO)
      renderer = DiagnosticRenderer(usesColor: usesColor, width: host.width() - 2)
      paint = { text, color in usesColor ? "\u{1B}[\(color)m\(text)\u{1B}[0m" : text }
    }

    mutating func run(_ files: [String]) -> Int32 {
      ccv_on_interrupt { TestCommand.running?.interrupt() }
      let begin = host.now
      var isWhole = true
      for path in files where isWhole {
        guard let bytes = SourceReader.read(path) else {
          return CommandUsage.refuse(
            "cannot read \(path): \(String(cString: strerror(errno)))", "ccv test --help")
        }
        isWhole = run(TestFile(SourceFile(name: path, bytes: bytes)))
      }
      let counts = "\(passed) passed, \(failed) failed"
      let note = passed + failed == 0 && isWhole ? "; there are no tests here" : ""
      Output.write(
        "\(isWhole ? "" : "interrupted: ")\(counts)\(note), \(seconds(host.now - begin))\n",
        to: STDOUT_FILENO)
      return isWhole ? failed > 0 ? 1 : 0 : 130
    }

    private mutating func run(_ file: TestFile) -> Bool {
      let path = file.file.name
      let tests = file.tests.filter {
        filter.isEmpty || path.contains(filter) || $0.name.contains(filter)
      }
      guard !tests.isEmpty else { return true }
      let session = Session()
      TestCommand.running = session
      defer { TestCommand.running = nil }
      var endings: [(TestFile.Test, TestFile.Ending, Double)] = []
      let isWhole = file.run(tests, in: session, renderer: renderer) { test, ending, time in
        endings.append((test, ending, time))
        tell(test, ending, time, path)
      }
      for case (_, .passed, _) in endings { passed += 1 }
      for case (_, .failed, _) in endings { failed += 1 }
      return isWhole
    }

    private func tell(
      _ test: TestFile.Test, _ ending: TestFile.Ending, _ time: Double, _ path: String
    ) {
      let place = "\(path):\(test.line) \(test.name)"
      switch ending {
      case .passed:
        Output.write("\(paint("ok  ", "32")) \(place)  \(seconds(time))\n", to: STDOUT_FILENO)
      case .failed(let reason):
        let lines = reason.split(separator: "\n", omittingEmptySubsequences: false)
          .map { "  \($0)\n" }.joined()
        Output.write(
          "\(paint("FAIL", "1;31")) \(place)  \(seconds(time))\n\(lines)", to: STDOUT_FILENO)
      case .interrupted: break
      }
    }

    private func seconds(_ time: Double) -> String {
      time < 1 ? "\(Int((time * 1000).rounded())) ms" : "\((time * 100).rounded() / 100) s"
    }
  }
}

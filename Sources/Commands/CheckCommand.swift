import Builtins
import Glibc
import Session
import Syntax

/// `ccv check`: what is wrong with programs, and what may be, without running them.
enum CheckCommand {
  static let help = """
    ccv check [--strict] PATH...   tell what is wrong with programs without running them

    Mistakes of form, unknown names, calls that would fail (options, words and values that a function
    does not take), and warnings: names never used, `let` that hides a variable, values and statements
    without effect. A folder stands for the .ccv files in it, at any depth.

    Exit codes: 0 nothing or warnings alone, 1 warnings with --strict, 2 errors or usage.

    """

  static func run(_ arguments: [String]) -> Int32 {
    var paths: [String] = [], isStrict = false
    for argument in arguments {
      switch argument {
      case "--strict": isStrict = true
      case "-h", "--help":
        Output.write(help, to: STDOUT_FILENO)
        return 0
      default:
        if argument.hasPrefix("-") {
          return CommandUsage.refuse("check has no option \(argument)", "ccv check --help")
        }
        paths.append(argument)
      }
    }
    guard !paths.isEmpty else {
      return CommandUsage.refuse("check needs files or folders", "ccv check --help")
    }
    guard let files = ScriptFiles.below(paths) else { return 2 }
    return check(files, isStrict: isStrict)
  }

  private static func check(_ files: [String], isStrict: Bool) -> Int32 {
    let host = Host()
    host.connect(output: STDOUT_FILENO, notes: STDERR_FILENO) { Output.write($0, to: $1) }
    let renderer = DiagnosticRenderer(
      usesColor: Output.usesColor(STDOUT_FILENO), width: host.width())
    var errors = 0, warnings = 0
    for path in files {
      guard let bytes = SourceReader.read(path) else {
        return CommandUsage.refuse(
          "cannot read \(path): \(String(cString: strerror(errno)))", "ccv check --help")
      }
      // A session each, so that no file sees another one's names.
      let found = Session().check(SourceFile(name: path, bytes: bytes))
      guard !found.isEmpty else { continue }
      Output.write(renderer.render(found, limit: 50) + "\n\n", to: STDOUT_FILENO)
      errors += found.count(where: \.isError)
      warnings += found.count { !$0.isError }
    }
    let counts = "\(counted(files.count, "file")), \(counted(errors, "error")), "
    Output.write(counts + "\(counted(warnings, "warning"))\n", to: STDOUT_FILENO)
    return errors > 0 ? 2 : isStrict && warnings > 0 ? 1 : 0
  }

  private static func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}

import Builtins
import Glibc
import Images
import Session
import Syntax

/// `ccv fmt`: programs in the one style.
enum FormatCommand {
  static let help = """
    ccv fmt [--check] PATH...   rewrite programs in the one style of the language
    ccv fmt -                   read a program from a pipe and write it in that style

    A folder stands for the .ccv files in it, at any depth. Files that are in style already are not
    touched; the others are replaced at once or not at all, and named. --check writes nothing.

    Exit codes: 0 ok, 1 with --check when a file is not in style, 2 usage or syntax.

    """

  static func run(_ arguments: [String]) -> Int32 {
    var paths: [String] = [], checks = false
    for argument in arguments {
      switch argument {
      case "--check": checks = true
      case "-h", "--help":
        Output.write(help, to: STDOUT_FILENO)
        return 0
      case "-": paths.append(argument)
      default:
        if argument.hasPrefix("-") {
          return CommandUsage.refuse("fmt has no option \(argument)", "ccv fmt --help")
        }
        paths.append(argument)
      }
    }
    guard !paths.isEmpty else {
      return CommandUsage.refuse("fmt needs files, folders or -", "ccv fmt --help")
    }
    if paths == ["-"] { return formatStandardInput(checks: checks) }
    guard let files = ScriptFiles.below(paths) else { return 2 }
    return files.map { format($0, checks: checks) }.max() ?? 0
  }

  private static func formatStandardInput(checks: Bool) -> Int32 {
    guard let bytes = SourceReader.readAll(STDIN_FILENO) else {
      return CommandUsage.refuse("cannot read standard input", "ccv fmt --help")
    }
    let file = SourceFile(name: "<stdin>", bytes: bytes)
    guard let text = style(file) else { return 2 }
    if checks { return Array(text.utf8) == bytes ? 0 : 1 }
    Output.write(text, to: STDOUT_FILENO)
    return 0
  }

  private static func format(_ path: String, checks: Bool) -> Int32 {
    guard let bytes = SourceReader.read(path) else {
      return CommandUsage.refuse(
        "cannot read \(path): \(String(cString: strerror(errno)))", "ccv fmt --help")
    }
    guard let text = style(SourceFile(name: path, bytes: bytes)) else { return 2 }
    if Array(text.utf8) == bytes { return 0 }
    Output.write(path + "\n", to: STDOUT_FILENO)
    if checks { return 1 }
    do {
      try AtomicFile.write(Array(text.utf8), to: path)
    } catch {
      return CommandUsage.refuse("\(error)", "ccv fmt --help")
    }
    return 0
  }

  /// The text in style; nil when it has mistakes, which are told.
  private static func style(_ file: SourceFile) -> String? {
    let formatted = formatted(file)
    guard formatted.diagnostics.isEmpty else {
      let renderer = DiagnosticRenderer(usesColor: Output.usesColor(STDERR_FILENO))
      Output.write(renderer.render(formatted.diagnostics) + "\n", to: STDERR_FILENO)
      return nil
    }
    return formatted.text
  }
}

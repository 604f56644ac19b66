import Builtins
import Glibc
import Session
import Syntax

/// The command line: `ccv FILE [args]`, `ccv -e CODE [args]`, `ccv` for the prompt or code from a pipe.
public enum MainCommand {
  /// Runs the command; the exit code.
  public static func run(_ arguments: [String]) -> Int32 {
    // A pipe that is closed (gnuplot, a pager) is an error to report, not a reason to die.
    signal(SIGPIPE, SIG_IGN)
    // So is a file that grows beyond `ulimit -f`.
    signal(SIGXFSZ, SIG_IGN)
    Output.reserveStandardDescriptors()
    return Output.exitCode(after: dispatch(arguments))
  }

  private static func dispatch(_ arguments: [String]) -> Int32 {
    guard let first = arguments.first else {
      return isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
        ? Prompt.run() : runStandardInput()
    }
    switch first {
    case "-e":
      guard arguments.count > 1 else { return usage("-e needs code behind it") }
      return ScriptRunner(arguments: Array(arguments.dropFirst(2)))
        .run(SourceFile(name: "<command line>", text: arguments[1]), echoes: true)
    case "-": return runStandardInput()
    case "check": return CheckCommand.run(Array(arguments.dropFirst()))
    case "test": return TestCommand.run(Array(arguments.dropFirst()))
    case "grammar": return GrammarCommand.run(Array(arguments.dropFirst()))
    case "fmt": return FormatCommand.run(Array(arguments.dropFirst()))
    case "version", "--version":
      Output.write(Version.report(), to: STDOUT_FILENO)
      return 0
    case "help" where arguments.count > 1: return explain(arguments.dropFirst())
    case "-h", "--help", "help":
      Output.write(Self.help, to: STDOUT_FILENO)
      return 0
    default:
      if first.hasPrefix("-") { return usage("there is no option \(first)") }
      return runFile(first, Array(arguments.dropFirst()))
    }
  }

  /// `ccv help NAME`: what `?NAME` says at the prompt.
  private static func explain(_ words: ArraySlice<String>) -> Int32 {
    let host = Host()
    host.connect(output: STDOUT_FILENO, notes: STDERR_FILENO) { Output.write($0, to: $1) }
    let session = Session(host: host)
    let answer = session.help(on: words.joined(separator: " "))
    Output.write(answer.text, to: answer.isFound ? STDOUT_FILENO : STDERR_FILENO)
    return answer.isFound ? 0 : 1
  }

  private static func runFile(_ path: String, _ arguments: [String]) -> Int32 {
    guard let bytes = SourceReader.read(path) else {
      return usage("cannot read \(path): \(String(cString: strerror(errno)))")
    }
    let file = SourceFile(name: path, bytes: bytes)
    if !arguments.isEmpty {
      // A program with mistakes tells them when it is run.
      let header = ScriptHeader(parse(file)), given = ScriptArguments(arguments)
      let isForScript = header.options.contains { $0.name == "help" }
      let isAsked = arguments == ["-h"] || arguments == ["--help"]
      // A script that reads all of its arguments may look for --help among others itself.
      if !isForScript, isAsked || !header.takesAny && given.names.contains("help") {
        Output.write(header.help(for: path), to: STDOUT_FILENO)
        return 0
      }
      if let refusal = header.refusal(of: given.names) {
        return CommandUsage.refuse(refusal, "ccv \(path) --help")
      }
    }
    return ScriptRunner(arguments: arguments).run(file, echoes: false)
  }

  private static func runStandardInput() -> Int32 {
    guard let bytes = SourceReader.readAll(STDIN_FILENO) else {
      return usage("cannot read standard input")
    }
    return ScriptRunner(arguments: []).run(SourceFile(name: "<stdin>", bytes: bytes), echoes: false)
  }

  private static func usage(_ problem: String) -> Int32 {
    CommandUsage.refuse(problem, "ccv --help")
  }

  static let help = """
    ccv - scripting for masked image modelling

      ccv                   the prompt
      ccv FILE [ARGS]       run a script; option("name") and args() give it ARGS
      ccv FILE --help       what a script says of itself, and its options
      ccv -e CODE [ARGS]    run CODE and show its value
      ccv - < FILE          run code from a pipe
      ccv check PATH...     tell what is wrong with programs without running them
      ccv test [PATH...]    run doctests and files of tests
      ccv fmt PATH...       rewrite programs in the one style of the language
      ccv grammar KIND      colours for editors: textmate, vim or pygments
      ccv help NAME...      what there is on a function, an error code or words
      ccv version           version, instruction set, matrix library and threads

    Exit codes: 0 ok, 1 run-time error, 2 usage or syntax, 130 interrupted.

    """
}

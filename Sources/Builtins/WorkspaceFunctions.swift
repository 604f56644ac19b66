import Glibc
import Interpreter
import Syntax

/// Arguments of scripts, help and what there is.
enum WorkspaceFunctions {
  static func functions(_ host: Host) -> [NativeFunction] {
    [option(host), flag(host), args(host), pause(host), help(host)]
  }

  private static func option(_ host: Host) -> NativeFunction {
    NativeFunction(
      "option", "name: string, default?: any", group: "scripts",
      summary: "What stands behind --name among the script's arguments, or the default.",
      details: """
        --name=value works too. `ccv script.ccv --help` lists a script's options with the comments behind them.
        name: without the two dashes.
        default: what holds when the script is not given it, and says the kind: a number (2k and 75% too), \
        true or false, else a string.
        Gives a value of the default's kind; without a default a string, or nil.
        """,
      example: "option(\"epochs\", 10)  # => 10", related: ["flag", "args", "scripts"]
    ) { call in
      let name = try call.string(0)
      let given = ScriptArguments(host.arguments)
      if call[1].isNumber { return Value(try given.number(of: name) ?? call[1].double) }
      if call[1].isBool { return Value(try given.bool(of: name) ?? call[1].isTrue) }
      if let text = try given.text(of: name) { return .string(text) }
      return call[1].isAbsent ? .none : call[1].retained()
    }
  }

  private static func flag(_ host: Host) -> NativeFunction {
    NativeFunction(
      "flag", "name: string", group: "scripts",
      summary: "Whether --name is among the script's arguments.",
      details: """
        name: without the two dashes.
        Gives true or false.
        """,
      example: "flag(\"quick\")  # => false", related: ["option", "args", "scripts"]
    ) { call in Value(try ScriptArguments(host.arguments).flag(try call.string(0))) }
  }

  private static func args(_ host: Host) -> NativeFunction {
    NativeFunction(
      "args", "", group: "scripts", summary: "The script's arguments, a list of strings.",
      details: "Gives a list of strings, in order, options included.",
      example: "args()  # => []", related: ["option", "flag", "scripts"]
    ) { _ in CoreLists.strings(host.arguments) }
  }

  private static func pause(_ host: Host) -> NativeFunction {
    NativeFunction(
      "pause", "if=true any", group: "scripts",
      summary: "Opens a prompt in the middle of a program, which sees and changes its variables.",
      details: """
        if: whether to, `pause(if: loss > 9)`.
        Ctrl-D or `continue` goes on; `exit()` leaves. Lines run in the scope of the call: the variables of
        the loops and of the function around it can be shown and changed, and `whos()` lists them. A
        function that is made there keeps their values as they were at the last line.
        Without a terminal it does nothing but say so, once.
        Gives nothing.
        """,
      example: "for i in 1..3 { pause(if: i > 100) }", related: ["whos", "assert"]
    ) { call in
      if call.has(0), try !call.machine.truth(call[0]) { return .none }
      guard let talk = host.talk else {
        if !host.hasPassedPause { host.writeNote("pause: passed over, there is no terminal\n") }
        host.hasPassedPause = true
        return .none
      }
      host.settle()
      try host.pauseProgram(talk)
      return .none
    }
  }

  private static func help(_ host: Host) -> NativeFunction {
    NativeFunction(
      "help", "topic?: any", group: "output and time",
      summary: "Explains a function, a topic or an error code, or searches words.",
      details: """
        topic: a function, or a name, a code or words as a string; the front page when left out.
        Gives nothing.
        """,
      example: "help(\"kmeans\")", related: ["history", "whos", "keys"]
    ) { call in
      host.write(TerminalText.folded(page(call, host), to: host.width()))
      return .none
    }
  }

  private static func page(_ call: Interpreter.Call, _ host: Host) -> String {
    if !call.has(0) { return HelpPages.overview }
    if let native = call[0].native { return HelpPages.page(native) }
    if let closure = call[0].closure { return HelpPages.page(closure) }
    return HelpPages.topic(Display.text(call[0]), call.machine, host)
  }
}

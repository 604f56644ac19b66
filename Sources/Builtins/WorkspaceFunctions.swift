import Glibc
import Interpreter
import Syntax

/// Arguments of scripts, help and what there is.
enum WorkspaceFunctions {
  static func functions(_ host: Host) -> [NativeFunction] {
    [option(host), flag(host), args(host), help(host)]
  }

  private static func option(_ host: Host) -> NativeFunction {
    NativeFunction(
      "option", "name: string, default?: any", group: "scripts",
      summary: "What stands behind --name among the script's arguments, or the default.",
      details: "Of the default's kind: a number (2k and 75% too), true or false, else a string. "
        + "--name=value works too. `ccv script.ccv --help` lists a script's options with the comments "
        + "behind them.",
      example: "option(\"epochs\", 10)", related: ["flag", "args"]
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
      example: "flag(\"quick\")", related: ["option"]
    ) { call in Value(try ScriptArguments(host.arguments).flag(try call.string(0))) }
  }

  private static func args(_ host: Host) -> NativeFunction {
    NativeFunction(
      "args", "", group: "scripts", summary: "The script's arguments, a list of strings.",
      example: "args()",
      related: ["option", "flag"]
    ) { _ in CoreLists.strings(host.arguments) }
  }

  private static func help(_ host: Host) -> NativeFunction {
    NativeFunction(
      "help", "topic?: any", group: "output and time",
      summary: "Explains a function or an error code, searches words, or gives an overview.",
      example: "help(\"kmeans\")", related: []
    ) { call in
      host.write(TerminalText.folded(page(call, host), to: host.width()))
      return .none
    }
  }

  private static func page(_ call: Interpreter.Call, _ host: Host) -> String {
    if !call.has(0) { return HelpPages.overview(call.machine, host) }
    if let native = call[0].native { return HelpPages.page(native) }
    if let closure = call[0].closure { return HelpPages.page(closure) }
    return HelpPages.topic(Display.text(call[0]), call.machine, host)
  }
}

import Glibc
public import Interpreter
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
      details: "A number if the default is one, else a string. --name=value works too.",
      example: "option(\"epochs\", 10)", related: ["flag", "args"]
    ) { call in
      let name = try call.string(0)
      guard let text = value(of: name, host.arguments) else {
        return call[1].isAbsent ? .none : call[1].retained()
      }
      if call[1].isNumber {
        guard let number = Double(text.filter { $0 != "_" }) else {
          throw Diagnosis("E119", "--\(name) is \"\(text)\", wanted a number")
        }
        return Value(number)
      }
      return .string(text)
    }
  }

  private static func value(of name: String, _ arguments: [String]) -> String? {
    for (index, argument) in arguments.enumerated() {
      if argument == "--" + name, index + 1 < arguments.count { return arguments[index + 1] }
      if argument.hasPrefix("--\(name)=") { return String(argument.dropFirst(name.count + 3)) }
    }
    return nil
  }

  private static func flag(_ host: Host) -> NativeFunction {
    NativeFunction(
      "flag", "name: string", group: "scripts",
      summary: "Whether --name is among the script's arguments.",
      example: "flag(\"quick\")", related: ["option"]
    ) { call in Value(host.arguments.contains("--" + (try call.string(0)))) }
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
      if !call.has(0) {
        host.write(HelpPages.overview(call.machine))
      } else if let native = call[0].native {
        host.write(HelpPages.page(native))
      } else if let closure = call[0].closure {
        host.write(HelpPages.page(closure))
      } else {
        host.write(HelpPages.topic(Display.text(call[0]), call.machine))
      }
      return .none
    }
  }
}

/// The texts of help.
public enum HelpPages {
  /// Functions by group, and how to go on.
  public static func overview(_ machine: Machine) -> String {
    var groups: [(String, [String])] = []
    for native in machine.builtins {
      if let index = groups.firstIndex(where: { $0.0 == native.group }) {
        groups[index].1.append(native.name)
      } else {
        groups.append((native.group, [native.name]))
      }
    }
    var text = "ccv: scripting for masked image modelling\n\n"
    for (group, names) in groups.sorted(by: { $0.0 < $1.0 }) {
      text += "  \(group)\n    \(names.sorted().joined(separator: "  "))\n"
    }
    return text + """

      ?name explains a function, ??name shows its source, ?E021 an error, ?two words searches.
      Methods written in the language: ??ccvit

      """
  }

  public static func page(_ native: NativeFunction) -> String {
    var text = "\(native.signature)\n\n  \(native.summary)\n"
    if !native.details.isEmpty { text += "  \(native.details)\n" }
    let described = native.parameters.filter { !$0.type.isEmpty }
    if !described.isEmpty {
      text += "\n"
      let width = described.map(\.name.count).max() ?? 0
      for parameter in described {
        let blanks = String(repeating: " ", count: width - parameter.name.count + 2)
        let standard = parameter.defaultText.map { " (\($0) when left out)" } ?? ""
        text += "    \(parameter.name)\(blanks)\(parameter.type)\(standard)\n"
      }
    }
    if !native.example.isEmpty {
      text += "\n  Example\n" + native.example.split(separator: "\n").map { "    \($0)\n" }.joined()
    }
    if !native.related.isEmpty {
      text += "\n  See also: \(native.related.joined(separator: ", "))\n"
    }
    return text
  }

  public static func page(_ closure: ClosureObject) -> String {
    let lines = closure.documentation.isEmpty ? ["(no ## lines above it)"] : closure.documentation
    return "\(closure.signature)\n\n" + lines.map { "  \($0)\n" }.joined()
  }

  /// A function by name, an error by code, or all functions whose text has the words.
  public static func topic(_ topic: String, _ machine: Machine) -> String {
    if let native = machine.builtins.first(where: { $0.name == topic }) { return page(native) }
    if let page = ErrorPages.page(topic) { return page.text }
    let words = topic.lowercased().split(separator: " ")
    let hits = machine.builtins.filter { native in
      let text = "\(native.name) \(native.summary) \(native.details)".lowercased()
      return words.allSatisfy { text.contains($0) }
    }
    guard !hits.isEmpty else {
      let near = Suggestion.nearest(to: topic, among: machine.builtins.map(\.name)).first
      return "There is no help on \"\(topic)\"."
        + (near.map { " Did you mean ?\($0)" } ?? " help() lists all.") + "\n"
    }
    return hits.map { "  \($0.signature)\n      \($0.summary)\n" }.joined()
  }
}

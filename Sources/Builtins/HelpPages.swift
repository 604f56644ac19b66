public import Interpreter
import Syntax

/// The texts of help.
public enum HelpPages {
  private static let methods = "methods, written in the language itself"

  /// Functions by group, and how to go on.
  public static func overview(_ machine: Machine, _ host: Host) -> String {
    var groups: [(String, [String])] = []
    for native in machine.builtins {
      if let index = groups.firstIndex(where: { $0.0 == native.group }) {
        groups[index].1.append(native.name)
      } else {
        groups.append((native.group, [native.name]))
      }
    }
    groups.append((methods, host.libraryFunctions().map(\.name)))
    var text = "ccv: scripting for masked image modelling\n\n"
    for (group, names) in groups.sorted(by: { $0.0 < $1.0 }) {
      text += "  \(group)\n    \(names.sorted().joined(separator: "  "))\n"
    }
    return text + """

      ?name explains a function, ??name shows its source, ?E021 an error, ?two words searches.

      """
  }

  /// The page of a function of the host.
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

  /// The page of a function of the language.
  public static func page(_ closure: ClosureObject) -> String {
    let lines = closure.documentation.isEmpty ? ["(no ## lines above it)"] : closure.documentation
    return "\(closure.signature)\n\n" + paragraphs(lines).map { "  \($0)\n" }.joined()
  }

  /// Lines of a documentation with each paragraph in one, so that it can be folded to any width.
  ///
  /// Indented lines (examples, tables) and items that `-` starts keep lines of their own.
  static func paragraphs(_ lines: [String]) -> [String] {
    var joined = [String](), isOpen = false
    for line in lines {
      let isText = !line.isEmpty && !line.hasPrefix(" ") && !line.hasPrefix("- ")
      if isText, isOpen {
        joined[joined.count - 1] += " " + line
      } else {
        joined.append(line)
      }
      isOpen = isText || line.hasPrefix("- ")
    }
    return joined
  }

  /// A function by name, an error by code, or all functions whose text has the words.
  public static func topic(_ topic: String, _ machine: Machine, _ host: Host) -> String {
    if let native = machine.builtins.first(where: { $0.name == topic }) { return page(native) }
    if let page = ErrorPages.page(topic) { return page.text }
    let entries = machine.builtins.map(entry) + host.libraryFunctions().map(entry)
    let hits = HelpSearch.hits(topic, among: entries)
    guard !hits.isEmpty else {
      let near = Suggestion.nearest(to: topic, among: entries.map(\.name)).first
      return "There is no help on \"\(topic)\"."
        + (near.map { " Did you mean ?\($0)" } ?? " help() lists all.") + "\n"
    }
    return hits.map { "  \($0.signature)\n      \($0.summary)\n" }.joined()
  }

  private static func entry(_ native: NativeFunction) -> HelpEntry {
    HelpEntry(
      name: native.name, signature: native.signature, summary: native.summary,
      details: "\(native.details) \(native.group)")
  }

  /// The first sentence above a function of the library is its summary.
  private static func entry(_ closure: ClosureObject) -> HelpEntry {
    let text = closure.documentation.joined(separator: " ")
    let sentences = text.split(separator: ". ", maxSplits: 1)
    let isWhole = sentences.count < 2
    return HelpEntry(
      name: closure.name, signature: closure.signature,
      summary: isWhole ? text : sentences[0] + ".", details: isWhole ? "" : String(sentences[1]))
  }
}

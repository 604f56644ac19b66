import Builtins
public import Interpreter
import Syntax

/// A parameter as completion shows it.
public struct ParameterOffer: Sendable, Equatable {
  /// Its name, which an option is given by.
  public let name: String
  /// Whether it is given by name.
  public let isOption: Bool
  /// What it takes and its default, in words.
  public let note: String
  /// The words that it takes, without quotes; empty if it takes any value.
  public let words: [String]
}

extension Session {
  /// The parameters of a function of the session, the library or the host; nil when there is no such
  /// function.
  public func parameters(of name: String) -> [ParameterOffer]? {
    if let closure = closure(named: name) {
      let documentation = closure.documentation.joined(separator: " ")
      return closure.parameters.map { name, standard in
        ParameterOffer(
          name: name, isOption: standard != nil,
          note: standard.map { "\($0) when left out" } ?? "",
          words: standard != nil ? Self.words(of: name, in: documentation) : [])
      }
    }
    if value(of: name) != nil { return nil }
    return machine.builtinIndex(name).map { machine.builtins[$0].parameters.map(Self.offer) }
  }

  private static func offer(_ parameter: NativeFunction.Parameter) -> ParameterOffer {
    let standard = parameter.defaultText.map { $0 == "nil" ? "" : "\($0) when left out" } ?? ""
    return ParameterOffer(
      name: parameter.name, isOption: parameter.isOption,
      note: [parameter.type, standard].filter { !$0.isEmpty }.joined(separator: ", "),
      words: parameter.words)
  }

  /// The quoted words of the sentence that begins to speak of an option: `size` is "micro" or "tiny".
  private static func words(of option: String, in documentation: String) -> [String] {
    for opening in ["`\(option)` is ", "`\(option)`: "] {
      guard let start = documentation.firstRange(of: opening)?.upperBound,
        documentation[start...].hasPrefix("\"")
      else { continue }
      let end = documentation[start...].firstIndex { ".;(".contains($0) } ?? documentation.endIndex
      return quotedWords(documentation[start..<end])
    }
    return []
  }

  private static func quotedWords(_ text: Substring) -> [String] {
    text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }
  }

  /// What a name stands for, in a line: the type and shape of a variable, the summary of a function.
  public func note(on name: String) -> String {
    if let value = value(of: name), value.closure == nil { return note(on: value) }
    if let closure = closure(named: name) {
      let sentence = closure.documentation.first.map { line in
        line.firstRange(of: ". ").map { String(line[..<$0.lowerBound]) + "." } ?? line
      }
      let parameters = closure.signature.dropFirst(closure.name.count)
      return [String(parameters), sentence ?? ""].filter { !$0.isEmpty }.joined(separator: "  ")
    }
    return machine.builtinIndex(name).map { machine.builtins[$0].summary } ?? ""
  }

  /// The type of a value and what says most about it.
  public func note(on value: Value) -> String {
    let type = Display.typeName(value)
    let line = Display.summary(value, width: 60).prefix { $0 != "\n" }
    return line.hasPrefix(type) ? String(line) : "\(type)  \(line)"
  }
}

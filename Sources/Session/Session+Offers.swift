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
      let told = FunctionHelp(closure)
      return closure.parameters.map { name, standard in
        let meaning = told.parameters.first { $0.name == name }
        return ParameterOffer(
          name: name, isOption: standard != nil,
          note: meaning?.text ?? standard.map { "\($0) when left out" } ?? "",
          words: standard != nil ? Self.words(meaning?.meaning ?? "") : [])
      }
    }
    guard value(of: name) == nil, let index = machine.builtinIndex(name) else { return nil }
    let native = machine.builtins[index]
    let told = FunctionHelp(native).parameters.filter { $0.name != FunctionHelp.more }
    return zip(native.parameters, told).map { parameter, told in
      ParameterOffer(
        name: parameter.name, isOption: parameter.isOption, note: told.text,
        words: parameter.words)
    }
  }

  /// The words that an option takes, which what is said of it begins with: `"micro", "tiny" or "base"`.
  private static func words(_ meaning: String) -> [String] {
    guard meaning.hasPrefix("\"") else { return [] }
    let end = meaning.firstIndex { ".;(:".contains($0) } ?? meaning.endIndex
    return quotedWords(meaning[..<end])
  }

  private static func quotedWords(_ text: Substring) -> [String] {
    text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }
  }

  /// What a name stands for, in a line: the type and shape of a variable, the summary of a function.
  public func note(on name: String) -> String {
    if let value = value(of: name), value.closure == nil { return note(on: value) }
    if let closure = closure(named: name) {
      let summary = FunctionHelp(closure).summary
      let parameters = closure.signature.dropFirst(closure.name.count)
      return [String(parameters), summary].filter { !$0.isEmpty }.joined(separator: "  ")
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

public import Interpreter
import Syntax

/// What stands behind a script's name, as its `option` and `flag` read it.
///
/// `--name value` and `--name=value` give an option, `--name` a flag. What follows a `--` of its own is
/// for `args` alone. A value does not begin with `--`, except behind an equals sign.
public struct ScriptArguments {
  private let words: [String]

  public init(_ words: [String]) {
    self.words = Array(words.prefix { $0 != "--" })
  }

  /// The names that are given, without dashes, in order.
  public var names: [String] {
    words.filter { $0.hasPrefix("--") }.map { String($0.dropFirst(2).prefix { $0 != "=" }) }
  }

  /// What is given under a name; the last one counts. Nil if nothing is.
  public func text(of name: String) throws(Diagnosis) -> String? {
    for (index, word) in words.enumerated().reversed() {
      if word.hasPrefix("--\(name)=") { return String(word.dropFirst(name.count + 3)) }
      guard word == "--" + name else { continue }
      guard index + 1 < words.count, !words[index + 1].hasPrefix("--") else {
        throw Diagnosis("E119", "--\(name) has no value", hint: "`--\(name) VALUE`.")
      }
      return words[index + 1]
    }
    return nil
  }

  /// A number as the language writes it: `0.1`, `4e-3`, `2k`, `75%`.
  public func number(of name: String) throws(Diagnosis) -> Double? {
    guard let text = try text(of: name) else { return nil }
    guard let number = Self.number(text) else {
      throw Diagnosis(
        "E119", "--\(name) is \"\(text)\", wanted a number", hint: "`--\(name) 10`, 2k, 4e-3 or 75%.")
    }
    return number
  }

  /// `true` or `false`.
  public func bool(of name: String) throws(Diagnosis) -> Bool? {
    guard let text = try text(of: name) else { return nil }
    guard text == "true" || text == "false" else {
      throw Diagnosis(
        "E119", "--\(name) is \"\(text)\", wanted true or false", hint: "`--\(name) true`.")
    }
    return text == "true"
  }

  /// Whether a flag is given: `--quick`, or `--quick=true`.
  public func flag(_ name: String) throws(Diagnosis) -> Bool {
    for word in words.reversed() {
      if word == "--" + name { return true }
      guard word.hasPrefix("--\(name)=") else { continue }
      let text = word.dropFirst(name.count + 3)
      guard text == "true" || text == "false" else {
        throw Diagnosis(
          "E119", "--\(name) is a flag and takes no value, not \"\(text)\"", hint: "`--\(name)`.")
      }
      return text == "true"
    }
    return false
  }

  private static func number(_ text: String) -> Double? {
    let isNegative = text.hasPrefix("-")
    let digits = String(text.dropFirst(isNegative ? 1 : 0))
    let parsed = parse(SourceFile(name: "<argument>", text: digits))
    guard parsed.diagnostics.isEmpty, parsed.program.statements.count == 1,
      case .expression(let value) = parsed.program.statements[0].kind,
      case .number(let number) = value.kind
    else { return nil }
    return isNegative ? -number : number
  }
}

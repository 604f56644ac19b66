public import Syntax

/// What a script says of itself: its first `##` lines, and the options that it asks for.
///
/// Found in the text, without running it: calls of `option` and `flag` with a name in quotes.
public struct ScriptHeader: Sendable {
  /// An option or a flag of a script.
  public struct Option: Sendable, Equatable {
    /// Its name, without dashes.
    public let name: String
    /// The default as it is written; empty where there is none.
    public let standard: String
    /// Whether it takes no value.
    public let isFlag: Bool
    /// The comment behind the call, on the same line.
    public let note: String
  }

  /// The `##` lines that the script begins with, without their signs.
  public let description: String
  /// In the order of the text; a name that comes twice counts once.
  public let options: [Option]
  /// Whether it asks for arguments in ways that the text does not tell: `args()`, or a computed name.
  public let takesAny: Bool

  /// Reads it out of a parse.
  public init(_ parsed: ParseResult) {
    var finder = OptionFinder(parsed.file)
    finder.search(parsed.program.statements)
    options = finder.options
    takesAny = finder.takesAny
    description = Self.description(in: parsed.file)
  }

  private static func description(in file: SourceFile) -> String {
    let comments = tokens(in: file).prefix {
      $0.kind == .comment || $0.kind == .documentation || $0.kind == .newline
    }
    return comments.filter { $0.kind == .documentation }.map { token in
      let line = file.text(of: token.range).drop { $0 == "#" }
      return String(line.first == " " ? line.dropFirst() : line)
    }.joined(separator: "\n")
  }

  /// What `ccv script.ccv --help` prints.
  public func help(for path: String) -> String {
    var text = description.isEmpty ? "" : description + "\n\n"
    text += "ccv \(path)" + (options.isEmpty ? "" : " [OPTIONS]") + (takesAny ? " [ARGS]" : "")
    text += "\n"
    guard !options.isEmpty else { return text }
    let heads = options.map { option in
      "--\(option.name)" + (option.isFlag ? "" : " \(option.name.uppercased())")
    }
    let width = heads.map(\.count).max() ?? 0
    for (head, option) in zip(heads, options) {
      let standard = option.standard.isEmpty ? "" : "default \(option.standard)"
      let words = [option.note, standard].filter { !$0.isEmpty }.joined(separator: "; ")
      let blank = String(repeating: " ", count: width - head.count)
      text += "  \(head)\(words.isEmpty ? "" : blank + "  " + words)\n"
    }
    return text
  }

  /// What is wrong with the names that a command line gives; nil when the script asks for all of them.
  public func refusal(of names: [String]) -> String? {
    guard !options.isEmpty, !takesAny else { return nil }
    let known = options.map(\.name)
    guard let name = names.first(where: { !known.contains($0) }) else { return nil }
    let near = Suggestion.nearest(to: name, among: known, limit: 1).first
    return "the script has no option --\(name)"
      + (near.map { "; is --\($0) meant?" }
        ?? ", only " + known.map { "--\($0)" }.joined(separator: ", "))
  }
}

/// Looks for calls of `option`, `flag` and `args`.
private struct OptionFinder {
  private let file: SourceFile
  private let comments: [Token]
  private(set) var options: [ScriptHeader.Option] = []
  private(set) var takesAny = false

  init(_ file: SourceFile) {
    self.file = file
    comments = tokens(in: file).filter { $0.kind == .comment }
  }

  mutating func search(_ statements: [Stmt]) {
    for statement in statements {
      statement.parts.forEach { search($0) }
      statement.blocks.forEach { search($0.statements) }
    }
  }

  private mutating func search(_ expression: Expr) {
    if case .call(let call) = expression.kind, case .name(let name) = call.callee.kind {
      note(name, call)
    }
    expression.parts.forEach { search($0) }
    expression.blocks.forEach { search($0.statements) }
  }

  private mutating func note(_ function: String, _ call: Call) {
    if function == "args" { takesAny = true }
    guard function == "option" || function == "flag", let first = call.arguments.first else {
      return
    }
    guard case .string(let parts) = first.value.kind, case .text(let name)? = parts.first,
      parts.count == 1
    else {
      takesAny = true
      return
    }
    guard !options.contains(where: { $0.name == name }) else { return }
    let standard = call.arguments.dropFirst().first.map { file.text(of: $0.value.range) } ?? ""
    options.append(
      ScriptHeader.Option(
        name: name, standard: standard, isFlag: function == "flag",
        note: comment(after: first.range)
      ))
  }

  private func comment(after range: SourceRange) -> String {
    let line = file.line(at: range.start)
    guard
      let comment = comments.first(where: {
        $0.range.start > range.end && file.line(at: $0.range.start) == line
      })
    else { return "" }
    return String(file.text(of: comment.range).drop { $0 == "#" || $0 == " " })
  }
}

/// A page of help on something that is not one function: a part of the language, a kind of work.
///
/// Indented lines of the body are one program, unless the page is a table: tests run it and look
/// whether a line that ends in `# => text` shows that text.
public struct TopicPage: Sendable {
  /// What `?name` asks for.
  public let name: String
  /// Other words and signs that lead here.
  public let otherNames: [String]
  /// One sentence.
  public let summary: String
  /// Paragraphs and indented lines.
  let body: String
  private let isTable: Bool

  /// - Parameter isTable: whether its indented lines are for reading, no program.
  init(
    _ name: String, _ otherNames: [String], _ summary: String, isTable: Bool = false, _ body: String
  ) {
    (self.name, self.otherNames, self.summary, self.body) = (name, otherNames, summary, body)
    self.isTable = isTable
  }

  private var content: HelpText {
    HelpText(body.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
  }

  /// The page as text, each paragraph in one line.
  public var text: String {
    let content = content
    let lines = content.prose.map { $0.isEmpty ? "\n" : "  \($0)\n" }.joined()
    return "\(name): \(summary)\n\n\(lines)\n  See also: "
      + content.related.joined(separator: ", ") + "\n"
  }

  /// The names under `See also`.
  public var related: [String] { content.related }

  /// The program of its indented lines; empty where they are a table.
  public var program: String {
    guard !isTable else { return "" }
    return content.prose.filter { $0.hasPrefix("  ") }.map { $0.dropFirst(2) + "\n" }.joined()
  }
}

/// The pages of all topics.
public enum TopicPages {
  /// In the order in which the front page names them.
  public static let all: [TopicPage] = language + work + prompt

  /// The page of a name, or of another word for it.
  public static func page(_ name: String) -> TopicPage? {
    let name = name.lowercased()
    return all.first { $0.name == name } ?? all.first { $0.otherNames.contains(name) }
  }
}

public import Interpreter
import Syntax

/// The texts of help.
public enum HelpPages {
  /// What help answers.
  public struct Answer: Sendable {
    /// Lines, not folded to any width.
    public let text: String
    /// Whether there was anything about the question.
    public let isFound: Bool

    /// An answer of that text.
    public init(text: String, isFound: Bool) { (self.text, self.isFound) = (text, isFound) }
  }

  /// The front page.
  public static var overview: String { FrontPage.text }

  /// The page of a function of the host.
  public static func page(_ native: NativeFunction) -> String { page(FunctionHelp(native)) }

  /// The page of a function of the language.
  public static func page(_ closure: ClosureObject) -> String { page(FunctionHelp(closure)) }

  private static func page(_ help: FunctionHelp) -> String {
    var text = help.signature + "\n\n"
    for line in help.prose { text += line.isEmpty ? "\n" : "  \(line)\n" }
    if !help.parameters.isEmpty { text += "\n" + table(help.parameters) }
    if !help.result.isEmpty { text += "\n  \(help.result)\n" }
    if !help.example.isEmpty {
      text += "\n  Example\n" + help.example.map { "    \($0)\n" }.joined()
    }
    if !help.related.isEmpty { text += "\n  See also: \(help.related.joined(separator: ", "))\n" }
    return text
  }

  private static func table(_ parameters: [FunctionHelp.Parameter]) -> String {
    let width = parameters.map(\.name.count).max() ?? 0
    return parameters.map { parameter in
      let blanks = String(repeating: " ", count: width - parameter.name.count + 2)
      return "    \(parameter.name)\(blanks)\(parameter.text)\n"
    }.joined()
  }

  /// A function, a topic or an error code, by name; else what the words find.
  public static func answer(_ question: String, _ machine: Machine, _ host: Host) -> Answer {
    let topic = plain(question)
    if let native = machine.builtins.first(where: { $0.name == topic }) {
      // `?keys` may mean the function or the prompt's keys.
      let other = TopicPages.all.first { $0.name == topic }.map { "\n" + $0.text } ?? ""
      return Answer(text: page(native) + other, isFound: true)
    }
    if topic == "reference" {
      let text = FrontPage.reference(machine.builtins, library: host.libraryFunctions().map(\.name))
      return Answer(text: text, isFound: true)
    }
    if let page = ErrorPages.page(topic) { return Answer(text: page.text, isFound: true) }
    if let page = TopicPages.page(topic) { return Answer(text: page.text, isFound: true) }
    return search(topic, machine, host)
  }

  /// The text of `answer`.
  public static func topic(_ topic: String, _ machine: Machine, _ host: Host) -> String {
    answer(topic, machine, host).text
  }

  /// A question without what surrounds its words: `kmeans()`, `how do I plot?`.
  static func plain(_ question: String) -> String {
    var text = question[...]
    for ending in ["()", "("] where text.count > 2 && text.hasSuffix(ending) {
      text = text.dropLast(ending.count)
    }
    while text.count > 1, let last = text.last, last == "?" || last == " " {
      text = text.dropLast()
    }
    return String(text)
  }

  private static func search(_ words: String, _ machine: Machine, _ host: Host) -> Answer {
    let library = host.libraryFunctions()
    let own = host.variables().compactMap { $0.value.closure }
    let entries =
      own.map { HelpEntry(FunctionHelp($0), group: "") }
      + machine.builtins.map { HelpEntry(FunctionHelp($0), group: $0.group) }
      + library.map { HelpEntry(FunctionHelp($0), group: FrontPage.methods) }
      + TopicPages.all.map { HelpEntry($0) } + ErrorPages.all.map { HelpEntry($0) }
    let hits = HelpSearch.hits(words, among: entries)
    guard let first = hits.first else { return nothing(words, entries) }
    if hits.count == 1 {
      if let closure = (own + library).first(where: { $0.name == first.name }) {
        return Answer(text: page(closure), isFound: true)
      }
      return answer(first.name, machine, host)
    }
    let list = hits.map { "  \($0.title)\n      \($0.summary)\n" }.joined()
    return Answer(text: list + "\n?\(first.name) tells more.\n", isFound: true)
  }

  private static func nothing(_ words: String, _ entries: [HelpEntry]) -> Answer {
    let names = entries.map(\.name) + TopicPages.all.flatMap(\.otherNames)
    let near = Suggestion.nearest(to: words, among: names).first
    return Answer(
      text: "There is no help on \"\(words)\"."
        + (near.map { " Did you mean ?\($0)" } ?? " ?reference lists all functions.") + "\n",
      isFound: false)
  }
}

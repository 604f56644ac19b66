public import Interpreter

/// What help says of a function, read from the texts of a native function or from `##` lines.
///
/// In these texts a line `name: ...` says what a parameter means, `...: ...` what further values do,
/// `Gives ...` what comes back and `See also: a, b` what to look at next; lines that follow continue
/// it up to an empty one. All else is prose.
public struct FunctionHelp: Sendable {
  /// A parameter as a page lists it.
  public struct Parameter: Sendable {
    /// As it is written in a call; `...` stands for any number of further values.
    public let name: String
    /// What it takes and what holds without it; empty where nobody said so.
    public let kind: String
    /// What it does; empty where nobody said so.
    public let meaning: String

    /// Both in a line.
    public var text: String { [kind, meaning].filter { !$0.isEmpty }.joined(separator: ": ") }
  }

  /// As it is called.
  public let name: String
  /// `kmeans(patches, k:, iters: 25)`.
  public let signature: String
  /// The signature without what may be left out: `kmeans(patches, k:, ...)`.
  public let shortSignature: String
  /// Its first sentence.
  public let summary: String
  /// The summary and what is said besides; an empty string stands between paragraphs.
  public let prose: [String]
  /// Those of a host's function, and those of the language's that are told of.
  public let parameters: [Parameter]
  /// `Gives ...`; empty where nobody said so.
  public let result: String
  /// Lines of a program; what a line shows stands behind its `# => `.
  public let example: [String]
  /// Functions and topics to look at next.
  public let related: [String]

  /// Reads a function of the host.
  public init(_ native: NativeFunction) {
    var names = native.parameters.map(\.name)
    if native.isVariadic || native.collectsFields { names.append(Self.more) }
    let text = HelpText(
      native.details.split(separator: "\n", omittingEmptySubsequences: false)
        .map(String.init), names: names)
    name = native.name
    signature = native.signature
    let needed = native.parameters.filter { !$0.isOption || $0.isRequired }
    shortSignature = Self.short(
      native.name, needed.map { $0.isOption ? $0.name + ":" : $0.name },
      hasMore: needed.count < native.parameters.count || native.isVariadic || native.collectsFields)
    summary = native.summary
    prose = [native.summary] + (text.prose.isEmpty ? [] : [""] + text.prose)
    result = text.result
    example = native.example.split(separator: "\n").map(String.init)
    related = native.related
    let described = native.parameters.map { parameter in
      let meaning = text.meanings[parameter.name] ?? ""
      return Parameter(
        name: parameter.name, kind: Self.kind(parameter, meaning), meaning: meaning)
    }
    let further = text.meanings[Self.more].map { Parameter(name: Self.more, kind: "", meaning: $0) }
    parameters =
      native.isVariadic
      ? further.map { [$0] + described } ?? described
      : described + (further.map { [$0] } ?? [])
  }

  /// Reads the `##` lines of a function of the language.
  public init(_ closure: ClosureObject) {
    let text = HelpText(closure.documentation, names: closure.parameters.map(\.name))
    name = closure.name
    signature = closure.signature
    let needed = closure.parameters.filter { $0.defaultText == nil }.map(\.name)
    shortSignature = Self.short(
      closure.name, needed, hasMore: needed.count < closure.parameters.count)
    summary = HelpText.firstSentence(text.prose.first ?? "")
    prose = closure.documentation.isEmpty ? ["(no ## lines above it)"] : text.prose
    result = text.result
    example = text.example
    related = text.related
    parameters = closure.parameters.compactMap { name, standard in
      text.meanings[name].map { meaning in
        let kind = standard.map { $0 == "nil" ? "optional" : "\($0) when left out" } ?? ""
        return Parameter(name: name, kind: kind, meaning: meaning)
      }
    }
  }

  private static func short(_ name: String, _ needed: [String], hasMore: Bool) -> String {
    "\(name)(\((needed + (hasMore ? ["..."] : [])).joined(separator: ", ")))"
  }

  /// The name under which the texts tell of values beyond the parameters.
  public static let more = "..."

  /// `number, 25 when left out`; without the type where the meaning begins with it, as `a list of ...`
  /// and `"mean" or ...` do.
  private static func kind(_ parameter: NativeFunction.Parameter, _ meaning: String) -> String {
    let saysType = ["a ", "an ", "any ", "\""].contains { meaning.hasPrefix($0) }
    var parts = saysType || parameter.type == "any" ? [] : [parameter.type]
    if parameter.isOption || !parameter.isRequired {
      let standard = parameter.defaultText.flatMap { $0 == "nil" ? nil : $0 + " when left out" }
      parts.append(parameter.isRequired ? "required" : standard ?? "optional")
    }
    return parts.filter { !$0.isEmpty }.joined(separator: ", ")
  }
}

/// A documentation in parts.
struct HelpText {
  private(set) var prose: [String] = []
  private(set) var meanings: [String: String] = [:]
  private(set) var result = ""
  private(set) var related: [String] = []
  private(set) var example: [String] = []

  private enum Part {
    case nothing, prose, meaning(String), result, related
  }

  init(_ lines: [String], names: [String] = []) {
    var open = Part.nothing
    for (index, line) in lines.enumerated() {
      if line.hasPrefix("> ") {
        example = Self.program(lines[index...])
        break
      }
      open = add(line, to: open, names)
    }
    while prose.last?.isEmpty == true { prose.removeLast() }
  }

  /// - Returns: what the next line continues unless it begins something.
  private mutating func add(_ line: String, to open: Part, _ names: [String]) -> Part {
    if line.isEmpty {
      if prose.last.map({ !$0.isEmpty }) == true { prose.append("") }
      return .nothing
    }
    if let name = names.first(where: { line.hasPrefix($0 + ": ") }) {
      meanings[name] = String(line.dropFirst(name.count + 2))
      return .meaning(name)
    }
    if line.hasPrefix("Gives ") {
      result = line
      return .result
    }
    if line.hasPrefix("See also: ") {
      addRelated(line.dropFirst("See also: ".count))
      return .related
    }
    return add(text: line, to: open)
  }

  private mutating func add(text line: String, to open: Part) -> Part {
    switch open {
    case .meaning(let name):
      meanings[name, default: ""] += " " + line
    case .result: result += " " + line
    case .related: addRelated(line[...])
    case .nothing, .prose:
      // Indented lines (tables, programs) and items that `-` starts keep lines of their own.
      let isItem = line.hasPrefix("- "), isText = !line.hasPrefix(" ") && !isItem
      if case .prose = open, isText {
        prose[prose.count - 1] += " " + line
      } else {
        prose.append(line)
      }
      return isText || isItem ? .prose : .nothing
    }
    return open
  }

  /// Doctests as lines that can be pasted: what is expected stands behind `# => `.
  private static func program(_ lines: ArraySlice<String>) -> [String] {
    var program = [String](), isFirst = false
    for line in lines {
      if line.hasPrefix("> ") {
        program.append(String(line.dropFirst(2)))
      } else if isFirst {
        program[program.count - 1] += "  # => " + line
      } else {
        program.append("# => " + line)
      }
      isFirst = line.hasPrefix("> ")
    }
    return program
  }

  private mutating func addRelated(_ names: Substring) {
    related += names.split { ",. ".contains($0) }.map(String.init)
  }

  /// Up to the first full stop that a capital follows.
  static func firstSentence(_ text: String) -> String {
    var rest = text[...]
    while let stop = rest.firstRange(of: ". ") {
      if text[stop.upperBound...].first?.isUppercase == true {
        return String(text[..<stop.lowerBound]) + "."
      }
      rest = text[stop.upperBound...]
    }
    return text
  }
}

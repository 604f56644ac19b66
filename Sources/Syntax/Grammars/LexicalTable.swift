// What editors have to know of the language's words and signs, taken from the lexer's own table. The
// patterns use what Oniguruma (TextMate), Python's `re` and, rewritten, Vim have in common.

/// The one table that the grammars of editors are made from.
struct LexicalTable {
  /// Words that lead and part statements.
  let keywords: [String]
  /// Words that compute.
  let operatorWords: [String]
  /// Words that are values.
  let constants: [String]
  /// Signs that compute or hand on, longest first.
  let signs: [String]
  /// What may follow the digits of a number.
  let suffixes: [String]
  /// Functions of the host and the library.
  let functions: [String]

  init(functions: [String]) {
    let words = Token.Kind.reservedWords
    let operators: Set = ["and", "or", "not", "div", "mod", "in", "by"]
    let values: Set = ["true", "false", "nil"]
    operatorWords = words.filter(operators.contains)
    constants = words.filter(values.contains)
    keywords = words.filter { !operators.contains($0) && !values.contains($0) }
    signs = Token.Kind.allCases.filter(\.isSign).map(\.rawValue)
      .sorted { ($0.count, $1) > ($1.count, $0) }
    suffixes = NumberLiteral.Suffix.allCases.map(\.rawValue)
      .sorted { ($0.count, $1) > ($1.count, $0) }
    self.functions = functions.sorted()
  }

  /// A name, by its characters.
  static let name = "[A-Za-z_\\u0080-\\uFFFF][A-Za-z0-9_\\u0080-\\uFFFF]*"

  /// A number with its suffix; `0..9` is two numbers.
  var number: String {
    let suffix = suffixes.map { $0 == "%" ? "%" : "\($0)(?![A-Za-z0-9_])" }.joined(separator: "|")
    return "(?<![A-Za-z0-9_])[0-9][0-9_]*(?:\\.[0-9][0-9_]*)?(?:[eE][-+]?[0-9]+)?(?:\(suffix))?"
  }

  /// Any of some words.
  static func words(_ words: [String]) -> String {
    "(?<![A-Za-z0-9_.])(?:\(words.joined(separator: "|")))(?![A-Za-z0-9_])"
  }

  /// Any of the signs.
  var sign: String { signs.map(Self.escaped).joined(separator: "|") }

  static func escaped(_ text: String) -> String {
    text.map { "\\^$.|?*+()[]{}/".contains($0) ? "\\\($0)" : String($0) }.joined()
  }
}

extension Token.Kind {
  /// Whether it is a sign that computes or hands on, not a bracket or a separator.
  fileprivate var isSign: Bool {
    switch self {
    case .range, .halfOpenRange, .ellipsis, .assign, .fatArrow, .pipe, .plus, .minus, .star, .slash,
      .at, .caret, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
      true
    default: false
    }
  }
}

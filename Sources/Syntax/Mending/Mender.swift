// Finds mends. It works on tokens: a text with a mistake has them all, while its tree has gaps.

/// What a mend is found with: a source, its tokens, and the names that there are.
struct Mender {
  let file: SourceFile
  /// Without comments; the last is the end of the input.
  let tokens: [Token]
  /// For each bracket the index of its partner.
  let partners: [Int: Int]
  /// Every name that the program may use.
  let known: Set<String>
  private let parsed: ParseResult

  init(_ file: SourceFile, known: Set<String>) {
    self.file = file
    self.known = known
    parsed = parse(file)
    var lexer = Lexer(file)
    if refusal(of: file) == nil { lexer.run() }
    tokens = lexer.tokens.filter { !$0.kind.isComment }
    partners = Self.partners(in: tokens)
  }

  private static func partners(in tokens: [Token]) -> [Int: Int] {
    var result: [Int: Int] = [:], open: [Int] = []
    for (index, token) in tokens.enumerated() {
      if token.kind.opens { open.append(index) }
      if token.kind.closes, let opener = open.popLast() {
        result[opener] = index
        result[index] = opener
      }
    }
    return result
  }

  var program: Program { parsed.program }

  /// The mend, when there is one that leaves fewer mistakes of form than there are.
  func mend(_ diagnostic: Diagnostic) -> Mend? {
    guard let range = diagnostic.primary?.range, diagnostic.primary?.file === file else {
      return nil
    }
    guard let edits = edits(for: diagnostic, at: range), !edits.isEmpty else { return nil }
    let isAboutForm = diagnostic.code.number < 60 && diagnostic.code != .shapeMismatch
    let before = Self.errors(in: parsed).count
    var mend = Mend(file, edits)
    // Behind a mended mistake another one may come to light: `while True:` has two.
    for _ in 0..<3 {
      let next = Mender(SourceFile(name: file.name, text: mend.text), known: known)
      let errors = Self.errors(in: next.parsed)
      if isAboutForm ? errors.count < before : errors.count <= before { return mend }
      guard let further = errors.first, let place = further.primary?.range,
        let edits = next.edits(for: further, at: place), !edits.isEmpty
      else { return nil }
      mend = Mend(file, to: Mend(next.file, edits).text)
    }
    return nil
  }

  private static func errors(in parsed: ParseResult) -> [Diagnostic] {
    parsed.diagnostics.filter(\.isError)
  }

  private func edits(for diagnostic: Diagnostic, at range: SourceRange) -> [Edit]? {
    if let cure = diagnostic.cure { return edits(for: cure, diagnostic) }
    guard let index = tokens.firstIndex(where: { $0.range.end > range.start }) ?? lastIndex else {
      return nil
    }
    return switch diagnostic.code {
    case .foreignOperator: sign(range, at: index)
    case .unknownName: unknownName(at: index)
    default: diagnostic.code.number < 60 ? form(diagnostic, at: index) : value(diagnostic, range)
    }
  }

  private var lastIndex: Int? { tokens.isEmpty ? nil : tokens.count - 1 }

  // MARK: - Tokens

  func text(_ index: Int) -> String { file.text(of: tokens[index].range) }

  /// The text from one token to another, both included.
  func text(_ first: Int, _ last: Int) -> String {
    first <= last ? file.text(of: tokens[first].range.union(tokens[last].range)) : ""
  }

  func kind(_ index: Int) -> Token.Kind {
    tokens.indices.contains(index) ? tokens[index].kind : .endOfInput
  }

  /// Whether two neighbours touch.
  func touches(_ index: Int, _ next: Int) -> Bool {
    tokens.indices.contains(index) && tokens.indices.contains(next)
      && tokens[index].range.end == tokens[next].range.start
  }

  /// The first token of the statement, or of the part of a bracket, that a token stands in.
  func start(of index: Int, stopAt stops: Set<Token.Kind> = []) -> Int {
    var position = index
    while position > 0 {
      let before = tokens[position - 1].kind
      if before.closes, let opener = partners[position - 1] {
        position = opener
        continue
      }
      if before.opens || before.endsStatement || stops.contains(before) { break }
      position -= 1
    }
    return position
  }

  /// The last token of the statement, or of the part of a bracket, that a token stands in.
  func end(of index: Int, stopAt stops: Set<Token.Kind> = []) -> Int {
    var position = index
    if tokens[position].kind.opens, let closer = partners[position] { position = closer }
    while position + 1 < tokens.count {
      let next = tokens[position + 1].kind
      if next.closes || next.endsStatement || stops.contains(next) { break }
      position += 1
      if next.opens, let closer = partners[position] { position = closer }
    }
    return position
  }

  /// The first token of the operand that ends with a token: `a.b[0](1)` as a whole.
  func operandStart(endingAt index: Int) -> Int? {
    var position = index
    while true {
      guard tokens.indices.contains(position), tokens[position].kind.endsValue else { return nil }
      if tokens[position].kind == .stringEnd {
        while kind(position) != .stringStart, position > 0 { position -= 1 }
      } else if tokens[position].kind.closes {
        guard let opener = partners[position] else { return nil }
        position = opener
        let isCall = tokens[position].kind != .leftBrace && touches(position - 1, position)
        if isCall, kind(position - 1).endsValue {
          position -= 1
          continue
        }
      }
      guard kind(position - 1) == .dot else { return position }
      position -= 2
    }
  }

  /// The bracket that a token stands in.
  func opener(around index: Int) -> Int? {
    var position = index - 1
    while position >= 0 {
      if tokens[position].kind.opens { return position }
      if tokens[position].kind.closes, let opener = partners[position] { position = opener }
      position -= 1
    }
    return nil
  }

  /// From the end of one token to the start of another.
  func gap(_ index: Int, _ next: Int) -> SourceRange {
    SourceRange(
      start: tokens[index].range.end, end: max(tokens[index].range.end, tokens[next].range.start))
  }

  func range(_ first: Int, _ last: Int) -> SourceRange {
    tokens[first].range.union(tokens[last].range)
  }
}

// MARK: - Precedence

/// How tightly the loosest operator of a text binds; greater is tighter.
enum Grip: Int, Comparable {
  case function, pipe, or, and, not, comparison, range, sum, product, unary, power, operand

  static func < (a: Grip, b: Grip) -> Bool { a.rawValue < b.rawValue }

  fileprivate init?(_ kind: Token.Kind) {
    switch kind {
    case .fatArrow, .if, .else: self = .function
    case .pipe: self = .pipe
    case .or: self = .or
    case .and: self = .and
    case .not: self = .not
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .in: self = .comparison
    case .range, .halfOpenRange, .by: self = .range
    case .plus, .minus: self = .sum
    case .star, .slash, .at, .div, .mod: self = .product
    case .caret: self = .power
    default: return nil
    }
  }
}

extension Mender {
  /// The loosest operator outside of brackets from one token to another.
  func grip(_ first: Int, _ last: Int) -> Grip {
    var (loosest, position) = (Grip.operand, first)
    while position <= last {
      if let grip = Grip(kind(position)) {
        let isSign = grip == .sum && (position == first || !kind(position - 1).endsValue)
        loosest = min(loosest, isSign ? .unary : grip)
      }
      if tokens[position].kind.opens, let closer = partners[position] { position = closer }
      position += 1
    }
    return loosest
  }

  /// The text of tokens as an operand, in parentheses unless it binds at least so tightly.
  func operand(_ first: Int, _ last: Int, below grip: Grip) -> String {
    let text = text(first, last)
    return self.grip(first, last) < grip ? "(\(text))" : text
  }

  /// The loosest operator of a text of its own.
  func grip(of text: String) -> Grip {
    let part = Mender(SourceFile(name: "", text: text), known: known)
    return part.tokens.count > 1 ? part.grip(0, part.tokens.count - 2) : .function
  }

  /// A text that takes the place of a call, in parentheses where an operator beside it would take a part of
  /// it, or a bracket or a field belongs to the whole.
  func enclosed(_ text: String, _ first: Int, _ last: Int) -> String {
    let (own, next) = (grip(of: text), kind(last + 1))
    let isBeside =
      first > 0 && (Grip(kind(first - 1)).map { $0 >= own } ?? false)
      || (Grip(next).map { $0 >= own } ?? false) || next == .dot
      || touches(last, last + 1) && (next == .leftBracket || next == .leftParenthesis)
    return isBeside ? "(\(text))" : text
  }
}

extension Token.Kind {
  var opens: Bool {
    [.leftParenthesis, .leftBracket, .leftBrace, .interpolationStart].contains(self)
  }
  var closes: Bool {
    [.rightParenthesis, .rightBracket, .rightBrace, .interpolationEnd].contains(self)
  }
  var endsStatement: Bool { [.newline, .semicolon, .endOfInput].contains(self) }
}

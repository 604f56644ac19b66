/// Source text to tokens. Never fails: what is no word becomes `.invalid` with a diagnostic.
///
/// Line breaks count only outside `(` and `[`; inside, a line that begins with a word that only a
/// statement can begin with (`let`, `fn`, ...) counts again, so that one unclosed bracket does not
/// swallow the rest of the file.
struct Lexer {
  let file: SourceFile
  private let bytes: [UInt8]
  private let end: Int
  private var at: Int
  private var tokens: [Token] = []
  private var openBrackets: [UInt8] = []
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var isUnterminated = false
  private(set) var cells: [CellSyntax] = []

  init(_ file: SourceFile, range: SourceRange? = nil) {
    self.file = file
    bytes = file.bytes
    at = range?.start ?? 0
    end = range?.end ?? file.bytes.count
  }

  mutating func run() -> [Token] {
    if at == 0 { skipPreamble() }
    while at < end { next() }
    tokens.append(Token(kind: .end, range: SourceRange(end, end)))
    return tokens
  }

  // MARK: - One token

  private mutating func next() {
    let start = at
    let byte = bytes[at]
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): at += 1
    case UInt8(ascii: "\n"): lineBreak()
    case UInt8(ascii: "#"): comment()
    case UInt8(ascii: "0")...UInt8(ascii: "9"): number()
    case UInt8(ascii: "\""): interpolatedString()
    case UInt8(ascii: "'"): rawString()
    case let letter where Self.isLetter(letter): word()
    case 0x80...: unicode()
    default:
      if !symbol() {
        at += 1
        report(LexerMessages.strayCharacter(file, SourceRange(start, at)))
      }
    }
  }

  private mutating func emit(_ kind: Token.Kind, from start: Int) {
    tokens.append(Token(kind: kind, range: SourceRange(start, at)))
  }

  private mutating func report(_ diagnostic: Diagnostic) {
    diagnostics.append(diagnostic)
    if let range = diagnostic.labels.first?.range {
      tokens.append(Token(kind: .invalid, range: range))
    }
  }

  private func peek(_ offset: Int) -> UInt8 {
    at + offset < end ? bytes[at + offset] : 0
  }

  private mutating func skipPreamble() {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
    if peek(0) == UInt8(ascii: "#"), peek(1) == UInt8(ascii: "!") { skipLine() }
  }

  private mutating func skipLine() {
    while at < end, bytes[at] != UInt8(ascii: "\n") { at += 1 }
  }

  // MARK: - Line breaks and comments

  private mutating func lineBreak() {
    let start = at
    at += 1
    let inBracket = openBrackets.last.map { $0 != UInt8(ascii: "{") } ?? false
    guard inBracket else {
      emit(.newline, from: start)
      return
    }
    if nextLineBeginsStatement() {
      while let open = openBrackets.last, open != UInt8(ascii: "{") { openBrackets.removeLast() }
      emit(.newline, from: start)
    }
  }

  private func nextLineBeginsStatement() -> Bool {
    var place = at
    while place < end, bytes[place] == 0x20 || bytes[place] == 0x09 { place += 1 }
    var word = [UInt8]()
    while place < end, Self.isLetter(bytes[place]) {
      word.append(bytes[place])
      place += 1
    }
    guard place < end, bytes[place] == 0x20 || bytes[place] == 0x7B else { return false }
    return ["let", "fn", "while", "return", "import", "try", "for"].contains { Array($0.utf8) == word }
  }

  private mutating func comment() {
    let start = at
    skipLine()
    let text = file.text(SourceRange(start, at))
    if text.hasPrefix("# %%") {
      let title = text.dropFirst(4).drop { $0 == " " }
      let isMarkdown = title.hasPrefix("[markdown]")
      cells.append(
        CellSyntax(
          title: String(isMarkdown ? title.dropFirst(10).drop { $0 == " " } : title),
          isMarkdown: isMarkdown, range: SourceRange(start, at)))
    } else if text.hasPrefix("##"), !text.hasPrefix("###") {
      let line = text.dropFirst(2)
      emit(.documentation(String(line.hasPrefix(" ") ? line.dropFirst() : line)), from: start)
    }
  }

  // MARK: - Numbers

  private mutating func number() {
    let start = at
    var digits = takeDigits()
    if peek(0) == UInt8(ascii: "."), Self.isDigit(peek(1)) {
      at += 1
      digits += "." + takeDigits()
    }
    let sign = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-")
    if peek(0) | 0x20 == UInt8(ascii: "e"), Self.isDigit(peek(sign ? 2 : 1)) {
      digits += "e"
      at += 1
      if sign {
        digits += peek(0) == UInt8(ascii: "-") ? "-" : ""
        at += 1
      }
      digits += takeDigits()
    }
    guard let value = Double(digits), value.isFinite else {
      report(LexerMessages.numberTooLarge(file, SourceRange(start, at)))
      return
    }
    let suffixStart = at
    if peek(0) == UInt8(ascii: "%") {
      at += 1
      emit(.number(value / 100), from: start)
      return
    }
    while at < end, Self.isLetter(bytes[at]) || Self.isDigit(bytes[at]) { at += 1 }
    let suffix = file.text(SourceRange(suffixStart, at))
    guard let factor = Self.suffixes[suffix] else {
      report(LexerMessages.numberSuffix(file, SourceRange(suffixStart, at), suffix))
      return
    }
    emit(.number(value * factor), from: start)
  }

  /// Durations are seconds.
  static let suffixes: [String: Double] = [
    "": 1, "k": 1000, "M": 1_000_000, "s": 1, "min": 60, "h": 3600,
  ]

  private mutating func takeDigits() -> String {
    var digits = ""
    while at < end, Self.isDigit(bytes[at]) || bytes[at] == UInt8(ascii: "_") {
      if bytes[at] != UInt8(ascii: "_") { digits.unicodeScalars.append(Unicode.Scalar(bytes[at])) }
      at += 1
    }
    return digits
  }

  // MARK: - Words and symbols

  private mutating func word() {
    let start = at
    while at < end, Self.isLetter(bytes[at]) || Self.isDigit(bytes[at]) { at += 1 }
    let text = file.text(SourceRange(start, at))
    emit(Keyword(rawValue: text).map(Token.Kind.keyword) ?? .name(text), from: start)
  }

  /// Longest first. Those of other languages are read whole, so that one message names the cure.
  private static let symbols: [String] = [
    "...", "..<", "**=", "===", "!==", "|>", "..", "=>", "==", "!=", "<=", ">=", "&&", "||", "**",
    "//", "+=", "-=", "*=", "/=", ":=", "<-", "->", "++", "::", "(", ")", "[", "]", "{", "}", ",",
    ";", ":", ".", "=", "<", ">", "+", "-", "*", "/", "@", "^", "%", "!", "&", "|", "~", "?", "$",
    "`", "\\",
  ]
  private static let foreign: Set<String> = [
    "**=", "===", "!==", "&&", "||", "**", "//", "+=", "-=", "*=", "/=", ":=", "<-", "->", "++",
    "::", "%", "!", "&", "|", "~", "?", "$", "`", "\\",
  ]
  private static let symbolBytes = symbols.map { (text: $0, bytes: Array($0.utf8)) }

  private mutating func symbol() -> Bool {
    let start = at
    guard
      let match = Self.symbolBytes.first(where: { candidate in
        at + candidate.bytes.count <= end
          && bytes[at..<(at + candidate.bytes.count)].elementsEqual(candidate.bytes)
      })
    else { return false }
    at += match.bytes.count
    if Self.foreign.contains(match.text) {
      report(ForeignWords.symbol(file, SourceRange(start, at), match.text))
      return true
    }
    switch match.text {
    case "(", "[", "{": openBrackets.append(bytes[start])
    case ")", "]", "}": if !openBrackets.isEmpty { openBrackets.removeLast() }
    default: break
    }
    emit(.symbol(match.text), from: start)
    return true
  }

  private mutating func unicode() {
    let start = at
    var length = 1
    while at + length < end, bytes[at + length] & 0xC0 == 0x80 { length += 1 }
    at += length
    report(LexerMessages.unicode(file, SourceRange(start, at)))
  }

  // MARK: - Strings

  private mutating func rawString() {
    let start = at
    at += 1
    while at < end, bytes[at] != UInt8(ascii: "'"), bytes[at] != UInt8(ascii: "\n") { at += 1 }
    guard at < end, bytes[at] == UInt8(ascii: "'") else {
      report(LexerMessages.unterminatedString(file, SourceRange(start, at), quote: "'"))
      return
    }
    at += 1
    emit(.string([.literal(file.text(SourceRange(start + 1, at - 1)))]), from: start)
  }

  private mutating func interpolatedString() {
    let start = at
    let isLong = peek(1) == UInt8(ascii: "\"") && peek(2) == UInt8(ascii: "\"")
    at += isLong ? 3 : 1
    var pieces = [StringPiece](), literal = [UInt8]()
    func flush() {
      if !literal.isEmpty { pieces.append(.literal(String(decoding: literal, as: UTF8.self))) }
      literal.removeAll()
    }
    while true {
      guard at < end, isLong || bytes[at] != UInt8(ascii: "\n") else {
        isUnterminated = isUnterminated || isLong
        report(LexerMessages.unterminatedString(
          file, SourceRange(start, isLong ? start + 3 : at), quote: isLong ? "\"\"\"" : "\""))
        return
      }
      switch bytes[at] {
      case UInt8(ascii: "\"")
      where !isLong || (peek(1) == UInt8(ascii: "\"") && peek(2) == UInt8(ascii: "\"")):
        flush()
        at += isLong ? 3 : 1
        emit(.string(isLong ? LongString.dedented(pieces) : pieces), from: start)
        return
      case UInt8(ascii: "\\"): escape(into: &literal)
      case UInt8(ascii: "{"):
        flush()
        guard let piece = hole(in: start) else { return }
        pieces.append(piece)
      default:
        literal.append(bytes[at])
        at += 1
      }
    }
  }

  private mutating func escape(into literal: inout [UInt8]) {
    let start = at
    let letter = peek(1)
    at += 2
    switch letter {
    case UInt8(ascii: "n"): literal.append(0x0A)
    case UInt8(ascii: "t"): literal.append(0x09)
    case UInt8(ascii: "r"): literal.append(0x0D)
    case UInt8(ascii: "0"): literal.append(0)
    case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "{"),
      UInt8(ascii: "}"):
      literal.append(letter)
    case UInt8(ascii: "u") where peek(0) == UInt8(ascii: "{"):
      let digitsStart = at + 1
      while at < end, bytes[at] != UInt8(ascii: "}"), bytes[at] != UInt8(ascii: "\n") { at += 1 }
      let digits = file.text(SourceRange(digitsStart, at))
      if peek(0) == UInt8(ascii: "}") { at += 1 }
      guard let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code) else {
        diagnostics.append(LexerMessages.escape(file, SourceRange(start, at)))
        return
      }
      literal += Array(String(Character(scalar)).utf8)
    default:
      at = min(at, end)
      diagnostics.append(LexerMessages.escape(file, SourceRange(start, at)))
    }
  }

  /// `{expr}` or `{expr:format}`: the expression's range, found by matching brackets and strings.
  private mutating func hole(in stringStart: Int) -> StringPiece? {
    let open = at
    at += 1
    let start = at
    var depth = 0
    var colon: Int?
    while at < end {
      switch bytes[at] {
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: "}") where depth > 0: depth -= 1
      case UInt8(ascii: "}"):
        let stop = colon ?? at
        let format = colon.map { file.text(SourceRange($0 + 1, at)) }
        at += 1
        if file.text(SourceRange(start, stop)).allSatisfy({ $0 == " " }) {
          diagnostics.append(LexerMessages.emptyHole(file, SourceRange(open, at)))
          return .literal("")
        }
        return .expression(SourceRange(start, stop), format: format)
      case UInt8(ascii: ":") where depth == 0 && colon == nil: colon = at
      case UInt8(ascii: "\""), UInt8(ascii: "'"): skipNestedString()
      default: break
      }
      at += 1
    }
    at = end
    report(LexerMessages.unterminatedHole(file, SourceRange(open, open + 1)))
    return nil
  }

  /// Leaves `at` on the closing quote.
  private mutating func skipNestedString() {
    let quote = bytes[at]
    at += 1
    while at < end, bytes[at] != quote, bytes[at] != UInt8(ascii: "\n") {
      at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
    }
  }

  static func isLetter(_ byte: UInt8) -> Bool {
    (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
      || byte == UInt8(ascii: "_")
  }

  static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }
}

/// The layout of a `"""` string: a line break right after the opening quotes and the blanks before
/// the closing ones go away, and with them that indentation from every line.
enum LongString {
  static func dedented(_ pieces: [StringPiece]) -> [StringPiece] {
    var pieces = pieces
    guard case .literal(let first)? = pieces.first, first.hasPrefix("\n") else { return pieces }
    pieces[0] = .literal(String(first.dropFirst()))
    guard case .literal(let last)? = pieces.last,
      let lineBreak = last.lastIndex(of: "\n") ?? (pieces.count == 1 ? last.startIndex : nil)
    else { return pieces }
    let tail = last[lineBreak...].drop { $0 == "\n" }
    guard tail.allSatisfy({ $0 == " " }) else { return pieces }
    let indent = String(tail)
    pieces[pieces.count - 1] = .literal(String(last[..<lineBreak]))
    return pieces.enumerated().map { index, piece in
      guard case .literal(let text) = piece else { return piece }
      var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      for line in lines.indices where line > 0 || index == 0 {
        if lines[line].hasPrefix(indent) { lines[line].removeFirst(indent.count) }
      }
      return .literal(lines.joined(separator: "\n"))
    }
  }
}

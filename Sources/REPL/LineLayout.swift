import Syntax

/// The text being edited as rows of a terminal, and where in them the cursor stands.
///
/// Rows are broken here and never by the terminal, so that they stay where they are when the window
/// grows. A line break of the text starts a row with the second prompt; a line that is too long goes on
/// at the left edge.
struct LineLayout: Equatable {
  /// One row, its colours included.
  struct Row: Equatable {
    var text = ""
    /// Columns that it takes.
    var width = 0
  }

  private(set) var rows: [Row] = []
  private(set) var cursorRow = 0
  private(set) var cursorColumn = 0

  /// What is drawn.
  struct Content {
    /// Before the first line.
    var prompt: String
    /// Before the other lines, right-aligned with the prompt.
    var continuation = " ... "
    var text: String
    /// The cursor's place in the text, in bytes.
    var point: Int
    /// Drawn faintly behind the text: what could follow.
    var suggestion = ""
    var usesColor = false
    /// Whether the bracket at the cursor and its partner stand out.
    var marksBrackets = true
  }

  /// - Parameter columns: of the terminal, 4 or more.
  init(_ content: Content, columns: Int) {
    var writer = Writer(columns: max(4, columns), usesColor: content.usesColor)
    writer.write(content.prompt, .prompt)
    let inks =
      content.usesColor
      ? LineInk.inks(of: content.text, cursor: content.marksBrackets ? content.point : nil) : []
    var offset = 0
    for character in content.text {
      if offset <= content.point { writer.markCursor() }
      if character.isNewline {
        writer.breakLine()
        writer.write(content.continuation, .prompt)
      } else {
        writer.put(character, inks.isEmpty ? .plain : inks[offset])
      }
      offset += character.utf8.count
    }
    if offset <= content.point { writer.markCursor() }
    for line in content.suggestion.split(separator: "\n", omittingEmptySubsequences: false)
      .enumerated()
    {
      if line.offset > 0 {
        writer.breakLine()
        writer.write(content.continuation, .prompt)
      }
      writer.write(String(line.element), .faint)
    }
    writer.endRow()
    rows = writer.rows
    (cursorRow, cursorColumn) = writer.cursor
    // The cursor behind a full row stands on the next one.
    if cursorRow == rows.count { rows.append(Row()) }
  }

  /// Fills rows character by character.
  private struct Writer {
    let columns: Int
    let usesColor: Bool
    var rows: [Row] = []
    var row = Row()
    var ink = LineInk.plain
    var cursor = (row: 0, column: 0)

    mutating func markCursor() {
      cursor = row.width == columns ? (rows.count + 1, 0) : (rows.count, row.width)
    }

    mutating func write(_ text: String, _ ink: LineInk) {
      for character in text { put(character, ink) }
    }

    mutating func put(_ character: Character, _ ink: LineInk) {
      // A tab's width depends on its place.
      if character == "\t" {
        for _ in 0..<(4 - row.width % 4) { place(" ", width: 1, ink) }
      } else if let value = character.asciiValue, value < 32 || value == 127 {
        place("^", width: 1, .faint)
        place(Character(UnicodeScalar(value ^ 64)), width: 1, .faint)
      } else {
        place(character, width: displayWidth(of: character), ink)
      }
    }

    private mutating func place(_ character: Character, width: Int, _ ink: LineInk) {
      if row.width + width > columns {
        // A wide character that did not fit leaves a column free; the cursor goes with it.
        let isHere = cursor == (rows.count, row.width)
        endRow()
        if isHere { cursor = (rows.count, 0) }
      }
      change(to: ink)
      row.text.append(character)
      row.width += width
    }

    mutating func breakLine() {
      endRow()
    }

    mutating func endRow() {
      change(to: .plain)
      rows.append(row)
      row = Row()
    }

    private mutating func change(to next: LineInk) {
      guard usesColor, next != ink else { return }
      row.text += ink == .plain ? next.code : "\u{1B}[0m" + (next == .plain ? "" : next.code)
      ink = next
    }
  }
}

/// How a character of the text being edited looks. The 16 colours of the terminal are used, which its
/// user has chosen to be readable.
enum LineInk: String {
  case plain, keyword, string, number, label, function, comment, embedded, invalid, bracket, prompt
  case faint

  /// The sequence that switches it on, after a reset.
  var code: String {
    let number =
      switch self {
      case .plain: "0"
      case .keyword: "35"
      case .string: "32"
      case .number: "36"
      case .label: "34"
      case .function, .prompt: "1"
      case .comment, .faint: "90"
      case .embedded: "36"
      case .invalid: "4;31"
      case .bracket: "1;4"
      }
    return "\u{1B}[\(number)m"
  }

  private init(_ category: Token.Category) {
    self =
      switch category {
      case .keyword: .keyword
      case .name, .operator, .punctuation: .plain
      case .function: .function
      case .label: .label
      case .number: .number
      case .string: .string
      case .interpolation: .embedded
      case .comment, .documentation: .comment
      case .invalid: .invalid
      }
  }

  /// One for each byte of a text; the bracket at the cursor and its partner stand out.
  static func inks(of text: String, cursor: Int?) -> [LineInk] {
    var inks = [LineInk](repeating: .plain, count: text.utf8.count)
    // Help is no program.
    if text.hasPrefix("?") { return inks }
    let tokens = coloredTokens(in: SourceFile(name: "", text: text))
    for token in tokens {
      let range = token.token.range
      for index in range.start..<min(range.end, inks.count) { inks[index] = Self(token.category) }
    }
    guard let cursor else { return inks }
    for place in matchingBrackets(tokens.map(\.token), at: cursor) { inks[place] = .bracket }
    return inks
  }

  /// The places of the bracket right before the cursor, or on it, and of its partner; none without one.
  static func matchingBrackets(_ tokens: [Token], at cursor: Int) -> [Int] {
    var open: [Int] = [], pairs: [(Int, Int)] = []
    for token in tokens {
      switch token.kind {
      case .leftParenthesis, .leftBracket, .leftBrace: open.append(token.range.start)
      case .rightParenthesis, .rightBracket, .rightBrace:
        if let start = open.popLast() { pairs.append((start, token.range.start)) }
      default: break
      }
    }
    let pair = [cursor - 1, cursor].lazy.compactMap { place in
      pairs.first { $0.0 == place || $0.1 == place }
    }.first
    return pair.map { [$0.0, $0.1] } ?? []
  }
}

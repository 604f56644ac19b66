// One line of source as a terminal shows it: tabs become blanks, control characters become visible,
// and byte offsets turn into columns, so that carets stand under what they mean.

struct SourceExcerpt {
  /// A character with its place in the source and on the screen.
  private struct Cell {
    var text: String
    var offset: Int
    var column: Int
  }

  private let cells: [Cell]
  private let end: (offset: Int, column: Int)

  /// Tabs advance to the next multiple of this.
  private static let tabWidth = 4

  init(_ file: SourceFile, line: Int) {
    let range = file.lineRange(line)
    var cells: [Cell] = []
    var offset = range.start
    var column = 0
    for character in file.text(of: range) {
      let text = Self.shown(character, at: column)
      cells.append(Cell(text: text, offset: offset, column: column))
      offset += character.utf8.count
      column += displayWidth(of: text)
    }
    self.cells = cells
    self.end = (offset, column)
  }

  private static func shown(_ character: Character, at column: Int) -> String {
    switch character {
    case "\t": return String(repeating: " ", count: tabWidth - column % tabWidth)
    case "\u{FEFF}": return ""
    default:
      let isHidden = displayWidth(of: character) == 0 || character == "\u{A0}"
      return isHidden ? "\u{B7}" : String(character)
    }
  }

  /// The columns that a range of the source takes on this line; at least one column wide.
  func columns(of range: SourceRange) -> Range<Int> {
    let start = column(at: range.start)
    return start..<max(start + 1, range.end >= end.offset ? end.column : column(at: range.end))
  }

  private func column(at offset: Int) -> Int {
    if offset >= end.offset { return end.column }
    return cells.last { $0.offset <= offset }?.column ?? 0
  }

  /// The part of the line that fits into `width` columns and shows `focus`, with the column at
  /// which it starts.
  ///
  /// Cut ends are marked with an ellipsis.
  func window(width: Int, focus: Int) -> (text: String, start: Int) {
    guard end.column > width else { return (cells.map(\.text).joined(), 0) }
    let start = focus < width * 3 / 4 ? 0 : focus - width / 2
    let room = start..<(start + width - 1)
    let visible = cells.filter {
      room.contains($0.column) && $0.column + displayWidth(of: $0.text) <= room.upperBound
    }
    let first = visible.first?.column ?? start
    let isCutAtStart = first > 0
    let body = visible.dropFirst(isCutAtStart ? 1 : 0)
    let padding = (body.first?.column ?? start) - first - 1
    let head = isCutAtStart ? "\u{2026}" + String(repeating: " ", count: max(0, padding)) : ""
    let last = body.last.map { $0.column + displayWidth(of: $0.text) } ?? first
    return (head + body.map(\.text).joined() + (last < end.column ? "\u{2026}" : ""), first)
  }
}

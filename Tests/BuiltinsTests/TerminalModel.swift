/// A terminal of so many columns and rows with the escape codes that the screen uses; lines that
/// scroll off the top are kept.
final class TerminalModel {
  let columns: Int, rows: Int
  private(set) var lines: [[Character]] = [[]]
  private var row = 0, column = 0
  private var saved = (row: 0, column: 0)
  /// Codes that it does not know.
  private(set) var unknown: [String] = []

  init(columns: Int, rows: Int) { (self.columns, self.rows) = (columns, rows) }

  private var top: Int { max(0, lines.count - rows) }

  /// Lines without what is blank at their ends and at the end.
  var text: [String] {
    var result = lines.map { line in String(line.reversed().drop { $0 == " " }.reversed()) }
    while result.last?.isEmpty == true { result.removeLast() }
    return result
  }

  /// Where the cursor is, counted from the first line ever.
  var cursor: (row: Int, column: Int) { (row, column) }

  func receive(_ text: String) {
    var rest = Array(text.unicodeScalars)[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\r": column = 0
      case "\n": lineFeed()
      case "\u{1B}": rest = escape(rest)
      default: put(Character(scalar))
      }
    }
  }

  private func put(_ character: Character) {
    if column == columns { lineFeed() }
    while lines[row].count <= column { lines[row].append(" ") }
    lines[row][column] = character
    column += 1
  }

  private func lineFeed() {
    column = 0
    row += 1
    if row == lines.count { lines.append([]) }
  }

  private func escape(_ text: ArraySlice<Unicode.Scalar>) -> ArraySlice<Unicode.Scalar> {
    var rest = text
    let kind = rest.popFirst()
    if kind == "7" { saved = (row, column) }
    if kind == "8" { (row, column) = saved }
    guard kind == "[" else { return rest }
    var number = ""
    while let scalar = rest.popFirst() {
      if !("a"..."z").contains(scalar), !("A"..."Z").contains(scalar) {
        number.unicodeScalars.append(scalar)
        continue
      }
      let count = Int(number) ?? 1
      switch scalar {
      case "A": row = max(top, row - count)
      case "B": row = min(lines.count - 1, row + count)
      case "K": lines[row] = Array(lines[row].prefix(column))
      case "J":
        lines[row] = Array(lines[row].prefix(column))
        lines.removeSubrange((row + 1)...)
      case "m": break
      default: unknown.append("\(number)\(scalar)")
      }
      return rest
    }
    return rest
  }
}

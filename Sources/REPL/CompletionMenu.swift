import Syntax

/// Candidates as rows below the text.
enum CompletionMenu {
  /// One a row with what it is; so many that they do not fit, in columns.
  static func rows(
    _ items: [Completion.Item], columns: Int, rowsMax: Int, usesColor: Bool
  ) -> [LineLayout.Row] {
    if items.count <= rowsMax, items.contains(where: { !$0.note.isEmpty }) {
      let width = min(items.map { displayWidth(of: $0.label) }.max() ?? 0, max(8, columns / 2))
      return items.map { described($0, width: width, columns: columns, usesColor: usesColor) }
    }
    return columnRows(items.map(\.label), columns: columns, rowsMax: rowsMax, usesColor: usesColor)
  }

  private static func described(
    _ item: Completion.Item, width: Int, columns: Int, usesColor: Bool
  ) -> LineLayout.Row {
    let label = cut(item.label, to: width)
    let blanks = String(repeating: " ", count: width - displayWidth(of: label) + 2)
    let head = "  " + label + blanks
    let note = cut(item.note, to: max(0, columns - 1 - displayWidth(of: head)))
    let text = usesColor && !note.isEmpty ? head + "\u{1B}[90m\(note)\u{1B}[0m" : head + note
    return LineLayout.Row(text: text, width: displayWidth(of: head + note))
  }

  private static func columnRows(
    _ labels: [String], columns: Int, rowsMax: Int, usesColor: Bool
  ) -> [LineLayout.Row] {
    let width = min((labels.map { displayWidth(of: $0) }.max() ?? 0) + 2, max(4, columns - 3))
    let perRow = max(1, (columns - 3) / width)
    let needed = (labels.count + perRow - 1) / perRow
    let shownRows = needed <= rowsMax ? needed : rowsMax - 1
    // Down the columns, as in a dictionary.
    let shown = Array(labels.prefix(shownRows * perRow))
    let height = (shown.count + perRow - 1) / perRow
    var rows = (0..<height).map { row in
      let line = stride(from: row, to: shown.count, by: height).map { index in
        let label = cut(shown[index], to: width - 1)
        return label + String(repeating: " ", count: width - displayWidth(of: label))
      }.joined()
      return LineLayout.Row(text: "  " + line, width: 2 + displayWidth(of: line))
    }
    if shown.count < labels.count {
      let rest = "  and \(labels.count - shown.count) more: type a letter or two"
      rows.append(faint(rest, columns: columns, usesColor: usesColor))
    }
    return rows
  }

  static func faint(_ text: String, columns: Int, usesColor: Bool) -> LineLayout.Row {
    let cut = cut(text, to: columns - 1)
    return LineLayout.Row(
      text: usesColor ? "\u{1B}[90m\(cut)\u{1B}[0m" : cut, width: displayWidth(of: cut))
  }

  /// A text of at most so many columns; what is cut off is told by an ellipsis. Control characters,
  /// which would move the cursor, are blanks.
  static func cut(_ text: String, to columns: Int) -> String {
    var result = "", width = 0
    for character in text {
      let isControl = character.asciiValue.map { $0 < 32 || $0 == 127 } ?? character.isNewline
      let shown: Character = isControl ? " " : character
      let next = displayWidth(of: shown)
      if width + next > columns {
        while !result.isEmpty, width + 1 > columns {
          width -= displayWidth(of: result.removeLast())
        }
        return columns > 0 ? result + "\u{2026}" : ""
      }
      result.append(shown)
      width += next
    }
    return result
  }
}

/// Draws rows at the lower end of a terminal and rewrites what changed.
///
/// It knows where the cursor stands because everything between two calls of `leave` goes through it.
/// Rows that do not fit the window are left out around the cursor; what is accepted is written whole.
final class LinePainter {
  private let output: (String) -> Void
  private let size: () -> (columns: Int, rows: Int)
  /// What stands on the terminal, from the first row down.
  private var drawn: [LineLayout.Row] = []
  private var drawnColumns = 0
  private var cursor = (row: 0, column: 0)
  /// The first row of the text that is shown.
  private var top = 0

  init(size: @escaping () -> (columns: Int, rows: Int), output: @escaping (String) -> Void) {
    (self.size, self.output) = (size, output)
  }

  var columns: Int { size().columns }

  /// Rows that a menu may have below a text.
  var menuRowsMax: Int { max(1, min(12, size().rows / 2)) }

  /// Draws a text and the rows below it.
  func draw(_ layout: LineLayout, menu: [LineLayout.Row] = []) {
    let (columns, rows) = size()
    var change = columns == drawnColumns ? "" : resized(columns)
    drawnColumns = columns
    let menu = menu.prefix(max(0, rows - 1))
    let height = max(1, rows - menu.count)
    top = max(min(top, layout.rows.count - height), 0)
    top = min(max(top, layout.cursorRow - height + 1), layout.cursorRow)
    let shown = layout.rows[top..<min(layout.rows.count, top + height)]
    change += replaced(with: Array(shown) + menu, columns: columns)
    change += moved(to: (layout.cursorRow - top, layout.cursorColumn))
    if !change.isEmpty { output(change) }
  }

  /// Writes a text whole and puts the cursor on a line of its own below it.
  func leave(_ layout: LineLayout) {
    let columns = size().columns
    var change = columns == drawnColumns ? "" : resized(columns)
    var rows = layout.rows
    // The row that only the cursor needed.
    if rows.count > 1, rows.last == LineLayout.Row() { rows.removeLast() }
    if top > 0 || rows.count > size().rows {
      change += moved(to: (0, 0)) + "\u{1B}[J"
      drawn = []
    }
    change += replaced(with: rows, columns: columns) + moved(to: (rows.count - 1, 0)) + "\r\n"
    output(change)
    forget()
  }

  /// Empties the screen; the next drawing starts at its top.
  func clear() {
    output("\u{1B}[H\u{1B}[2J")
    forget()
  }

  private func forget() {
    (drawn, cursor, top) = ([], (0, 0), 0)
  }

  /// After the window has got another width: terminals break the rows that became too long.
  private func resized(_ columns: Int) -> String {
    guard !drawn.isEmpty else { return "" }
    let broken = drawn[..<cursor.row].reduce(0) { $0 + max(1, ($1.width + columns - 1) / columns) }
    let above = broken + cursor.column / max(1, columns)
    (drawn, cursor) = ([], (0, 0))
    return "\r" + (above > 0 ? "\u{1B}[\(above)A" : "") + "\u{1B}[J"
  }

  /// Rewrites the rows that differ; the cursor ends wherever the last one was.
  private func replaced(with rows: [LineLayout.Row], columns: Int) -> String {
    var change = ""
    for (index, row) in rows.enumerated() where index >= drawn.count || drawn[index] != row {
      change += moved(to: (index, 0)) + row.text
      // Behind a full row the sequence would erase its last character.
      if row.width < columns { change += "\u{1B}[K" }
      cursor.column = row.width
    }
    if drawn.count > rows.count { change += moved(to: (rows.count, 0)) + "\u{1B}[J" }
    drawn = rows
    return change
  }

  /// Moves the cursor; rows that are not there yet are made by line breaks.
  private func moved(to place: (row: Int, column: Int)) -> String {
    var change = ""
    let down = place.row - cursor.row
    if down < 0 { change += "\u{1B}[\(-down)A" }
    if down > 0 { change += String(repeating: "\r\n", count: down) }
    if down != 0 || place.column != cursor.column {
      change += "\r" + (place.column > 0 ? "\u{1B}[\(place.column)C" : "")
    }
    cursor = place
    return change
  }
}

import Syntax

/// The lower end of a terminal: ordinary output scrolls away above, and below it stand strips of lines
/// that are rewritten in place (live figures, progress).
///
/// Everything that goes to the terminal goes through here, so that neither tears the other. The strips
/// never take more than the terminal's height; the cursor rests on the line below them, and the
/// terminal's modes are never changed, so that a program that is killed leaves nothing to mend.
public final class Screen {
  /// Columns and rows of characters.
  public struct Size: Equatable, Sendable {
    public var columns: Int, rows: Int

    /// Both are 1 or more.
    public init(columns: Int, rows: Int) { (self.columns, self.rows) = (columns, rows) }
  }

  /// Lines that one owner rewrites.
  ///
  /// A strip without lines is not shown.
  public final class Strip {
    fileprivate var lines: [String] = []
    /// Drawn over the lines from their upper left corner: pixels.
    fileprivate var overlay = ""
    /// Takes an overlay away that lines do not write over.
    fileprivate var erasure = ""

    /// Not on a screen yet.
    public init() {}
  }

  private let output: (String) -> Void
  private let currentSize: () -> Size
  private var strips: [Strip] = []
  /// The rows that stand on the terminal below the ordinary output, with the strip they belong to.
  private var drawn: [Row] = []
  private var drawnColumns = 0
  /// Whether the ordinary output has not ended its line: then the strips wait.
  private var isLineOpen = false

  private struct Row: Equatable {
    var text: String
    var overlay: String
  }

  /// - Parameters:
  ///   - size: asked again before each drawing, since windows change their size.
  ///   - output: writes to the terminal; each call is one whole change of the picture.
  public init(size: @escaping () -> Size, output: @escaping (String) -> Void) {
    (currentSize, self.output) = (size, output)
  }

  /// The terminal's size at this moment.
  public var size: Size { currentSize() }

  /// Ordinary output: stays, and scrolls.
  public func write(_ text: String) {
    guard !text.isEmpty else { return }
    var change = erased()
    change += text
    isLineOpen = text.utf8.last != 10
    change += appended(from: 0)
    output(change)
  }

  /// Puts lines below the ordinary output, or rewrites them.
  ///
  /// Strips stand in the order in which they came. Lines that are too long are cut.
  /// - Parameter overlay: what is drawn over them, and `erasure` what takes it away where lines do not.
  public func set(
    _ strip: Strip, to lines: [String], overlay: String = "", erasure: String = ""
  ) {
    if !strips.contains(where: { $0 === strip }) { strips.append(strip) }
    (strip.lines, strip.overlay, strip.erasure) = (lines, overlay, erasure)
    redraw()
  }

  /// Takes a strip away.
  public func remove(_ strip: Strip) {
    guard let index = strips.firstIndex(where: { $0 === strip }) else { return }
    strips.remove(at: index)
    if !strip.erasure.isEmpty { output(strip.erasure) }
    redraw()
  }

  /// Ordinary output in the place of a strip.
  public func replace(_ strip: Strip, by text: String) {
    strips.removeAll { $0 === strip }
    if !strip.erasure.isEmpty { output(strip.erasure) }
    write((isLineOpen ? "\n" : "") + text)
  }

  /// Takes every strip away; the next output starts a line.
  public func clear() {
    for strip in strips where !strip.erasure.isEmpty { output(strip.erasure) }
    strips = []
    redraw()
    isLineOpen = false
  }

  // MARK: - Drawing

  /// Rewrites what changed, from the first row that is another.
  private func redraw() {
    guard !isLineOpen else { return }
    let rows = rowsToShow()
    let first = zip(rows, drawn).prefix { $0 == $1 }.count
    guard first < max(rows.count, drawn.count) else { return }
    if size.columns != drawnColumns || first == 0 {
      output(erased() + appended(from: 0))
    } else {
      let up = drawn.count - first
      output((up > 0 ? "\r\u{1B}[\(up)A" : "\r") + appended(from: first))
    }
  }

  /// Takes the rows off the terminal. A window that has become narrower has wrapped them.
  private func erased() -> String {
    guard !drawn.isEmpty else { return "" }
    let columns = max(1, size.columns)
    let up = drawn.reduce(0) { sum, row in
      sum + max(1, (TerminalText.width(row.text) + columns - 1) / columns)
    }
    drawn = []
    return "\r\u{1B}[\(up)A\u{1B}[J"
  }

  /// The rows from one on, each written over what stands there.
  private func appended(from first: Int) -> String {
    guard !isLineOpen else { return "" }
    let rows = rowsToShow()
    guard !(rows.isEmpty && drawn.isEmpty) else { return "" }
    (drawn, drawnColumns) = (rows, size.columns)
    guard first < rows.count else { return "\u{1B}[J" }
    var text = ""
    for row in rows[first...] { text += "\(row.text)\u{1B}[K\n" }
    // What was typed meanwhile stands on the cursor's line.
    text += "\u{1B}[J"
    for (index, row) in rows.enumerated() where index >= first && !row.overlay.isEmpty {
      text +=
        "\u{1B}[\(rows.count - index)A\r\u{1B}7\(row.overlay)\u{1B}8\u{1B}[\(rows.count - index)B"
    }
    return text
  }

  private func rowsToShow() -> [Row] {
    let size = size
    var rows = [Row]()
    for strip in strips {
      for (index, line) in strip.lines.enumerated() {
        rows.append(
          Row(
            text: TerminalText.cut(line, to: size.columns - 1),
            overlay: index == 0 ? strip.overlay : ""))
      }
    }
    // The last strips are the work at hand.
    return Array(rows.suffix(max(0, size.rows - 1)))
  }
}

/// Text with colours in it, as a terminal counts it.
public enum TerminalText {
  /// Columns that a line takes; escape codes take none.
  public static func width(_ line: String) -> Int {
    var count = 0
    walk(line) { character, isCode in if !isCode { count += displayWidth(of: character) } }
    return count
  }

  /// The line up to a number of columns; its colours end with it.
  public static func cut(_ line: String, to columns: Int) -> String {
    guard line.utf8.count > columns, width(line) > columns else { return line }
    var text = "", count = 0
    walk(line) { character, isCode in
      if isCode {
        text.append(character)
      } else {
        count += displayWidth(of: character)
        if count <= columns { text.append(character) }
      }
    }
    return text
  }

  /// Text whose long lines are broken between words. What follows is indented as its line is, and in
  /// a table (a word or two, blanks, text) as its text is. A word that is longer than the line stays
  /// whole.
  public static func folded(_ text: String, to columns: Int) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      guard line.count > columns else { return String(line) }
      let head = tableHead(line).flatMap { $0 < columns / 2 ? $0 : nil }
      let width = head ?? line.prefix { $0 == " " }.count
      let lines = wrapped(
        String(line.dropFirst(width)), first: columns - width, rest: columns - width)
      let indent = String(repeating: " ", count: width)
      let broken = lines.map { $0.suffix(1) == " " ? String($0.dropLast()) : $0 }
      return line.prefix(width) + broken.joined(separator: "\n" + indent)
    }.joined(separator: "\n")
  }

  /// Columns before the text of a row; nil of a line that is no row of a table.
  private static func tableHead(_ line: Substring) -> Int? {
    let indent = line.prefix { $0 == " " }.count
    guard let gap = line.dropFirst(indent).firstRange(of: "  ") else { return nil }
    let text = line[gap.lowerBound...].drop { $0 == " " }
    // Several gaps are a list of names.
    return text.contains("  ") ? nil : line.count - text.count
  }

  private static func walk(_ line: String, _ body: (Character, Bool) -> Void) {
    var isCode = false
    for character in line {
      if character == "\u{1B}" { isCode = true }
      body(character, isCode)
      if isCode, character.isLetter { isCode = false }
    }
  }
}

/// Diagnostics as text for a terminal or a log.
///
///     error E021: shapes do not line up in "-"
///       demo.ccv:2:9
///        2 | let y = a - b
///          |         ^ 3 x 4
///          |             ^ 4
///       Element-wise work needs equal shapes, or one shape equal to the tail of the other.
///       Try: reshape(b, [4, 1])          More: ?E021
public struct DiagnosticRenderer: Sendable {
  /// Whether to use ANSI colours.
  public var usesColor: Bool
  /// Columns that prose is wrapped to.
  public var width: Int
  /// Short: the message, the place and the one thing to try, for a code that was explained before.
  public var isShort: Bool

  public init(usesColor: Bool = false, width: Int = 100, isShort: Bool = false) {
    self.usesColor = usesColor
    self.width = max(20, width)
    self.isShort = isShort
  }

  public func render(_ diagnostic: Diagnostic) -> String {
    var lines = [header(diagnostic)]
    if let first = diagnostic.labels.first {
      let place = first.file.position(at: first.range.start)
      lines.append("  \(first.file.name):\(place.line):\(place.column)")
    }
    lines += excerpts(diagnostic)
    if !isShort { for note in diagnostic.notes { lines += wrapped(note) } }
    lines += trace(diagnostic.trace)
    let more = isShort ? "" : "More: ?\(diagnostic.code)"
    if let hint = diagnostic.hint {
      var tail = wrapped("Try: " + hint)
      if !more.isEmpty {
        let last = tail[tail.count - 1]
        if TextWidth.columns(of: last) + more.count + 4 <= width {
          tail[tail.count - 1] = last + "    " + more
        } else {
          tail.append("  " + more)
        }
      }
      lines += tail
    } else if !more.isEmpty {
      lines.append("  " + more)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func header(_ diagnostic: Diagnostic) -> String {
    let name = diagnostic.severity.rawValue
    let title = "\(name) \(diagnostic.code):"
    return paint(title, diagnostic.severity == .error ? "1;31" : "1;33") + " "
      + paint(diagnostic.message, "1")
  }

  // MARK: - Source lines with carets

  /// Labels by file and line, the primary file first; a label of several lines points at its first.
  private func excerpts(_ diagnostic: Diagnostic) -> [String] {
    let labels = isShort ? Array(diagnostic.labels.prefix(1)) : diagnostic.labels
    guard let primary = labels.first else { return [] }
    var lines = [String]()
    var files = [primary.file]
    for label in labels where !files.contains(where: { $0 === label.file }) {
      files.append(label.file)
    }
    for file in files {
      let own = labels.filter { $0.file === file }
      let rows = Set(own.map { file.line(at: $0.range.start) }).sorted()
      let gutter = max(4, String((rows.last ?? 0) + 1).count + 2)
      if file !== primary.file {
        lines.append("  \(file.name):\((rows.first ?? 0) + 1)")
      }
      for row in rows {
        lines.append(sourceLine(file, row, gutter))
        for label in own where file.line(at: label.range.start) == row {
          lines.append(caretLine(label, row, gutter, isPrimary: label.range == primary.range))
        }
      }
    }
    return lines
  }

  private func sourceLine(_ file: SourceFile, _ row: Int, _ gutter: Int) -> String {
    let number = String(row + 1)
    let padding = String(repeating: " ", count: gutter + 1 - number.count)
    return paint("\(padding)\(number) |", "2") + " " + TextWidth.expandingTabs(file.lineText(row))
  }

  private func caretLine(
    _ label: Diagnostic.Label, _ row: Int, _ gutter: Int, isPrimary: Bool
  ) -> String {
    let file = label.file
    let start = file.lineStarts[row]
    let text = file.lineText(row)
    let lineEnd = start + text.utf8.count
    let before = TextWidth.expandingTabs(file.text(SourceRange(start, label.range.start)))
    let marked = TextWidth.expandingTabs(
      file.text(SourceRange(label.range.start, min(label.range.end, lineEnd))))
    let carets = String(repeating: "^", count: max(1, TextWidth.columns(of: marked)))
    let space = String(repeating: " ", count: TextWidth.columns(of: before))
    let tail = label.text.isEmpty ? "" : " " + label.text
    return paint(String(repeating: " ", count: gutter + 1) + " |", "2") + " " + space
      + paint(carets + tail, isPrimary ? "31" : "34")
  }

  // MARK: - Prose

  /// The innermost three and the outermost five calls.
  private func trace(_ entries: [Diagnostic.TraceEntry]) -> [String] {
    guard entries.count > 1, !isShort else { return [] }
    func line(_ entry: Diagnostic.TraceEntry) -> String {
      "  in \(entry.function), \(entry.file):\(entry.line)"
    }
    guard entries.count > 9 else { return entries.map(line) }
    return entries.prefix(3).map(line) + ["  ... \(entries.count - 8) more calls ..."]
      + entries.suffix(5).map(line)
  }

  private func wrapped(_ text: String) -> [String] {
    var lines = [String]()
    for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
      var current = " "
      for word in paragraph.split(separator: " ", omittingEmptySubsequences: false) {
        if TextWidth.columns(of: current) + 1 + TextWidth.columns(of: String(word)) > width,
          current != " "
        {
          lines.append(current)
          current = " "
        }
        current += " " + word
      }
      lines.append(current)
    }
    return lines
  }

  private func paint(_ text: String, _ style: String) -> String {
    usesColor ? "\u{1B}[\(style)m\(text)\u{1B}[0m" : text
  }
}

/// How many columns of a terminal a text takes.
public enum TextWidth {
  /// Wide characters (East Asian, emoji) take two, combining marks none.
  public static func columns(of text: String) -> Int {
    text.reduce(0) { $0 + columns(of: $1) }
  }

  public static func columns(of character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    if first.isASCII { return first.value < 0x20 ? 0 : 1 }
    if first.properties.generalCategory == .nonspacingMark { return 0 }
    if first.properties.isEmojiPresentation { return 2 }
    switch first.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
      0xA000...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0xFFE0...0xFFE6, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }

  /// Tabs as two blanks: alignment below a line must not depend on the terminal's stops.
  public static func expandingTabs(_ text: String) -> String {
    text.contains("\t") ? text.split(separator: "\t", omittingEmptySubsequences: false).joined(separator: "  ") : text
  }
}

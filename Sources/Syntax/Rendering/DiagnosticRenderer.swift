// Diagnostics as people read them. Colour and width are arguments: this file knows no terminal.

/// Turns diagnostics into text for a terminal, a notebook or a log.
public struct DiagnosticRenderer: Sendable {
  /// How much of a diagnostic to show.
  public enum Form: Sendable, Equatable {
    /// Source lines with carets, notes, hint and the pointer to the help page.
    case long
    /// The same without notes and the pointer: for a reader who has seen the code explained.
    case short
  }

  /// Whether to use ANSI colours.
  public var usesColor: Bool

  /// Columns to fill; at least 40 are used.
  public var width: Int

  /// Creates a renderer.
  public init(usesColor: Bool = false, width: Int = 80) {
    self.usesColor = usesColor
    self.width = max(40, width)
  }

  /// Returns one diagnostic as text without a line end after its last line.
  public func render(_ diagnostic: Diagnostic, form: Form = .long) -> String {
    lines(diagnostic, form).joined(separator: "\n")
  }

  /// Returns several diagnostics as text, an empty line between long ones.
  ///
  /// The first `limit` are shown; a last line counts the others.
  public func render(
    _ diagnostics: [Diagnostic], form: Form = .long, limit: Int = 10
  ) -> String {
    var blocks = diagnostics.prefix(limit).map { render($0, form: form) }
    let rest = diagnostics.count - blocks.count
    if rest > 0 { blocks.append("\(rest) more like \(rest == 1 ? "this" : "these").") }
    return blocks.joined(separator: form == .long ? "\n\n" : "\n")
  }

  // MARK: - Forms

  private func lines(_ diagnostic: Diagnostic, _ form: Form) -> [String] {
    let message = wrap(
      diagnostic.message, first: "\(diagnostic.severity.rawValue) \(diagnostic.code): ".count,
      indent: 2)
    var lines = message.enumerated().map { index, line in
      (index == 0 ? heading(diagnostic) + " " : "  ") + paint(line, .message)
    }
    lines += excerptLines(diagnostic)
    for note in diagnostic.notes where form == .long {
      lines += wrap(note, first: 2, indent: 2).map { "  " + $0 }
    }
    return lines + traceLines(diagnostic.trace) + hintLines(diagnostic, form)
  }

  /// The innermost three and the outermost five calls; nothing when no call was under way.
  private func traceLines(_ entries: [TraceEntry]) -> [String] {
    guard entries.count > 1 else { return [] }
    let lines = entries.map { "  in \($0.function), \($0.file):\($0.line)" }
    guard lines.count > 9 else { return lines }
    let count = "  ... \(lines.count - 8) more calls ..."
    return lines.prefix(3) + [paint(count, .gutter)] + lines.suffix(5)
  }

  private func heading(_ diagnostic: Diagnostic) -> String {
    paint("\(diagnostic.severity.rawValue) \(diagnostic.code):", Paint(diagnostic.severity))
  }

  private func location(_ label: Label) -> String {
    let place = label.file.location(at: label.range.start)
    return "\(label.file.name):\(place.line):\(place.column)"
  }

  /// What to try, with the pointer to the help page at its right where there is room.
  private func hintLines(_ diagnostic: Diagnostic, _ form: Form) -> [String] {
    let more = form == .long ? "More: ?\(diagnostic.code)" : ""
    var lines = mendedLines(diagnostic)
    if let hint = diagnostic.hint, lines.isEmpty || !hint.isCodeAlone {
      lines += wrap(hint, first: 7, indent: 7)
    }
    if lines.isEmpty { return more.isEmpty ? [] : ["  " + paint(more, .gutter)] }
    let used = 7 + displayWidth(of: lines[lines.count - 1])
    let column = max(54, used + 2)
    if more.isEmpty {
      // Nothing stands at its right.
    } else if column + more.count <= width {
      lines[lines.count - 1] +=
        String(repeating: " ", count: column - used) + paint(more, .gutter)
    } else {
      lines.append(paint(more, .gutter))
    }
    return lines.enumerated().map { index, line in
      index == 0 ? "  \(paint("Try:", .hint)) \(line)" : String(repeating: " ", count: 7) + line
    }
  }

  /// The mended lines as code, where they are few and fit.
  private func mendedLines(_ diagnostic: Diagnostic) -> [String] {
    guard let lines = diagnostic.mend?.lines, lines.count <= 8,
      lines.allSatisfy({ displayWidth(of: $0) + 9 <= width })
    else { return [] }
    return lines.count == 1 ? ["`\(lines[0].trimmed)`"] : lines
  }

  // MARK: - Source

  private func excerptLines(_ diagnostic: Diagnostic) -> [String] {
    var files: [SourceFile] = []
    for label in diagnostic.labels where !files.contains(label.file) { files.append(label.file) }
    let lines = diagnostic.labels.map { $0.file.line(at: $0.range.start) }
    let gutter = max(5, String(lines.max() ?? 0).count + 2)
    return files.flatMap { file in
      let labels = diagnostic.labels.filter { $0.file == file }
      return ["  " + labels.prefix(1).map(location).joined()]
        + excerptLines(of: file, labels, primary: diagnostic.primary, gutter: gutter)
    }
  }

  private func excerptLines(
    of file: SourceFile, _ labels: [Label], primary: Label?, gutter: Int
  ) -> [String] {
    var rows: [String] = []
    var previous: Int?
    for line in Set(labels.map { file.line(at: $0.range.start) }).sorted() {
      if let previous, line > previous + 1 {
        rows.append(paint(String(repeating: " ", count: gutter - 2) + "...", .gutter))
      }
      previous = line
      let here = labels.filter { file.line(at: $0.range.start) == line }
      rows += excerptRows(file, line, here, primary: primary, gutter: gutter)
    }
    return rows
  }

  /// A line of source and one row of carets for each of its labels, left to right.
  private func excerptRows(
    _ file: SourceFile, _ line: Int, _ labels: [Label], primary: Label?, gutter: Int
  ) -> [String] {
    let excerpt = SourceExcerpt(file, line: line)
    let number = String(line)
    let room = width - gutter - 3
    let focus = excerpt.columns(of: (labels.first { $0 == primary } ?? labels[0]).range).lowerBound
    let (text, start) = excerpt.window(width: room, focus: focus)
    let blank = String(repeating: " ", count: gutter - number.count)
    var rows = [paint(blank + number + " |", .gutter) + (text.isEmpty ? "" : " " + text)]
    for label in labels.sorted(by: { $0.range.start < $1.range.start }) {
      let columns = excerpt.columns(of: label.range).clamped(to: start..<(start + room))
      guard !columns.isEmpty else { continue }
      let carets = paint(
        String(repeating: "^", count: columns.count), label == primary ? .primary : .secondary)
      let bar = paint(String(repeating: " ", count: gutter) + " |", .gutter) + " "
      rows += caretRows(carets, columns.lowerBound - start, columns.count, label.text, room)
        .map { bar + $0 }
    }
    return rows
  }

  /// Carets with words beside them, or below them where the line is too narrow.
  private func caretRows(
    _ carets: String, _ indent: Int, _ count: Int, _ text: String, _ room: Int
  ) -> [String] {
    let blank = String(repeating: " ", count: indent)
    guard !text.isEmpty else { return [blank + carets] }
    if indent + count + 1 + displayWidth(of: text) <= room {
      return ["\(blank)\(carets) \(text)"]
    }
    let left = min(indent, max(0, room - max(24, displayWidth(of: text))))
    let lines = wrapped(text, first: room - left, rest: room - left)
    return [blank + carets] + lines.map { String(repeating: " ", count: left) + $0 }
  }

  // MARK: - Prose

  /// Wraps prose to the width; `first` columns of the first line are taken, `indent` of the others.
  private func wrap(_ text: String, first: Int, indent: Int) -> [String] {
    wrapped(text, first: width - first, rest: width - indent)
  }
}

/// Breaks prose at blanks into lines of at most so many columns; a longer word stands alone.
public func wrapped(_ text: String, first: Int, rest: Int) -> [String] {
  var lines = [""]
  for word in text.split(separator: " ", omittingEmptySubsequences: false) {
    let line = lines[lines.count - 1]
    let room = lines.count == 1 ? first : rest
    let isFirst = line.isEmpty
    if isFirst || displayWidth(of: line) + 1 + displayWidth(of: String(word)) <= room {
      lines[lines.count - 1] = isFirst ? String(word) : "\(line) \(word)"
    } else {
      lines.append(String(word))
    }
  }
  return lines
}

// MARK: - Colour

/// The parts of a message that have a colour, as ANSI codes.
private enum Paint: String {
  case error = "1;31"
  case warning = "1;33"
  case note = "1;36"
  case message = "1"
  case gutter = "2"
  case secondary = "36"
  case hint = "1;32"

  static let primary = Paint.error

  init(_ severity: Diagnostic.Severity) {
    switch severity {
    case .error: self = .error
    case .warning: self = .warning
    case .note: self = .note
    }
  }
}

extension DiagnosticRenderer {
  private func paint(_ text: String, _ paint: Paint) -> String {
    usesColor ? "\u{1B}[\(paint.rawValue)m\(text)\u{1B}[0m" : text
  }
}

extension String {
  /// Whether it is little more than code in backquotes, which a mended line shows better.
  fileprivate var isCodeAlone: Bool {
    let prose = split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset.isMultiple(of: 2) }
      .flatMap { $0.element.split { !$0.isLetter } }
    return hasPrefix("`") && prose.count <= 2
  }

  fileprivate var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}

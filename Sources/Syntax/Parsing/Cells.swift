// What comments mean: cells that `# %%` lines start, and the documentation above a `fn`.

/// The cells of a source in order.
func cells(in tokens: [Token], of file: SourceFile) -> [Cell] {
  let markers = tokens.filter { $0.kind == .cellMarker }
  return markers.indices.map { index in
    let header = markers[index].range
    let next = index + 1 < markers.count ? markers[index + 1].range.start : file.bytes.count
    let line = file.line(at: header.start)
    let body = line < file.lineCount ? file.lineStarts[line] : file.bytes.count
    let (kind, title) = cellHeader(file.text(of: header))
    return Cell(
      kind: kind, title: title, headerRange: header,
      bodyRange: SourceRange(start: min(body, next), end: next))
  }
}

/// Splits `# %% [markdown] title`.
private func cellHeader(_ line: String) -> (Cell.Kind, String) {
  let words = line.drop { $0 == "#" || $0 == " " || $0 == "\t" }.drop { $0 == "%" }
  let title = trimmed(words)
  for marker in ["[markdown]", "[md]"] where title.hasPrefix(marker) {
    return (.markdown, trimmed(title.dropFirst(marker.count)))
  }
  return (.code, title)
}

private func trimmed(_ text: Substring) -> String {
  let tail = text.drop { $0 == " " || $0 == "\t" }
  let end = tail.lastIndex { $0 != " " && $0 != "\t" }
  return end.map { String(tail[...$0]) } ?? ""
}

extension Cell {
  /// The prose of a markdown cell: its comment lines without `#` and one blank.
  public func prose(in file: SourceFile) -> String {
    let lines = file.text(of: bodyRange).split(omittingEmptySubsequences: false) { $0.isNewline }
    let prose = lines.map { line in
      guard line.first == "#" else { return String(line) }
      let text = line.dropFirst()
      return String(text.first == " " ? text.dropFirst() : text)
    }
    let first = prose.firstIndex { !$0.isEmpty } ?? prose.endIndex
    let last = prose.lastIndex { !$0.isEmpty } ?? prose.startIndex
    return first <= last ? prose[first...last].joined(separator: "\n") : ""
  }
}

/// Groups `##` lines and finds the token, by its index among all but comments, that stands on the
/// line right below each group.
///
/// An empty line between them makes the group an ordinary comment.
func attachDocumentation(_ tokens: [Token], in file: SourceFile) -> [Int: [Token]] {
  var result: [Int: [Token]] = [:]
  var group: [Token] = []
  var lastLine = 0
  var index = 0
  for token in tokens {
    let line = file.line(at: token.range.start)
    switch token.kind {
    case .documentation:
      if line != lastLine + 1 { group = [] }
      group.append(token)
      lastLine = line
    case .comment, .cellMarker: group = []
    case .newline: index += 1
    default:
      if !group.isEmpty && line == lastLine + 1 || isWaiting(group, token, at: line, lastLine) {
        result[index] = group
      }
      group = []
      index += 1
    }
  }
  return result
}

/// A group at the very end, on the last line itself.
private func isWaiting(_ group: [Token], _ token: Token, at line: Int, _ lastLine: Int) -> Bool {
  !group.isEmpty && token.kind == .endOfInput && line == lastLine
}

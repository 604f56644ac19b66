// One piece of source text with the index that turns byte offsets into lines and columns. It is
// immutable and shared by reference, so a diagnostic can carry it at no cost and stays printable
// after the prompt has moved on. It never reads a disk: the caller brings the bytes.

/// A named source text: a script, a cell or one entry at the prompt.
public final class SourceFile: Sendable {
  /// What messages call it: a path as the user typed it, or `<prompt 3>`.
  public let name: String

  /// The text as it came, in UTF-8 unless `firstInvalidOffset` says otherwise.
  public let bytes: [UInt8]

  /// Byte offset of the start of each line; the first is 0.
  ///
  /// Lines end at LF, CR LF or a lone CR.
  public let lineStarts: [Int]

  /// Creates a source from raw bytes, which need not be valid UTF-8.
  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
    self.lineStarts = Self.lineStarts(of: bytes)
  }

  /// Creates a source from text.
  public convenience init(name: String, text: String) {
    self.init(name: name, bytes: Array(text.utf8))
  }

  /// The whole text; bytes that are not UTF-8 show as U+FFFD.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The range of the whole text.
  public var fullRange: SourceRange { SourceRange(start: 0, end: bytes.count) }

  /// Number of lines, at least 1.
  public var lineCount: Int { lineStarts.count }

  /// Returns the text of a range; what lies outside of the source is left out.
  public func text(of range: SourceRange) -> String {
    let start = min(range.start, bytes.count)
    return String(decoding: bytes[start..<min(range.end, bytes.count)], as: UTF8.self)
  }

  private static func lineStarts(of bytes: [UInt8]) -> [Int] {
    var starts = [0]
    var offset = 0
    while offset < bytes.count {
      let byte = bytes[offset]
      offset += 1
      if byte == 0x0D && offset < bytes.count && bytes[offset] == 0x0A { offset += 1 }
      if byte == 0x0A || byte == 0x0D { starts.append(offset) }
    }
    return starts
  }
}

extension SourceFile: Equatable {
  /// Two sources are equal when name and text are.
  public static func == (a: SourceFile, b: SourceFile) -> Bool {
    a === b || (a.name == b.name && a.bytes == b.bytes)
  }
}

/// A place as people count it: both numbers start at 1, and a column is a character as one sees it.
public struct SourceLocation: Hashable, Sendable {
  /// Line number, from 1.
  public let line: Int

  /// Column in characters (grapheme clusters), from 1; a tab counts as one.
  public let column: Int

  /// Creates a location from two one-based numbers.
  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}

extension SourceFile {
  /// Returns the one-based line that holds a byte offset.
  public func line(at offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }

  /// Returns line and column of a byte offset; an offset past the end is the end.
  public func location(at offset: Int) -> SourceLocation {
    let line = line(at: offset)
    let start = lineStarts[line - 1]
    let end = max(start, min(offset, lineRange(line).end))
    let before = String(decoding: bytes[start..<end], as: UTF8.self)
    return SourceLocation(line: line, column: before.drop { $0 == "\u{FEFF}" }.count + 1)
  }

  /// Returns the bytes of a one-based line without its line end; an empty range past the last line.
  public func lineRange(_ line: Int) -> SourceRange {
    guard line >= 1 && line <= lineStarts.count else { return fullRange.endPoint }
    let start = lineStarts[line - 1]
    var end = line < lineStarts.count ? lineStarts[line] : bytes.count
    while end > start && (bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D) { end -= 1 }
    return SourceRange(start: start, end: end)
  }
}

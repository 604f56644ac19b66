/// A part of a source text, as UTF-8 offsets `start ..< end`.
public struct SourceRange: Hashable, Sendable {
  public var start: Int
  public var end: Int

  public init(_ start: Int, _ end: Int) {
    self.start = start
    self.end = end
  }

  /// From the beginning of this range to the end of the other.
  public func through(_ other: SourceRange) -> SourceRange {
    SourceRange(start, Swift.max(end, other.end))
  }

  /// The place right behind this range.
  public var after: SourceRange { SourceRange(end, end) }
}

/// A named source text and where its lines begin.
public final class SourceFile: Sendable {
  /// What messages call it: a path, or `<prompt 3>`.
  public let name: String
  public let bytes: [UInt8]
  /// The offset of the first byte of each line.
  public let lineStarts: [Int]
  /// The offset of the first byte that is not UTF-8, if there is one.
  public let invalidOffset: Int?

  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
    lineStarts = [0] + bytes.indices.filter { bytes[$0] == 0x0A }.map { $0 + 1 }
    invalidOffset = Self.firstInvalidByte(of: bytes)
  }

  public convenience init(name: String, text: String) {
    self.init(name: name, bytes: Array(text.utf8))
  }

  /// The text of a range; bytes that are not UTF-8 become the replacement character.
  public func text(_ range: SourceRange) -> String {
    let (start, end) = (max(0, range.start), min(bytes.count, range.end))
    return start < end ? String(decoding: bytes[start..<end], as: UTF8.self) : ""
  }

  /// The line (from 0) that holds an offset.
  public func line(at offset: Int) -> Int {
    var (low, high) = (0, lineStarts.count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle - 1 }
    }
    return low
  }

  /// Line and column of an offset, both from 1; the column counts characters.
  public func position(at offset: Int) -> (line: Int, column: Int) {
    let line = line(at: offset)
    return (line + 1, text(SourceRange(lineStarts[line], offset)).count + 1)
  }

  /// The text of a line (from 0) without its line break.
  public func lineText(_ line: Int) -> String {
    let end = line + 1 < lineStarts.count ? lineStarts[line + 1] - 1 : bytes.count
    let text = text(SourceRange(lineStarts[line], end))
    return text.hasSuffix("\r") ? String(text.dropLast()) : text
  }

  private static func firstInvalidByte(of bytes: [UInt8]) -> Int? {
    var iterator = bytes.makeIterator()
    var decoder = UTF8()
    var offset = 0
    while true {
      switch decoder.decode(&iterator) {
      case .scalarValue(let scalar): offset += UTF8.width(scalar)
      case .emptyInput: return nil
      case .error: return offset
      }
    }
  }
}

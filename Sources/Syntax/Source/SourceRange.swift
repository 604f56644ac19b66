// A half-open range of UTF-8 offsets into one source. Eight bytes, trivially copied: every token
// and every node of the tree carries one.

/// A half-open range `start ..< end` of UTF-8 byte offsets into a `SourceFile`.
public struct SourceRange: Hashable, Sendable {
  private let lower: UInt32
  private let upper: UInt32

  /// Creates a range; offsets are bytes from the start of the source, `0 <= start <= end < 2^32`.
  public init(start: Int, end: Int) {
    precondition(0 <= start && start <= end && end <= Int(UInt32.max), "offsets out of order")
    lower = UInt32(start)
    upper = UInt32(end)
  }

  /// Offset of the first byte.
  public var start: Int { Int(lower) }

  /// Offset one past the last byte.
  public var end: Int { Int(upper) }

  /// Number of bytes covered; zero for a place between two characters.
  public var count: Int { end - start }

  /// Whether the range covers no byte.
  public var isEmpty: Bool { lower == upper }

  /// Returns the smallest range that covers this one and `other`.
  public func union(_ other: SourceRange) -> SourceRange {
    SourceRange(start: min(start, other.start), end: max(end, other.end))
  }

  /// The empty range just before the first byte.
  public var startPoint: SourceRange { SourceRange(start: start, end: start) }

  /// The empty range just after the last byte.
  public var endPoint: SourceRange { SourceRange(start: end, end: end) }
}

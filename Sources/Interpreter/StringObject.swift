import Glibc

/// A text.
///
/// Its bytes stand in the object if they fit, so that making most strings is one allocation; `string` is
/// made when somebody asks.
public final class StringObject: HeapObject {
  /// The bytes in UTF-8, or the address of more of them than fit.
  private var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
  /// How many bytes there are.
  let length: Int
  private static let lengthWithin = MemoryLayout<(UInt64, UInt64, UInt64)>.size

  /// - Parameter write: gets room for exactly `length` bytes, all of which it sets, to whole characters
  ///   in UTF-8.
  init(length: Int, _ write: (UnsafeMutablePointer<UInt8>) throws -> Void) rethrows {
    self.length = length
    super.init()
    heapKind = .string
    if length <= Self.lengthWithin {
      try withUnsafeMutableBytes(of: &words) { room in
        if let start = room.baseAddress { try write(start.assumingMemoryBound(to: UInt8.self)) }
      }
    } else {
      let place = UnsafeMutablePointer<UInt8>.allocate(capacity: length)
      words.0 = UInt64(UInt(bitPattern: place))
      try write(place)
    }
  }

  public convenience init(_ string: String) {
    self.init(length: string.utf8.count) { string.write(to: $0) }
  }

  /// The text of one and then of the other.
  convenience init(_ left: StringObject, _ right: StringObject) {
    self.init(length: left.length + right.length) { place in
      left.withBytes { place.update(from: $0, count: left.length) }
      right.withBytes { (place + left.length).update(from: $0, count: right.length) }
    }
  }

  deinit {
    if length > Self.lengthWithin { outside.deallocate() }
  }

  private var outside: UnsafeMutablePointer<UInt8> {
    // Safety: set by the initialiser, which is the only one to set it, for such a length.
    UnsafeMutablePointer(bitPattern: UInt(words.0)).unsafelyUnwrapped
  }

  /// Hands over the bytes, valid within `body`.
  @inline(__always)
  func withBytes<R>(_ body: (UnsafePointer<UInt8>) throws -> R) rethrows -> R {
    if length > Self.lengthWithin { return try body(outside) }
    return try withUnsafeBytes(of: words) { bytes in
      try body(bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self))
    }
  }

  /// The text itself, made anew each time.
  public var string: String {
    withBytes {
      String(decoding: UnsafeBufferPointer(start: $0, count: length), as: UTF8.self)
    }
  }

  /// Whether two texts are the same; an accent may be written with its letter or behind it.
  func isSame(as other: StringObject) -> Bool {
    let isCopy =
      length == other.length
      && withBytes { left in other.withBytes { memcmp(left, $0, length) == 0 } }
    return isCopy || !(isASCII && other.isASCII) && string == other.string
  }

  /// Whether each byte is a character of its own, but for line ends of two.
  var isASCII: Bool { withBytes { Self.marks($0, length) & 0x80 == 0 } }

  /// How many characters there are, as a reader counts them.
  public var characterCount: Int {
    // Every ASCII byte is a character, but for a line end of two.
    withBytes { Self.marks($0, length) } == 0 ? length : string.count
  }

  /// Bit 7 is set if a byte is beyond ASCII, bit 0 if one is a carriage return; not all are read when
  /// an early one tells.
  private static func marks(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt8 {
    var marks: UInt8 = 0, start = 0
    while marks & 0x80 == 0, start < count {
      // A piece without a way out is worked on many bytes at a time.
      let end = min(start + 4096, count)
      for index in start..<end { marks |= bytes[index] & 0x80 | (bytes[index] == 0x0D ? 1 : 0) }
      start = end
    }
    return marks
  }

  /// The items of a list of strings with a separator between them, written once; nil if an item is no
  /// string.
  static func joining(_ list: ListObject, separator: StringObject) throws -> StringObject? {
    let values = list.values
    guard !values.isEmpty, values.allSatisfy({ $0.isKind(.string) }) else { return nil }
    let count = values.reduce((values.count - 1) * separator.length) { sum, value in
      sum + value.unchecked(StringObject.self)._withUnsafeGuaranteedRef { $0.length }
    }
    guard count <= TextBuilder.countMax else { throw RuntimeMessages.text(ofBytes: count) }
    return StringObject(length: count) { start in
      var place = start
      for (index, value) in values.enumerated() {
        if index > 0 { separator.copy(to: &place) }
        value.unchecked(StringObject.self)._withUnsafeGuaranteedRef { $0.copy(to: &place) }
      }
    }
  }

  private func copy(to place: inout UnsafeMutablePointer<UInt8>) {
    withBytes { place.update(from: $0, count: length) }
    place += length
  }

  public override var typeName: String { "string" }
  public override func summary(width: Int) -> String { Display.quoted(string) }
  public override var text: String { string }
  public override var byteCount: Int { 64 + (length > Self.lengthWithin ? length : 0) }
}

extension String {
  /// Copies the bytes to where there is room for them.
  @inline(__always)
  func write(to place: UnsafeMutablePointer<UInt8>) {
    let isCopied: Void? = utf8.withContiguousStorageIfAvailable { source in
      guard let start = source.baseAddress else { return }
      place.update(from: start, count: source.count)
    }
    precondition(isCopied != nil, "strings are UTF-8 in one piece")
  }
}

import Glibc

/// A text: bytes of UTF-8 that never change.
///
/// The bytes are the object's own, so that texts are joined and compared without a Swift string between.
public final class StringObject: HeapObject {
  /// The text as UTF-8.
  final let utf8: UnsafeBufferPointer<UInt8>
  /// Whether each byte is a character of its own.
  final let isASCII: Bool
  /// The text as a Swift string, once somebody has asked for it.
  private final var made: String?

  /// - Parameter source: sound UTF-8, which is copied.
  init(utf8 source: UnsafeBufferPointer<UInt8>, isASCII: Bool) {
    let bytes = TextBytes.allocate(source.count)
    if let start = source.baseAddress { TextBytes.copy(start, source.count, to: bytes) }
    utf8 = UnsafeBufferPointer(start: bytes, count: source.count)
    self.isASCII = isASCII
    super.init()
    heapKind = .string
  }

  public convenience init(_ string: String) {
    var builder = TextBuilder(capacity: string.utf8.count)
    builder.append(string)
    self.init(utf8: builder.utf8, isASCII: builder.isASCII)
    made = string
  }

  deinit { TextBytes.deallocate(UnsafeMutablePointer(mutating: start), utf8.count) }

  /// The text itself.
  public var string: String {
    if let made { return made }
    let string = String(decoding: utf8, as: UTF8.self)
    made = string
    return string
  }

  /// The first byte; there is one even of an empty text, not to be read.
  private var start: UnsafePointer<UInt8> { utf8.baseAddress.unsafelyUnwrapped }

  /// Whether two texts are the same to a reader: however an accented letter is put together.
  func isSame(as other: StringObject) -> Bool {
    if utf8.count == other.utf8.count,
      memcmp(start, other.start, utf8.count) == 0
    {
      return true
    }
    return isASCII && other.isASCII ? false : string == other.string
  }

  /// How many characters there are, as a reader counts them.
  public var characterCount: Int {
    // Every ASCII byte is a character, but for a line end of two.
    isASCII && memchr(start, 0x0D, utf8.count) == nil ? utf8.count : string.count
  }

  public override var typeName: String { "string" }
  public override func summary(width: Int) -> String { Display.quoted(string) }
  public override var text: String { string }
  public override var byteCount: Int { 64 + utf8.count }
}

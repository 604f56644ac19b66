/// Text under construction, as bytes: `join` and `"{x}"` spend their time here.
///
/// What is appended is whole texts and numbers, so the bytes are UTF-8 at every moment.
struct TextBuilder: ~Copyable {
  private var bytes: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var count = 0
  /// Whether each byte is a character of its own.
  private(set) var isASCII = true
  /// No text is longer, so that one more joining of two cannot take all memory.
  static let countMax = 1 << 28

  init(capacity: Int) {
    self.capacity = max(capacity, 32)
    bytes = .allocate(capacity: self.capacity)
  }

  deinit { bytes.deallocate() }

  /// What is there so far; valid until the next change.
  var utf8: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: bytes, count: count) }

  /// The value as `print` shows it.
  mutating func append(_ value: Value) {
    if value.isNumber {
      let number = value.double
      // Zero has a sign, which `Display` knows about.
      if abs(number) < 0x1p31, number != 0, Double(Int32(number)) == number {
        append(whole: Int32(number))
      } else {
        append(Display.number(number))
      }
    } else if value.isKind(.string) {
      value.unchecked(StringObject.self)._withUnsafeGuaranteedRef { text in
        reserve(text.length)
        text.withBytes { (bytes + count).update(from: $0, count: text.length) }
        count &+= text.length
      }
    } else {
      append(Display.text(value))
    }
  }

  mutating func append(_ text: String) {
    let more = text.utf8.count
    reserve(more)
    text.write(to: bytes + count)
    count &+= more
  }

  @inline(__always)
  private mutating func append(_ source: UnsafeBufferPointer<UInt8>, isASCII: Bool) {
    guard let start = source.baseAddress else { return }
    reserve(source.count)
    TextBytes.copy(start, source.count, to: bytes + count)
    count &+= source.count
    if !isASCII { self.isASCII = false }
  }

  /// The digits of a whole number, two at a time from the last one backwards.
  private mutating func append(whole: Int32) {
    reserve(12)
    var magnitude = whole.magnitude
    if whole < 0 {
      bytes[count] = UInt8(ascii: "-")
      count &+= 1
    }
    let digits = Self.digitCount(magnitude)
    var place = bytes + (count &+ digits)
    count &+= digits
    while magnitude >= 10 {
      let quotient = magnitude / 100
      let pair = magnitude &- quotient &* 100
      place -= 2
      let tens = pair / 10
      place[0] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: tens)
      place[1] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: pair &- tens &* 10)
      magnitude = quotient
    }
    if digits & 1 == 1 { place[-1] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: magnitude) }
  }

  @inline(__always)
  private static func digitCount(_ number: UInt32) -> Int {
    var (digits, limit) = (1, UInt64(10))
    while UInt64(number) >= limit {
      digits &+= 1
      limit &*= 10
    }
    return digits
  }

  /// Empties the buffer; one that has grown large is given back.
  mutating func removeAll() {
    count = 0
    isASCII = true
    if capacity > 1 << 16 { self = TextBuilder(capacity: 256) }
  }

  @inline(__always)
  private mutating func reserve(_ more: Int) {
    if count &+ more > capacity { grow(more) }
  }

  @inline(never)
  private mutating func grow(_ more: Int) {
    capacity = max(2 * capacity, count + more)
    let bigger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    bigger.update(from: bytes, count: count)
    bytes.deallocate()
    bytes = bigger
  }

  /// The text so far, as a value that the caller owns.
  func finished() -> Value {
    .owning(StringObject(length: count) { $0.update(from: bytes, count: count) })
  }
}

/// Text under construction, as bytes: `join` and `"{x}"` spend their time here.
///
/// What is appended is whole texts and numbers, so the bytes are UTF-8 at every moment.
struct TextBuilder: ~Copyable {
  private var bytes: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var count = 0
  /// No text is longer, so that one more joining of two cannot take all memory.
  static let countMax = 1 << 28

  init(capacity: Int) {
    self.capacity = max(capacity, 32)
    bytes = .allocate(capacity: self.capacity)
  }

  deinit { bytes.deallocate() }

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

  /// The digits of a whole number, written from the last one backwards.
  private mutating func append(whole: Int32) {
    reserve(22)
    // Backwards from the end of the room, then to their place.
    let end = bytes + (count &+ 22)
    var place = end, magnitude = whole.magnitude
    repeat {
      place -= 1
      let quotient = magnitude / 10
      place.pointee = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: magnitude &- quotient &* 10)
      magnitude = quotient
    } while magnitude > 0
    if whole < 0 {
      place -= 1
      place.pointee = UInt8(ascii: "-")
    }
    let length = end - place
    (bytes + count).update(from: place, count: length)
    count &+= length
  }

  /// Empties the buffer; one that has grown large is given back.
  mutating func removeAll() {
    count = 0
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

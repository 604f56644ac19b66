/// Sizes of memory as a user writes them.
public enum ByteSize {
  /// `4G`: bytes, with K, M or G, and a B behind it or not; nil of what is no size.
  public static func bytes(_ text: String) -> Int? {
    var text = text.uppercased()
    if text.last == "B" { text.removeLast() }
    let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
    let unit = text.last.flatMap { units[$0] }
    guard let number = Double(unit == nil ? text : String(text.dropLast())), number > 0 else {
      return nil
    }
    return Int(min(number * Double(unit ?? 1), 0x1p60))
  }
}

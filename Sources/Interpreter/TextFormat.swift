import Glibc

/// `{loss:.3}`, `{ratio:%}`, `{n:,}`, `{name:<10}`: how a value in a string is laid out.
struct TextFormat {
  var decimals: Int?
  var isPercent = false
  var hasThousands = false
  var width = 0
  var alignment: Character = " "

  /// `[<|>|^] [width] [,] [.decimals] [%]`; nil if the text is no format.
  init?(_ text: String) {
    var rest = Substring(text).drop { $0 == " " }
    if let first = rest.first, "<>^".contains(first) {
      alignment = first
      rest = rest.dropFirst()
    }
    let digits = rest.prefix(while: \.isNumber)
    if !digits.isEmpty {
      guard let width = Int(digits), width <= 1000 else { return nil }
      self.width = width
      rest = rest.dropFirst(digits.count)
    }
    if rest.first == "," {
      hasThousands = true
      rest = rest.dropFirst()
    }
    if rest.first == "." {
      let digits = rest.dropFirst().prefix(while: \.isNumber)
      guard let decimals = Int(digits), decimals <= 30 else { return nil }
      self.decimals = decimals
      rest = rest.dropFirst(1 + digits.count)
    }
    if rest.first == "%" {
      isPercent = true
      rest = rest.dropFirst()
    }
    guard rest.allSatisfy({ $0 == " " }) else { return nil }
  }

  func apply(_ value: Value) -> String {
    guard let number = value.number else {
      let text = Display.text(value)
      return padded(decimals.map { String(text.prefix($0)) } ?? text, isNumber: false)
    }
    return padded(self.number(number), isNumber: true)
  }

  func number(_ value: Double) -> String {
    guard value.isFinite else { return Display.number(value) }
    let scaled = isPercent ? value * 100 : value
    var text =
      decimals.map { Self.fixed(scaled, $0) }
      ?? (isPercent ? Self.percent(scaled) : Display.number(scaled))
    if hasThousands { text = Self.grouped(text) }
    return text + (isPercent ? "%" : "")
  }

  /// 38.3 % of 0.383 is not exact in binary: what would print as 38.300000000000004 prints as 38.3.
  private static func percent(_ value: Double) -> String {
    Display.number(abs(value) < 1e6 ? (value * 1e9).rounded() / 1e9 : value)
  }

  private static func fixed(_ value: Double, _ decimals: Int) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 400) { buffer in
      guard let base = buffer.baseAddress else { return "" }
      _ = withVaList([Int32(decimals), value]) { vsnprintf(base, 400, "%.*f", $0) }
      return String(cString: base)
    }
  }

  private static func grouped(_ text: String) -> String {
    let sign = text.hasPrefix("-") ? "-" : ""
    let body = text.dropFirst(sign.count)
    let whole = body.prefix(while: \.isNumber)
    var grouped = ""
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.count - index) % 3 == 0 { grouped += "," }
      grouped.append(digit)
    }
    return sign + grouped + body.dropFirst(whole.count)
  }

  private func padded(_ text: String, isNumber: Bool) -> String {
    let missing = width - text.count
    guard missing > 0 else { return text }
    let blanks = String(repeating: " ", count: missing)
    switch alignment {
    case "<": return text + blanks
    case ">": return blanks + text
    case "^":
      let left = String(repeating: " ", count: missing / 2)
      return left + text + String(repeating: " ", count: missing - missing / 2)
    default: return isNumber ? blanks + text : text + blanks
    }
  }
}

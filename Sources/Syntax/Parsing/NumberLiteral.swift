// The value of a number literal. Suffixes that are powers of ten are read as exponents, so that
// `0.1%` is the double nearest to 0.001 and not a rounded quotient.

enum NumberLiteral {
  /// What may follow the digits without a space.
  enum Suffix: String, CaseIterable {
    case percent = "%"
    case thousand = "k"
    case million = "M"
    case seconds = "s"
    case minutes = "min"
    case hours = "h"

    var exponent: Int {
      switch self {
      case .percent: -2
      case .thousand: 3
      case .million: 6
      case .seconds, .minutes, .hours: 0
      }
    }

    /// Seconds, for durations.
    var factor: Double {
      switch self {
      case .minutes: 60
      case .hours: 3600
      case .percent, .thousand, .million, .seconds: 1
      }
    }
  }

  enum Outcome: Equatable {
    case value(Double)
    case malformed
    /// An integer that a 64-bit float cannot hold exactly.
    case inexact
    case tooLarge
  }

  static func value(of literal: String) -> Outcome {
    let body = literal.utf8.prefix {
      Ascii.isDigit($0) || $0 == Ascii.underscore
        || $0 == Ascii.dot || $0 | 0x20 == 0x65 || $0 == Ascii.plus || $0 == Ascii.minus
    }
    let letters = String(literal.utf8.dropFirst(body.count)) ?? ""
    let suffix = Suffix(rawValue: letters)
    guard letters.isEmpty || suffix != nil, let text = String(body), hasSoundUnderscores(text)
    else { return .malformed }

    let digits = text.filter { $0 != "_" }.lowercased()
    let parts = digits.split(separator: "e", omittingEmptySubsequences: false)
    guard parts.count <= 2, let exponent = parts.count == 2 ? clampedExponent(parts[1]) : 0 else {
      return .malformed
    }
    guard let parsed = Double("\(parts[0])e\(exponent + (suffix?.exponent ?? 0))") else {
      return .malformed
    }
    let number = parsed * (suffix?.factor ?? 1)
    guard number.isFinite else { return .tooLarge }
    if suffix == nil, parts.count == 1, !digits.contains("."), number >= 0x1p53,
      !isExact(digits, number)
    {
      return .inexact
    }
    return .value(number)
  }

  /// An exponent far outside of the range of a double says no more than one just outside.
  private static func clampedExponent(_ text: Substring) -> Int? {
    let digits = text.drop { $0 == "+" || $0 == "-" }
    guard !digits.isEmpty, digits.allSatisfy(\.isNumber) else { return nil }
    let size = Int(digits).map { min($0, 100_000) } ?? 100_000
    return text.first == "-" ? -size : size
  }

  private static func hasSoundUnderscores(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return bytes.indices.allSatisfy { index in
      bytes[index] != Ascii.underscore
        || (index > 0 && Ascii.isDigit(bytes[index - 1]) && index + 1 < bytes.count
          && Ascii.isDigit(bytes[index + 1]))
    }
  }

  private static func isExact(_ digits: String, _ number: Double) -> Bool {
    number < 0x1p63 && UInt64(digits) == UInt64(number)
  }
}

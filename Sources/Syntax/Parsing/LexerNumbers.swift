// Numbers, by shape only: `NumberLiteral` turns the letters of a sound number into its value.

extension Lexer {
  mutating func lexNumber() {
    let start = offset
    if byte() == Ascii.zero, [0x78, 0x62, 0x6F].contains(byte(1) | 0x20),
      Ascii.isNameCharacter(byte(2))
    {
      return lexPrefixedNumber(from: start)
    }
    skipDigits()
    skipFraction()
    skipExponent()
    let suffix = offset
    if byte() == Ascii.percent && !percentIsRemainder {
      offset += 1
    } else {
      skipNameCharacters()
    }
    check(from: start, suffix: suffix)
    emit(.number, from: start)
  }

  private mutating func skipDigits() {
    while Ascii.isDigit(byte()) || byte() == Ascii.underscore { offset += 1 }
  }

  /// A point belongs to the number when it is not the start of `..`.
  private mutating func skipFraction() {
    guard byte() == Ascii.dot && byte(1) != Ascii.dot else { return }
    let point = offset
    offset += 1
    if Ascii.isDigit(byte()) {
      skipDigits()
    } else {
      report(.pointWithoutDigit(file, SourceRange(start: point, end: offset)))
    }
  }

  private mutating func skipExponent() {
    guard byte() | 0x20 == 0x65 else { return }
    let hasSign = byte(1) == Ascii.plus || byte(1) == Ascii.minus
    guard Ascii.isDigit(byte(hasSign ? 2 : 1)) else { return }
    offset += hasSign ? 2 : 1
    skipDigits()
  }

  /// In `7%2` the sign is another language's remainder, not a percentage.
  private var percentIsRemainder: Bool {
    let next = byte(1)
    return Ascii.isNameCharacter(next) || next == Ascii.leftParenthesis || next == Ascii.percent
  }

  private mutating func check(from start: Int, suffix: Int) {
    let range = SourceRange(start: start, end: offset)
    let digits = file.text(of: SourceRange(start: start, end: suffix))
    let letters = text(from: suffix)
    if !letters.isEmpty && NumberLiteral.Suffix(rawValue: letters) == nil {
      let place = SourceRange(start: suffix, end: offset)
      return report(.unknownSuffix(file, place, digits: digits, suffix: letters))
    }
    guard diagnostics.last?.primary.map({ range.start <= $0.range.start }) != true else { return }
    switch NumberLiteral.value(of: text(from: start)) {
    case .value: break
    case .malformed: report(.badNumber(file, range))
    case .inexact: report(.inexactInteger(file, range, digits: digits))
    case .tooLarge: report(.numberTooLarge(file, range))
    }
  }

  private mutating func lexPrefixedNumber(from start: Int) {
    offset += 2
    let digits = offset
    skipNameCharacters()
    let radix = [0x78: 16, 0x62: 2, 0x6F: 8][Int(file.bytes[start + 1] | 0x20)] ?? 16
    let value = Int(text(from: digits), radix: radix)
    report(.prefixedNumber(file, SourceRange(start: start, end: offset), value: value))
    emit(.invalid, from: start)
  }
}

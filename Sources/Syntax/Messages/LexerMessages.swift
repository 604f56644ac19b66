// Everything that the lexer says. A message stands alone and says what was seen; the hint is one
// thing to try.

extension Diagnostic {
  static func notUTF8(_ file: SourceFile, at offset: Int) -> Diagnostic {
    let line = 1 + file.bytes[..<offset].count { $0 == UInt8(ascii: "\n") }
    let byte = String(file.bytes[offset], radix: 16, uppercase: true)
    return Diagnostic(
      code: .notUTF8, message: "the text is not UTF-8: 0x\(byte) in line \(line) does not fit",
      primary: Label(file, SourceRange(start: offset, end: offset + 1), "byte \(offset)"),
      hint: "save the file as UTF-8.")
  }

  static func sourceTooLong(_ file: SourceFile, limit: Int) -> Diagnostic {
    Diagnostic(
      code: .sourceTooLong,
      message: "the text is too long: \(file.bytes.count) bytes, and at most \(limit) can be read",
      hint: "keep data in a data file and `load` it.")
  }

  // MARK: - Strings

  static func unclosedString(
    _ file: SourceFile, _ quote: SourceRange, line: SourceRange, isMultiline: Bool
  ) -> Diagnostic {
    let sign = file.text(of: quote)
    let end = isMultiline ? "before the input ends" : "on its line"
    let lines = isMultiline ? "" : ", or use `\"\"\"` for text of several lines"
    return Diagnostic(
      code: .unclosedString, message: "the string is not closed \(end)",
      primary: Label(file, isMultiline ? quote : line, isMultiline ? "opened here" : ""),
      hint: "close it with \(sign)\(lines).")
  }

  static func unclosedInterpolation(
    _ file: SourceFile, _ brace: SourceRange, string: SourceRange
  ) -> Diagnostic {
    Diagnostic(
      code: .unclosedInterpolation, message: "`{` in a string is not closed on its line",
      primary: Label(file, brace, "an expression starts here"),
      secondary: [Label(file, string, "in this string")],
      hint: "close it with `}`; a brace as text is `\\{`.")
  }

  static func unknownEscape(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      code: .unknownEscape, message: "`\(file.text(of: range))` is not a known escape",
      primary: Label(file, range),
      notes: ["Known are `\\n`, `\\t`, `\\r`, `\\\"`, `\\'`, `\\\\`, `\\{`, `\\}`, `\\u{1F600}`."],
      hint: "`\\\\` for a backslash, or `'...'`, where nothing is special.")
  }

  static func badUnicodeEscape(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      code: .unknownEscape, message: "`\(file.text(of: range))` does not name a character",
      primary: Label(file, range), hint: "`\\u{...}` with 1 to 8 hexadecimal digits, as `\\u{E9}`.")
  }

  static func typographicQuote(
    _ file: SourceFile, _ range: SourceRange, _ quote: Unicode.Scalar
  ) -> Diagnostic {
    let straight = ["\u{2018}", "\u{2019}", "\u{201A}"].contains(quote) ? "'" : "\""
    return Diagnostic(
      code: .typographicQuote, message: "`\(quote)` is a typographic quotation mark",
      primary: Label(file, range, "strings stand in straight quotes"),
      hint: "`\(straight)` on both sides.")
  }

  static func apostropheTranspose(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      code: .foreignOperator, message: "`'` does not transpose",
      primary: Label(file, range), hint: "`transpose(x)`.")
  }

  // MARK: - Numbers

  static func pointWithoutDigit(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      code: .badNumber, message: "a decimal point needs digits on both sides",
      primary: Label(file, range), hint: "`0.5` or `5.0`.")
  }

  static func badNumber(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      code: .badNumber, message: "`\(file.text(of: range))` is not a number",
      primary: Label(file, range, "`_` stands only between two digits"), hint: "`1_000`.")
  }

  static func unknownSuffix(
    _ file: SourceFile, _ range: SourceRange, digits: String, suffix: String
  ) -> Diagnostic {
    Diagnostic(
      code: .unknownSuffix, message: "`\(suffix)` is not a known suffix of a number",
      primary: Label(file, range),
      notes: [
        "Known are `%` (hundredths), `k` (thousand), `M` (million), and `s`, `min`, `h` (seconds)."
      ],
      hint: suffixCure(digits: digits, suffix: suffix))
  }

  private static func suffixCure(digits: String, suffix: String) -> String {
    switch suffix {
    case "K": "`\(digits)k`."
    case "m": "`\(digits)M` for millions, `\(digits)min` for minutes."
    case "ms": "`\(digits)e-3`, which is in seconds."
    case "sec", "S": "`\(digits)s`."
    case "hr", "hrs", "H": "`\(digits)h`."
    case "d", "day", "days": "`\(digits) * 24h`."
    case "G", "B": "`\(digits)e9`."
    case "f", "d0", "L", "n", "u": "`\(digits)`; there is one type of number."
    case "e", "E": "`\(digits)e3`; an exponent needs digits."
    case "i", "j", "im": "real numbers; complex ones are not built in."
    default: "`\(digits) * \(suffix)` for a product."
    }
  }

  static func prefixedNumber(_ file: SourceFile, _ range: SourceRange, value: Int?) -> Diagnostic {
    Diagnostic(
      code: .badNumber, message: "`\(file.text(of: range))` is not decimal",
      primary: Label(file, range),
      hint: value.map { "`\($0)`." } ?? "the decimal value.")
  }

  static func inexactInteger(
    _ file: SourceFile, _ range: SourceRange, digits: String
  ) -> Diagnostic {
    let nearest = Double(digits.filter { $0 != "_" }).map { "\($0)" } ?? "1e16"
    return Diagnostic(
      code: .inexactInteger, message: "`\(digits)` cannot be held exactly",
      primary: Label(file, range),
      notes: ["Numbers are 64-bit floats, exact for integers up to 9007199254740992 (2^53)."],
      hint: "`\(nearest)` when the nearest value will do, or a string when it is a name.")
  }

  static func numberTooLarge(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      code: .numberTooLarge, message: "`\(file.text(of: range))` is too large for a number",
      primary: Label(file, range, "the largest is about 1.8e308"), hint: "a smaller exponent.")
  }

  // MARK: - Signs

  static func foreignSign(
    _ file: SourceFile, _ range: SourceRange, _ sign: ForeignSign
  ) -> Diagnostic {
    Diagnostic(
      code: .foreignOperator, message: "`\(sign.spelling)` is not part of ccv",
      primary: Label(file, range), hint: sign.cure)
  }

  static func escapedQuote(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    let plain = file.text(of: range).replacing("\\\"", with: "\"")
    return Diagnostic(
      code: .foreignOperator,
      message: "inside the braces of a string, quotes are written without a backslash",
      primary: Label(file, range), hint: "`\(plain)`.")
  }

  static func foreignComment(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      code: .foreignOperator,
      message: "`\(file.text(of: range))` does not start a comment",
      primary: Label(file, range), hint: "`# a comment`.")
  }

  static func strangeCharacter(
    _ file: SourceFile, _ range: SourceRange, _ scalar: Unicode.Scalar
  ) -> Diagnostic {
    let hex = String(scalar.value, radix: 16, uppercase: true)
    let code = "U+" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
    let isVisible = !scalar.properties.isWhitespace && scalar.properties.generalCategory.isVisible
    let name = scalar.properties.name ?? scalar.properties.nameAlias ?? "a control character"
    let shown = isVisible ? "`\(scalar)`" : "the invisible character \(code) (\(name.lowercased()))"
    return Diagnostic(
      code: .strangeCharacter,
      message: "\(shown) has no meaning here",
      primary: Label(file, range, isVisible ? "\(code), \(name.lowercased())" : code),
      hint: scalar.properties.isWhitespace
        ? "a plain space." : "delete it, or put it in a string.")
  }
}

extension Unicode.GeneralCategory {
  fileprivate var isVisible: Bool {
    switch self {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator, .spaceSeparator:
      false
    default: true
    }
  }
}

/// What the lexer says: E001 to E019.
enum LexerMessages {
  static func notUTF8(_ file: SourceFile, offset: Int) -> Diagnostic {
    let place = file.position(at: offset)
    return Diagnostic(
      "E001", "the text is not UTF-8: byte \(offset) (line \(place.line)) is 0x\(hex(file.bytes[offset]))",
      notes: ["Scripts are UTF-8. This file is in another encoding, or it is no text at all."],
      hint: "iconv -f latin1 -t utf8 \(file.name) > fixed.ccv")
  }

  static func strayCharacter(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    let byte = file.bytes[range.start]
    let name = byte < 0x20 || byte == 0x7F ? "control character 0x\(hex(byte))" : "\"\(file.text(range))\""
    return Diagnostic(
      "E002", "\(name) is not part of the language", labels: [.init(file, range)],
      hint: "remove it")
  }

  static func unicode(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    let text = file.text(range)
    let cures: [String: String] = [
      "\u{201C}": "\"", "\u{201D}": "\"", "\u{2018}": "'", "\u{2019}": "'", "\u{2212}": "-",
      "\u{2013}": "-", "\u{2014}": "-", "\u{00D7}": "*", "\u{00F7}": "/", "\u{2264}": "<=",
      "\u{2265}": ">=", "\u{2260}": "!=", "\u{00A0}": "an ordinary space", "\u{2026}": "...",
      "\u{2192}": "=>", "\u{FEFF}": "nothing (it is a byte-order mark)",
    ]
    let shown = text == "\u{00A0}" ? "a non-breaking space" : "\"\(text)\""
    return Diagnostic(
      "E003", "\(shown) is not part of the language outside strings and comments",
      labels: [.init(file, range)],
      notes: ["Names are made of the letters a to z, digits and _."],
      hint: cures[text].map { "write \($0)" } ?? "put it in a string: \"\(text)\"")
  }

  static func numberSuffix(_ file: SourceFile, _ range: SourceRange, _ suffix: String) -> Diagnostic {
    Diagnostic(
      "E004", "a number cannot end in \"\(suffix)\"", labels: [.init(file, range)],
      notes: ["Suffixes are % (75% is 0.75), k, M, and s, min, h for durations in seconds."],
      hint: suffix == "m" ? "min for minutes, M for a million"
        : suffix == "ms" ? "seconds: 0.5s" : "write the product with a *: 2 * \(suffix)")
  }

  static func numberTooLarge(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E005", "this number is beyond what a 64-bit float can hold (1.8e308)",
      labels: [.init(file, range)], hint: "a smaller exponent")
  }

  static func unterminatedString(
    _ file: SourceFile, _ range: SourceRange, quote: String
  ) -> Diagnostic {
    Diagnostic(
      "E006", "the string that begins here has no closing \(quote)", labels: [.init(file, range)],
      notes: quote == "\"" ? ["A string in \" ends on its line; \"\"\" begins one of several lines."] : [],
      hint: "add \(quote)")
  }

  static func escape(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E007", "\"\(file.text(range))\" is no escape", labels: [.init(file, range)],
      notes: ["Escapes are \\n \\t \\r \\0 \\\" \\' \\\\ \\{ \\} and \\u{1F600}."],
      hint: "a backslash itself is \\\\; 'raw strings' have no escapes")
  }

  static func emptyHole(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E008", "there is no expression between these braces", labels: [.init(file, range)],
      notes: ["In a \"string\" {expr} is replaced by its value."], hint: "a brace itself is \\{")
  }

  static func unterminatedHole(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E009", "the { in this string has no }", labels: [.init(file, range)],
      hint: "add }, or write \\{ for a brace itself")
  }

  private static func hex(_ byte: UInt8) -> String {
    let text = String(byte, radix: 16, uppercase: true)
    return text.count == 1 ? "0" + text : text
  }
}

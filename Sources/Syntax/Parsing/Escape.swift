// The escapes of `"..."` and `"""`, for the lexer, which checks them, and the
// parser, which decodes.

enum Escape {
  private static let simple: [Unicode.Scalar: Unicode.Scalar] = [
    "n": "\n", "t": "\t", "r": "\r", "0": "\0", "\"": "\"", "'": "'", "\\": "\\", "{": "{",
    "}": "}",
  ]

  /// Whether a backslash and this letter are a whole escape.
  static func isSimple(_ letter: UInt8) -> Bool { simple[Unicode.Scalar(letter)] != nil }

  /// Decodes what follows a backslash; nil for what is none, and for the end of a line, which a
  /// backslash joins to the next.
  static func decode(
    _ letter: Unicode.Scalar, _ rest: inout Substring.UnicodeScalarView
  ) -> Unicode.Scalar? {
    guard letter == "u" && rest.first == "{" else { return simple[letter] }
    let digits = rest.dropFirst().prefix { $0 != "}" }
    rest = rest.dropFirst(digits.count + 2)
    return scalar(hexadecimal: String(digits))
  }

  /// The scalar of `\u{...}`; nil when the digits name none.
  static func scalar(hexadecimal digits: String) -> Unicode.Scalar? {
    guard 1...8 ~= digits.utf8.count, digits.allSatisfy(\.isHexDigit) else { return nil }
    return UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
  }
}

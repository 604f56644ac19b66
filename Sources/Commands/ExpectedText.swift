/// What a doctest should show, against what it shows.
///
/// Numbers may differ by a relative 1e-6, since sums end differently on other machines; `...` stands for
/// anything in its line, and a line of `...` alone for any lines.
struct ExpectedText {
  static let tolerance = 1e-6
  private let lines: [String]

  init(_ lines: [String]) {
    self.lines = lines.map(Self.trimmed)
  }

  func matches(_ shown: String) -> Bool {
    var got = shown.split(separator: "\n", omittingEmptySubsequences: false).map {
      Self.trimmed(String($0))
    }
    while got.last?.isEmpty ?? false { got.removeLast() }
    return Self.match(lines[...], got[...])
  }

  private static func match(_ wanted: ArraySlice<String>, _ got: ArraySlice<String>) -> Bool {
    guard let first = wanted.first else { return got.isEmpty }
    if first == "..." {
      return (got.startIndex...got.endIndex).contains { match(wanted.dropFirst(), got[$0...]) }
    }
    guard let line = got.first, matches(line: first, line) else { return false }
    return match(wanted.dropFirst(), got.dropFirst())
  }

  private static func matches(line wanted: String, _ got: String) -> Bool {
    let pieces = wanted.split(separator: "...", omittingEmptySubsequences: false).map(tokens)
    let all = tokens(got[...])
    var position = 0
    for (index, piece) in pieces.enumerated() {
      let isLast = index == pieces.count - 1
      if index == 0 || isLast {
        let start = isLast && index > 0 ? all.count - piece.count : position
        guard start >= position, isEqual(all[start...].prefix(piece.count), piece) else {
          return false
        }
        position = start + piece.count
      } else {
        let starts = position...max(position, all.count - piece.count)
        guard let start = starts.first(where: { isEqual(all[$0...].prefix(piece.count), piece) })
        else { return false }
        position = start + piece.count
      }
    }
    return position == all.count
  }

  private static func isEqual(_ a: ArraySlice<Substring>, _ b: [Substring]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy(isNear)
  }

  private static func isNear(_ a: Substring, _ b: Substring) -> Bool {
    if a == b { return true }
    guard let x = Double(a), let y = Double(b) else { return false }
    return abs(x - y) <= tolerance * max(abs(x), abs(y))
  }

  /// Numbers as wholes, everything else a character at a time, blanks between them as one.
  private static func tokens(_ text: Substring) -> [Substring] {
    var result: [Substring] = [], rest = text
    while let character = rest.first {
      let count = numberLength(rest)
      if count > 0 {
        result.append(rest.prefix(count))
        rest = rest.dropFirst(count)
      } else if character == " " {
        let blanks = rest.prefix { $0 == " " }
        result.append(" ")
        rest = rest.dropFirst(blanks.count)
      } else {
        result.append(rest.prefix(1))
        rest = rest.dropFirst()
      }
    }
    return result
  }

  private static func numberLength(_ text: Substring) -> Int {
    var rest = text
    if rest.first == "-" { rest = rest.dropFirst() }
    let whole = rest.prefix { $0.isASCII && $0.isNumber }
    guard !whole.isEmpty else { return 0 }
    rest = rest.dropFirst(whole.count)
    if rest.first == ".", rest.dropFirst().first?.isNumber ?? false {
      rest = rest.dropFirst().drop { $0.isASCII && $0.isNumber }
    }
    if rest.first == "e" {
      var exponent = rest.dropFirst()
      if exponent.first == "-" || exponent.first == "+" { exponent = exponent.dropFirst() }
      if exponent.first?.isNumber ?? false { rest = exponent.drop { $0.isASCII && $0.isNumber } }
    }
    return text.count - rest.count
  }

  private static func trimmed(_ line: String) -> String {
    String(line.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}

import Syntax

/// Programs with a few bytes or tokens changed: mostly broken ones, of all kinds.
public enum Mutation {
  private static let snippets = [
    "(", ")", "[", "]", "{", "}", "\"", "'", "\"\"\"", "\\", "\n", "\r\n", "|>", "=>", "..", "..<",
    "#",
    "##", "# %%", "%", "//", "/*", "\u{0}", "\u{FEFF}", "\u{201C}", "\u{1F600}", "\u{E9}", "::",
    "let ",
    "fn ", "if ", "else ", "try ", "1e", "0x", ".5", "9999999999999999999", ":", ",", ";", "\"{",
    "}\"",
    "\\u{", "<-", "++", "--", "x ", " in ", "not ", "[]", "(:)", "nil", "-1", "1e308", "0",
    "zeros([0, 3])",
  ].map { Array($0.utf8) }

  /// One to four changes, at places that `random` chooses.
  public static func mutated(_ text: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var bytes = text
    for _ in 0...random.below(4) {
      if random.once(in: 2) { swapTokens(&bytes, &random) } else { change(&bytes, &random) }
    }
    return bytes
  }

  private static func change(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
    let place = random.below(bytes.count + 1)
    let end = min(bytes.count, place + random.below(30))
    switch random.below(6) {
    case 0: bytes.removeSubrange(place..<end)
    case 1: bytes.insert(contentsOf: bytes[place..<end], at: place)
    case 2: bytes.removeSubrange(place...)
    case 3: bytes.insert(UInt8(random.below(256)), at: place)
    default: bytes.insert(contentsOf: random.pick(snippets), at: place)
    }
  }

  /// Puts one token in the place of another: what results often still parses.
  private static func swapTokens(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
    let tokens = tokens(in: SourceFile(name: "", bytes: bytes)).filter { !$0.kind.isComment }
    guard tokens.count > 1 else { return change(&bytes, &random) }
    let (to, from) = (random.pick(tokens).range, random.pick(tokens).range)
    bytes.replaceSubrange(to.start..<to.end, with: Array(bytes[from.start..<from.end]))
  }
}

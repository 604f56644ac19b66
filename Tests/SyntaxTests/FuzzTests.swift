import Syntax
import Testing

/// A small generator with a fixed seed (splitmix64), so that a failure can be run again.
private struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

@Suite("Any bytes")
struct FuzzTests {
  private static let program = """
    #!/usr/bin/env ccv
    # %% Fit
    seed(7); let tok = images |> patchify(size: 4) |> kmeans(k: 512, iters: 1_000k)
    ## Adds.
    ## > add(1, 2)
    ## 3
    fn add(a, b = 2.5e-3) { return a + b }
    for (i, r) in zip(0..<9 by 3, [25%, 2min; 3, 4]) {
      show(x[:, ..., 1.., -1], title: "{r:%}: {count(m)} \\u{e9}{"in {i}"}", ..cfg)
      if not a and b or c in d { break } else if x == 3 { y.z[0] = 'raw' } else { continue }
    }
    try { f((:), (a: 1, ..r)) } catch e { "\""
      two {e.code}
      lines
      "\"" }
    with seed(7) { (a, b = 3) => a ^ -b @ c div d mod 2 }
      # note
      |> g
    import "m.ccv" as m
    while true { let (p, q) = nil }

    """

  private static let snippets = [
    "(", ")", "[", "]", "{", "}", "\"", "'", "\"\"\"", "\\", "\n", "\r\n", "|>", "=>", "..", "..<",
    "#", "##", "# %%", "%", "//", "/*", "\u{0}", "\u{FEFF}", "\u{201C}", "\u{1F600}", "é", "::",
    "let ", "fn ", "if ", "else ", "try ", "1e", "0x", ".5", "9999999999999999999", ":", ",", ";",
    "\"{", "}\"", "\\u{", "<-", "++", "--", "x ", " in ", "not ",
  ].map { Array($0.utf8) }

  @Test("the unchanged program is sound")
  func sound() {
    #expect(codes(Self.program) == [])
  }

  @Test("no mutation crashes, and every answer is consistent", arguments: 0..<8)
  func mutations(seed: Int) {
    var random = SeededGenerator(state: UInt64(seed) &* 7919 &+ 1)
    for _ in 0..<120 {
      var bytes = Array(Self.program.utf8)
      for _ in 0..<Int.random(in: 1...6, using: &random) { mutate(&bytes, &random) }
      check(bytes, seed)
    }
  }

  private func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
    let place = Int.random(in: 0...bytes.count, using: &random)
    let end = min(bytes.count, place + Int.random(in: 0...30, using: &random))
    switch Int.random(in: 0..<6, using: &random) {
    case 0: bytes.removeSubrange(place..<end)
    case 1: bytes.insert(contentsOf: bytes[place..<end], at: place)
    case 2: bytes.removeSubrange(place...)
    case 3: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
    default:
      let snippet = Self.snippets[Int.random(in: 0..<Self.snippets.count, using: &random)]
      bytes.insert(contentsOf: snippet, at: place)
    }
  }

  private func check(_ bytes: [UInt8], _ seed: Int) {
    let file = SourceFile(name: "fuzz", bytes: bytes)
    let result = parse(file)
    let starts = result.diagnostics.map { $0.primary?.range.start ?? 0 }
    #expect(starts == starts.sorted(), "seed \(seed): \(file.text)")
    for label in result.diagnostics.flatMap(\.labels) {
      #expect(label.range.end <= bytes.count + 1, "seed \(seed): \(file.text)")
    }
    if !result.hasErrors { #expect(!result.program.dump().contains("missing")) }
    var end = 0
    for token in tokens(in: file) {
      #expect(token.range.start >= end && token.range.end <= bytes.count, "seed \(seed)")
      end = token.range.end
    }
    let renderer = DiagnosticRenderer(usesColor: false, width: 60)
    let screen = renderer.render(result.diagnostics, limit: 3)
    #expect(screen.isEmpty == result.diagnostics.isEmpty)
    _ = coloredTokens(in: file)
  }
}

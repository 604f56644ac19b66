import TestSupport
import Testing

/// Values that nobody has in mind when a function is written.
private let oddValues = [
  "nil", "0", "-1", "2.5", "1e300", "(0 / 0)", "(-1 / 0)", "\"\"", "\"xyz\"", "[]", "[1]",
  "[1e300]",
  "[0 / 0, 1]", "[\"a\"]", "[[1, 2], [3]]", "zeros([0])", "zeros([2, 0])", "zeros([2, 3])",
  "ones([2, 3, 8, 8])", "full([2, 3], 0 / 0)", "(zeros([4, 4]) == 0)", "cast(ones([3]), \"int32\")",
  "(a: 1)", "(x => x)", "(0..<0)", "(5..1 by -2)", "true", "print", "load(\"shapes\", n: 12)",
  "linear(3, 2)", "parameter(ones([2]))", "adamw(linear(3, 2), lr: 1e-3)", "table(\"a\")",
  "tokenizer([0, 0, 0; 1, 1, 1], size: 1)",
]

private let oddIndices = [
  "0", "-1", "1e300", "0 / 0", "2.5", ":", "...", "0..1", "..<2", "1..", "\"a\"", "nil", "[0]",
  "[1e300]", "zeros([2])", "ones([2]) / 2", "true", "-1e300..1e300", "0..1, 0", "..., 0",
  "0, 0, 0, 0, 0", "zeros([2, 3]) == 0",
]

private let operators = [
  "+", "-", "*", "/", "@", "div", "mod", "^", "==", "<", "in", "and", "or", "..", "..<",
]

/// The same choices every time.
private struct Choices {
  var state: UInt64

  mutating func next(below count: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % count
  }

  mutating func one(of texts: [String]) -> String { texts[next(below: texts.count)] }
}

@Suite("Whatever a program does, it ends with an error at worst")
struct OddValuesTests {
  /// Runs statements, each caught, in one program; what ends the program is named.
  private func endure(_ statements: [String]) throws {
    let scratch = Scratch()
    let lines = statements.enumerated().map { number, statement in
      "print(\"@{\(number)}\"); try { \(statement) } catch e { }"
    }
    scratch.write(
      Array((lines.joined(separator: "\n") + "\nprint(\"the end\")\n").utf8), to: "a.ccv")
    let result = try Command.run(
      ["a.ccv"], folder: scratch.path, environment: ["SWIFT_BACKTRACE": "enable=no"])
    let last = result.output.split(separator: "\n").last { $0.hasPrefix("@") }
    let culprit = last.flatMap { Int($0.dropFirst()) }.map { statements[$0] } ?? ""
    #expect(
      result.code == 0 && result.output.hasSuffix("the end\n"),
      "\(result.code) in: \(culprit) \(result.errors.suffix(500))")
  }

  @Test("every function, with odd values")
  func functions() throws {
    // These wait, write, or end the program when asked properly.
    let excluded: Set = ["exit", "save", "input", "wait", "version"]
    let overview = try Command.evaluate("help(\"reference\")").output
    let names = overview.split(separator: "\n").filter { $0.hasPrefix("    ") }
      .flatMap { $0.split(separator: " ") }.map(String.init).filter { !excluded.contains($0) }
    try #require(names.count > 100, "the overview lists the functions")
    var choices = Choices(state: 7)
    var statements = [String]()
    for name in names {
      for _ in 0..<8 {
        let values = (0..<choices.next(below: 4)).map { _ in choices.one(of: oddValues) }
        // Nothing odd, and a network of 10^8 weights takes minutes in a debug build.
        if name == "ccvit", values.isEmpty { continue }
        statements.append("let r = \(name)(\(values.joined(separator: ", "))); print(r)")
      }
    }
    try endure(statements)
  }

  @Test("the options of the functions that have most of them, with odd values")
  func options() throws {
    let calls: [(String, [String])] = [
      ("kmeans(ones([9, 12]), k: 2", ["iters", "init", "size", "seed", "within", "sample"]),
      ("kmeans(ones([9, 12])", ["k"]), ("block(8", ["heads"]),
      ("block_mask(grid: [4, 4]", ["ratio", "count", "batch", "min_block", "aspect", "seed"]),
      ("random_mask(grid: [4, 4]", ["ratio", "count", "batch", "seed"]),
      (
        "batches(load(\"shapes\", n: 12), size: 4",
        ["shuffle", "augment", "labels", "drop_last", "seed"]
      ),
      ("load(\"shapes\", n: 9", ["split", "size", "per_class", "seed"]),
      ("plot([1, 2]", ["title", "x", "y", "log_x", "style", "size", "live", "x_format"]),
      ("uniform([2, 3]", ["low", "high", "seed"]), ("normal([2, 3]", ["mean", "std", "seed"]),
      ("block(8, heads: 2", ["ratio", "scale", "drop_path", "init", "depth"]),
      ("patchify(ones([1, 3, 8, 8])", ["size"]),
      ("adamw(linear(3, 2)", ["lr", "decay", "betas", "eps"]),
    ]
    var choices = Choices(state: 8)
    let statements = calls.flatMap { call, options in
      (0..<24).map { _ in
        "print(\(call), \(choices.one(of: options)): \(choices.one(of: oddValues))))"
      }
    }
    try endure(statements)
  }

  @Test("operators and indices, with odd values")
  func expressions() throws {
    var choices = Choices(state: 9)
    let statements = (0..<900).map { number in
      let (a, b) = (choices.one(of: oddValues), choices.one(of: oddValues))
      return switch number % 3 {
      case 0: "let r = \(a) \(choices.one(of: operators)) \(b); print(r)"
      case 1: "let t = \(a); print(t[\(choices.one(of: oddIndices))])"
      default: "let t = \(a); t[\(choices.one(of: oddIndices))] = \(b); print(t)"
      }
    }
    try endure(statements)
  }
}

import Foundation
import Fuzzing
import Syntax
import TestSupport
import Testing

@Suite("Programs that nobody wrote", .serialized, .oneInterpreter)
struct FuzzingTests {
  /// Every program among the tests, the examples and the library.
  private static let corpus: [[UInt8]] = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return [
      "Tests/LanguageTests/Cases", "Tests/SyntaxTests/Goldens", "examples",
      "Sources/StandardLibrary",
    ]
    .flatMap { folder in
      let below = FileManager.default.enumerator(
        at: root.appending(path: folder), includingPropertiesForKeys: nil)
      return (below?.allObjects ?? []).compactMap { $0 as? URL }
    }
    .filter { ["ccv", "txt"].contains($0.pathExtension) }.sorted { $0.path < $1.path }
    .compactMap { try? Array(Data(contentsOf: $0)) }
  }()

  @Test(
    "a generated program parses, ends, and does the same before and after formatting",
    arguments: 0..<10)
  func generated(batch: Int) throws {
    var endings: [String: Int] = [:]
    for seed in 0..<30 {
      var generator = ProgramGenerator(seed: UInt64(batch * 1000 + seed))
      let run = try Checks.meaning(generator.program())
      endings[String(run.ending.prefix(4)), default: 0] += 1
    }
    // Of both sorts enough to be worth it.
    #expect(endings["valu", default: 0] >= 3)
    #expect(endings.keys.count >= 3)
  }

  @Test("a seed makes the same program again")
  func seeds() {
    var (first, second, other) = (
      ProgramGenerator(seed: 7), ProgramGenerator(seed: 7), ProgramGenerator(seed: 8)
    )
    let program = first.program()
    #expect(program == second.program() && program != other.program())
  }

  @Test("changed programs neither trap nor confuse lexer, parser and formatter", arguments: 0..<8)
  func mutated(batch: Int) throws {
    var random = SeededRandom(seed: UInt64(batch))
    var sound = 0
    for _ in 0..<150 {
      let program = Self.corpus[Int.random(in: 0..<Self.corpus.count, using: &random)]
      guard program.count < 4000 else { continue }
      let bytes = Mutation.mutated(program, &random)
      try Checks.parsing(bytes)
      try Checks.mending(bytes)
      if try Checks.formatting(bytes) { sound += 1 }
    }
    #expect(sound > 5)
  }

  @Test("every beginning of every program can be parsed")
  func prefixes() throws {
    for program in Self.corpus {
      // About a hundred of each; all beginnings of long ones would say the same.
      for count in stride(from: 0, through: program.count, by: max(1, program.count / 100)) {
        let result = parse(SourceFile(name: "", bytes: Array(program[..<count])))
        #expect(result.diagnostics.flatMap(\.labels).allSatisfy { $0.range.end <= count + 1 })
      }
    }
  }
}

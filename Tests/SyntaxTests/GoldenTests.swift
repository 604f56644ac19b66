// Goldens read like the user's screen: the text, then what is said about it. Record them with
// CCV_RECORD=1 and read the difference before committing.

import Foundation
import Syntax
import Testing

@Suite("Rendered mistakes")
struct GoldenTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Goldens")

  @Test("each mistake reads as recorded", arguments: GoldenCase.all)
  func golden(example: GoldenCase) throws {
    let file = SourceFile(name: example.fileName, text: example.text)
    let result = parse(file)
    #expect(result.hasErrors, "the text is sound")
    let screen =
      example.text + (example.text.hasSuffix("\n") ? "" : "\n") + "----\n"
      + DiagnosticRenderer(width: example.width).render(result.diagnostics) + "\n"
    let path = Self.folder.appending(path: example.name + ".txt")
    guard FileManager.default.fileExists(atPath: path.path) else {
      try Data(screen.utf8).write(to: path)
      Issue.record("\(example.name).txt was missing and is recorded now: read it")
      return
    }
    if ProcessInfo.processInfo.environment["CCV_RECORD"] == "1" {
      try Data(screen.utf8).write(to: path)
    }
    #expect(screen == String(decoding: try Data(contentsOf: path), as: UTF8.self))
  }

  @Test("every golden belongs to a case, and every name is used once")
  func unused() throws {
    let names = GoldenCase.all.map(\.name)
    #expect(Set(names).count == names.count)
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    let recorded = files.filter { $0.hasSuffix(".txt") }.map { String($0.dropLast(4)) }
    #expect(Set(recorded).subtracting(names) == [])
  }

  @Test("every code of lexer and parser has a golden")
  func coverage() {
    let seen = Set(
      GoldenCase.all.flatMap { codes($0.text) } + ["E001", "E012", "E021"])
    let all = ErrorCode.all.filter { $0.number < 60 }.map(\.description)
    #expect(all.filter { !seen.contains($0) } == [])
  }
}

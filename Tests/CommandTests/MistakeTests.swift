// What newcomers from Python, MATLAB, Julia and R write, what the program says of it, and what they should
// have written: one file each in `Mistakes`. Record what is said with CCV_RECORD=1, then read it as they do.

import Foundation
import TestSupport
import Testing

/// A program with a mistake, and the program that its author wanted.
struct Mistake: CustomTestStringConvertible {
  let name: String
  let program: String
  let screen: String
  let cure: String
  var testDescription: String { name }

  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Mistakes")

  static let all: [Mistake] = {
    let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    return (files ?? []).filter { $0.hasSuffix(".txt") }.sorted().compactMap(Mistake.init)
  }()

  init?(_ file: String) {
    guard let text = try? String(contentsOf: Self.folder.appending(path: file), encoding: .utf8),
      let says = text.range(of: "---- says\n"), let cure = text.range(of: "---- cure\n")
    else { return nil }
    name = String(file.dropLast(4))
    program = String(text[..<says.lowerBound])
    screen = String(text[says.upperBound..<cure.lowerBound])
    self.cure = String(text[cure.upperBound...])
  }

  func record(_ screen: String) throws {
    let text = program + "---- says\n" + screen + "---- cure\n" + cure
    try Data(text.utf8).write(to: Self.folder.appending(path: name + ".txt"))
  }
}

@Suite("Mistakes of newcomers")
struct MistakeTests {
  @Test("each mistake is told as recorded, and its cure runs", arguments: Mistake.all)
  func mistake(_ mistake: Mistake) throws {
    let scratch = Scratch()
    scratch.write(Array(mistake.program.utf8), to: "demo.ccv")
    scratch.write(Array(mistake.cure.utf8), to: "cure.ccv")
    let said = try Command.run(["demo.ccv"], folder: scratch.path)
    #expect(said.code == (said.errors.hasPrefix("warning") ? 0 : said.code == 1 ? 1 : 2))
    let screen = said.output + said.errors
    if ProcessInfo.processInfo.environment["CCV_RECORD"] == "1" { try mistake.record(screen) }
    #expect(screen == mistake.screen)
    let cured = try Command.run(["cure.ccv"], folder: scratch.path)
    #expect(cured.code == 0 && cured.errors.isEmpty, "\(cured.errors)")
  }

  @Test("there are many of them, and each names something of its cure")
  func cures() {
    #expect(Mistake.all.count >= 150)
    for mistake in Mistake.all {
      let news = words(mistake.cure).subtracting(words(mistake.program))
      let said = words(mistake.screen).subtracting(words(mistake.program))
      #expect(news.isEmpty || !said.isDisjoint(with: news), "\(mistake.name)")
    }
  }

  private func words(_ text: String) -> Set<Substring> {
    Set(text.split { !$0.isLetter && !$0.isNumber && $0 != "_" })
  }
}

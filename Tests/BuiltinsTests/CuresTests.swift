import Session
import TestSupport
import Testing

@testable import Syntax

@Suite("Cures for the words of other languages", .oneInterpreter)
struct CuresTests {
  @Test("a cure names only functions that exist")
  func functionsExist() {
    let known = Set(Session().knownNames).union(["f", "fn", "name"])
    let cures =
      Array(ForeignWords.cures.values) + Array(ForeignNames.cures.values)
      + ForeignSign.all.map(\.cure)
    var count = 0
    for cure in Set(cures) {
      for code in cure.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      where code.offset % 2 == 1 {
        for match in code.element.matches(of: /([a-z_]+)\(/) {
          count += 1
          #expect(known.contains(String(match.output.1)), "\(cure)")
        }
      }
    }
    #expect(count > 15)
  }
}

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

  @Test(
    "a method of another language is answered with the function that does it",
    arguments: [
      ("[1, 2].append(3)", "push("), ("ones([2, 3]).view(6)", "reshape("),
      ("ones([2, 3]).backward()", "gradients("), ("ones([2, 3]).mean()", "mean("),
    ])
  func methods(code: String, function: String) {
    guard case .failed(let diagnostic) = Session().evaluate(code) else {
      Issue.record("\(code) is no error")
      return
    }
    #expect(diagnostic.hint?.contains(function) == true, "\(diagnostic)")
  }
}

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
    "an error at run time shows a line that works, or none",
    arguments: [
      ("let xs = [1]\nif len(xs) { }", "if len(xs) != 0 { }"),
      ("let n = 3\nif n + 1 { }", "if n + 1 != 0 { }"),
      ("let x = ones([4])\nif x > 0.5 { }", "if any(x > 0.5) { }"),
      ("let x = ones([4])\nlet m = x > 0.2 and x < 1.8", "let m = intersect(x > 0.2, x < 1.8)"),
      ("filter([1, 2], x => x)", nil), ("let xs = [1, 2]\nprint(xs[len(xs)])", "print(xs[-1])"),
      ("let xs = [1, 2]\nfor i in 1..2 { xs[i] }", nil), ("let xs = [1, 2]\nxs[0..2]", nil),
      ("let xs = [1, 2]\nxs[len(xs)] = 4", nil), ("uniform(2, 3)", "uniform([2, 3])"),
      ("uniform(2, 3, seed: 1)", nil), ("normal(3, 0, 1)", nil),
      ("let a = ones([2, 3]); let b = ones([3, 2])\na * b", "a @ b"),
      ("let a = ones([2, 3]); let b = ones([3, 2])\na - b", nil),
      ("let a = ones([2, 3]); let b = ones([3, 2])\nmse(a, b)", nil),
      ("concat([ones([2]), ones([2, 2])])", nil), ("stack([ones([2, 3]), ones([3, 2])])", nil),
    ] as [(String, String?)])
  func runTime(code: String, line: String?) {
    guard case .failed(let diagnostic) = Session().evaluate(code) else {
      Issue.record("\(code) is no error")
      return
    }
    let mended = diagnostic.mend.flatMap { mend in
      mend.file.text.isEmpty ? nil : Mend.text(of: mend.file, mendedBy: [mend])
    }
    #expect(mended?.split(separator: "\n").last.map(String.init) == line, "\(diagnostic)")
  }

  @Test(
    "a mend keeps what was meant: parentheses where an operator would take another operand",
    arguments: [
      ("mod(7+1, 2)", "(7+1) mod 2"), ("2 * mod(7, 4)", "2 * (7 mod 4)"), ("mod(a, 2)", "a mod 2"),
      ("pow(a+1, 2)", "(a+1) ^ 2"), ("pow(-1, 2)", "(-1) ^ 2"), ("pow(2, 3-1)", "2 ^ (3-1)"),
      ("pow(a, 2)", "a ^ 2"), ("-pow(2, 2)", "-2 ^ 2"),
      ("total += xs |> sum", "total = total + (xs |> sum)"),
      ("total += a * 2", "total = total + a * 2"), ("total -= a - 2", "total = total - (a - 2)"),
      ("total *= a + 2", "total = total * (a + 2)"), ("total /= a * 2", "total = total / (a * 2)"),
      ("total += n == 2", "total = total + (n == 2)"),
      ("total += 1 if n > 2 else 0", "total = total + (if n > 2 { 1 } else { 0 })"),
      ("\"n \" + n * 2", "\"n {n * 2}\""), ("\"epoch \" + 3 |> print", "\"epoch {3}\" |> print"),
      ("\"a\" + n == n", "\"a{n}\" == n"), ("\"-\" * 3 |> print", "repeat(\"-\", 3) |> print"),
      ("range(3)[0]", "(0..<3)[0]"), ("range(3)", "0..<3"), (":", nil),
    ] as [(String, String?)])
  func meaning(line: String, mended: String?) {
    let code = "let a = 1; let n = 2; let xs = [1, 2]; let total = 0\n\(line)"
    let diagnostic: Diagnostic? =
      switch Session().evaluate(code) {
      case .failed(let diagnostic): diagnostic
      case .rejected(let diagnostics): diagnostics.first
      default: nil
      }
    let text = diagnostic?.mend.flatMap { Mend.text(of: $0.file, mendedBy: [$0]) }
    #expect(text?.split(separator: "\n").last.map(String.init) == mended)
  }

  @Test("a sign that begins a program is an error like any other")
  func atTheStart() {
    for sign in [":", "=", ",", "%", "'", "!", "+=", "|>", "..", "->", "else", "not", "is", "}"] {
      for rest in ["", "\n", " x", "\nlet x = 3"] {
        guard case .rejected = Session().evaluate(sign + rest) else {
          Issue.record("\(sign + rest)")
          continue
        }
      }
    }
  }

  @Test(
    "a name that has ended is told by what made it",
    arguments: [
      ("fn area(w, h) { w * h }\nprint(w)", "parameter"), ("let g = x => x + 1\nx", "parameter"),
      ("for i in 1..3 { }\nprint(i)", "loop"), ("try { len() } catch e { }\nprint(e)", "catch"),
      ("if true { let best = 1 }\nprint(best)", "block"),
    ])
  func ended(code: String, maker: String) {
    guard case .rejected(let diagnostics) = Session().evaluate(code) else {
      Issue.record("\(code) is no error")
      return
    }
    #expect(diagnostics.count == 1 && diagnostics[0].message.contains(maker))
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

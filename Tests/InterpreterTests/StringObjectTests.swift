import TestSupport
import Testing

@testable import Interpreter

@Suite("Texts as bytes", .oneInterpreter)
struct StringObjectTests {
  @Test("whole numbers have their digits, at every length and sign")
  func digits() {
    var numbers: [Int32] = [.min, .min + 1, .max, -1, 1, 9, 10, 11, 99, 100, 101]
    var power: Int32 = 1
    for _ in 0..<9 {
      numbers += [power, power - 1, power + 1, -power, 7 * (power / 10)]
      power *= 10
    }
    for number in numbers {
      var text = TextBuilder(capacity: 1)
      text.append(Value(Int(number)))
      text.append("|")
      let value = text.finished()
      defer { value.release() }
      #expect(value.string?.string == "\(number)|")
      #expect(value.string?.isASCII == true)
    }
  }

  @Test("texts are the same to a reader however their letters are put together")
  func sameness() {
    func same(_ a: String, _ b: String) -> Bool { StringObject(a).isSame(as: StringObject(b)) }
    #expect(same("", "") && same("abc", "abc") && !same("abc", "abd") && !same("abc", "ab"))
    // At the border between texts within their object and beside it.
    for count in 20...30 {
      let text = String(repeating: "x", count: count)
      #expect(same(text, text) && !same(text, text.dropLast() + "y"))
      #expect(StringObject(text).string == text && StringObject(text).characterCount == count)
      let sum = StringObject(StringObject(text), StringObject("\u{E9}" + text))
      #expect(sum.string == text + "\u{E9}" + text && sum.length == 2 * count + 2)
    }
    #expect(same("\u{E9}", "e\u{301}") && !same("\u{E9}", "e"))
    #expect(StringObject("a\r\nb").characterCount == 3)
    #expect(StringObject("e\u{301}").characterCount == 1)
    #expect(StringObject("plain").characterCount == 5)
  }
}

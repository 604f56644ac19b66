import Glibc
import Session
import TestSupport
import Testing

@testable import REPL

@Suite("The prompt's memory and completion", .oneInterpreter)
struct HistoryTests {
  @Test(
    "a block is one entry, whatever is in it",
    arguments: ["let x = 1", "a\nb", "a\\nb", "\\", "tab\t\\\\n"])
  func entries(_ text: String) {
    #expect(History.decoded(History.encoded(text)) == text)
    #expect(!History.encoded(text).contains("\n"))
  }

  @Test(
    "options of one's own and of library functions, and names of the block under way, are offered")
  func blocks() {
    let session = Session()
    _ = session.evaluate("fn corrupt(x, ratio = 1, rate = 2) { x }")
    let completion = Completion(session: session)
    func found(_ line: String, _ word: String, block: String = "") -> Completion.Candidates {
      completion.candidates(
        line, start: line.utf8.count - word.utf8.count, end: line.utf8.count, block: block)
    }
    #expect(found("corrupt(1, ra", "ra").texts.filter { $0.hasSuffix(":") } == ["rate:", "ratio:"])
    #expect(found("corrupt(1, rati", "rati").append == " ")
    #expect(found("corrupt(len(1), rati", "rati").texts == ["ratio:"])
    #expect(found("corrupt([len(1), rati", "rati").texts.isEmpty)
    #expect(found("  1, rati", "rati", block: "corrupt(").texts == ["ratio:"])
    #expect(
      found("  centroid_co", "centroid_co", block: "fn f() {\n  let centroid_count = 3").texts == [
        "centroid_count"
      ])
    #expect(found("corru", "corru").texts == ["corrupt"] && found("corru", "corru").append == "(")
    #expect(found("ccvit(image: 3, dep", "dep").texts == ["depth:"])
    #expect(found("let x = 3 # it's corru", "corru").texts == ["corrupt"])
  }

  @Test("completion offers names, options of the call, fields, and files within quotes")
  func completion() {
    let session = Session()
    _ = session.evaluate("let config = (ratio: 1, rate: 2)\nlet tensor_one = zeros([2])")
    let completion = Completion(session: session)
    func texts(_ line: String) -> [String] {
      let word = line.reversed().prefix { $0.isLetter || $0.isNumber || $0 == "_" }.count
      return completion.candidates(line, start: line.utf8.count - word, end: line.utf8.count).texts
    }
    #expect(texts("kme") == ["kmeans"])
    #expect(texts("conf").contains("config"))
    #expect(texts("config.ra") == ["rate", "ratio"])
    #expect(texts("tensor_one.sh") == ["shape"])
    #expect(texts("kmeans(x, it").contains("iters:"))
    // Options first, and alone where nothing is typed; a value is no place for an option.
    #expect(texts("corrupt(data, ") == ["paste:", "ratio:", "replace:", "seed:", "style:"])
    #expect(texts("patchify(s").first == "size:" && texts("patchify(s").contains("show"))
    #expect(texts("corrupt(data, ratio: ").contains("config"))
    #expect(texts("corrupt(data, seed: s").contains("show"))
    #expect(!texts("corrupt(data, seed: s").contains("seed:"))
    #expect(texts("?ccvit").contains("ccvit_features") && texts("?corr") == ["corrupt"])
    #expect(!texts("?re").contains("return"))
    #expect(texts("ret").contains("return"))
    #expect(texts("load(\"/dev/nul") == ["null"])
    #expect(texts("load('/dev/nul") == ["null"])
    #expect(texts("print('it\"s', conf").contains("config"))
    #expect(texts("print(\"a \\\" b\", conf").contains("config"))
  }
}

import Glibc
import Session
import TestSupport
import Testing

@testable import REPL

@Suite("The prompt's memory and completion", .oneInterpreter)
struct HistoryTests {
  @Test("a block is one entry, whatever is in it", arguments: ["let x = 1", "a\nb", "a\\nb", "\\", "tab\t\\\\n"])
  func entries(_ text: String) {
    #expect(History.decoded(History.encoded(text)) == text)
    #expect(!History.encoded(text).contains("\n"))
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
    #expect(texts("ret").contains("return"))
    #expect(texts("load(\"/dev/nul") == ["null"])
  }
}

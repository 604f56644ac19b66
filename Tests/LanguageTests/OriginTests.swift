import Session
import Syntax
import Testing

extension LanguageTests {
  private func labels(_ sources: String...) -> [String] {
    let session = Session()
    var texts: [String] = []
    for source in sources {
      if case .failed(let diagnostic) = session.evaluate(source, name: "demo.ccv") {
        texts = diagnostic.labels.map(\.text)
      }
    }
    return texts
  }

  @Test("an error of shapes says where both values came from")
  func origins() {
    #expect(
      labels("let a = ones([3, 4])\nlet b = ones([5])\na - b")
        == ["3 x 4, from `ones([3, 4])` on line 1", "5, from `ones([5])` on line 2"])
    #expect(
      labels(
        "fn less(x, y = 1) {\n  x.value - y\n}\nlet r = (value: ones([2]))\nless(r, y: ones([3]))")
        == ["2, from `r` on line 5", "3, from `ones([3])` on line 5"])
    #expect(
      labels("fn less(x, y) {\n  x - y\n}\nones([2]) |> less(ones([3]))")
        == ["2, from `ones([2])` on line 4", "3, from `ones([3])` on line 4"])
    #expect(
      labels("for row in [ones([2])] {\n  row + ones([3])\n}")
        == ["2, from `[ones([2])]` on line 1", "3"])
  }

  @Test(
    "nothing is said of a call through a native function, of a splat, or of another cell's doing")
  func unsureOrigins() {
    #expect(labels("let rows = map([ones([2])], x =>\n  x + ones([3]))") == ["2", "3"])
    #expect(
      labels("fn less(x, y = 1) {\n  x - y\n}\nless(ones([2]), ..(y: ones([3])))") == ["2", "3"])
    #expect(
      labels("let b = ones([5])\nfn f(x) {\n  x - b\n}", "let b = ones([6])", "f(ones([3]))")
        == ["3, from `ones([3])` on line 1 of demo.ccv", "6"])
  }
}

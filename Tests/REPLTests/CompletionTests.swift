import Session
import TestSupport
import Testing

@testable import REPL

@Suite("What Tab offers", .oneInterpreter)
struct CompletionTests {
  private func completion(_ program: String = "") -> Completion {
    let session = Session()
    if case .rejected(let problems) = session.evaluate(program) { Issue.record("\(problems)") }
    return Completion(session: session)
  }

  @Test("names of all kinds are offered; a function goes on with its parenthesis")
  func names() {
    let completion = completion("let config = (ratio: 1)\nfn corrupt_all(x) { x }")
    func offered(_ text: String) -> [String] { completion.candidates(text).labels }
    #expect(offered("kme") == ["kmeans"])
    #expect(completion.candidates("kme").insertion == "kmeans(")
    #expect(offered("corrup") == ["corrupt", "corrupt_all"])
    #expect(offered("conf").contains("config"))
    #expect(completion.candidates("confi").insertion == "config")
    #expect(offered("retur") == ["return"])
    // Names of the text itself, which has not been run yet.
    #expect(offered("fn f() {\n  let centroid_count = 3\n  centroid_co") == ["centroid_count"])
    #expect(offered("let x = 3 # it's corru") == [])
    #expect(offered("let x = 25") == [])
    #expect(offered("?corrupt_") == ["corrupt_all"] && offered("?retur") == [])
  }

  @Test("a word that nothing begins with finds names that hold it, or its letters in order")
  func fuzzy() {
    let completion = completion()
    #expect(completion.candidates("_mask").labels.isEmpty == false)
    #expect(completion.candidates("ok_mask").labels == ["block_mask"])
    #expect(completion.candidates("blkmsk").labels == ["block_mask"])
    #expect(completion.candidates("ok_mask").insertion == "block_mask(")
    #expect(completion.candidates("zzq").labels == [])
  }

  @Test("each name comes with its type and shape, or its summary")
  func notes() {
    let completion = completion(
      "let tensor_one = zeros([2, 3])\n## Twice as much.\nfn twice_it(x, factor = 2) { x * factor }"
    )
    func note(_ text: String) -> String { completion.candidates(text).items.first?.note ?? "" }
    #expect(note("tensor_o").hasPrefix("tensor 2 x 3"))
    #expect(note("twice_i").contains("factor = 2") && note("twice_i").contains("Twice as much."))
    #expect(note("kmean").contains("centroids"))
    #expect(note("corrupt(x, rat").contains("when left out"))
    #expect(note("kmeans(x, it").hasPrefix("number, 25 when left out: at most so many passes"))
    #expect(note("?index").hasPrefix("Picking elements"))
  }

  @Test("options of the call come in the order of its signature, those already given left out")
  func options() {
    let completion = completion("fn mine(x, ratio = 1, rate = 2) { x }")
    func offered(_ text: String) -> [String] { completion.candidates(text).labels }
    #expect(offered("mine(1, ") == ["ratio:", "rate:"])
    #expect(offered("mine(1, rate: 3, ") == ["ratio:"])
    #expect(completion.candidates("mine(1, rati").insertion == "ratio: ")
    #expect(offered("mine(len(1), rati") == ["ratio:"])
    #expect(offered("mine(\n  1, rati") == ["ratio:"])
    #expect(offered("mine([len(1), rati").contains("ratio:") == false)
    #expect(offered("kmeans(x, it").first == "iters:")
    #expect(offered("ccvit(image: 3, dep") == ["depth:"])
    // A value is no place for an option.
    #expect(!offered("mine(1, ratio: ra").contains("rate:"))
    #expect(offered("mine(1, ratio: min").contains("mine"))
  }

  @Test("a string that takes one of a few words offers them, also for functions of the library")
  func words() {
    let completion = completion()
    func offered(_ text: String) -> [String] { completion.candidates(text).labels }
    #expect(offered("kmeans(x, k: 3, init: \"") == ["plus", "random"])
    #expect(completion.candidates("kmeans(x, k: 3, init: \"pl").insertion == "plus\"")
    #expect(offered("cast(x, \"in") == ["int32"])
    #expect(offered("x |> cast('ui") == ["uint8"])
    #expect(offered("ccvit(size: \"") == ["base", "large", "micro", "small", "tiny"])
    #expect(offered("corrupt(x, tok, style: \"") == ["block", "random"])
    #expect(offered("gradients(net, f, precision: \"b") == ["bf16"])
  }

  @Test("fields come with their types, of records in records too")
  func fields() {
    let completion = completion(
      "let config = (ratio: 1, inner: (rate: \"slow\"))\nlet t = zeros([2])")
    #expect(completion.candidates("config.").labels == ["inner", "ratio"])
    #expect(completion.candidates("config.inner.ra").items.first?.note.contains("slow") == true)
    #expect(completion.candidates("t.sh").labels == ["shape"])
    #expect(completion.candidates("config..ra").labels != ["ratio"])
    #expect(completion.candidates("nothing.ra").labels == [])
  }

  @Test("files are offered inside quotes, scripts alone behind import")
  func files() {
    let folder = Scratch()
    for name in ["digits.npy", "masks.ccv", "more.ccv"] { folder.write([0], to: name) }
    let completion = completion()
    let start = "load(\"\(folder.path)/"
    #expect(completion.candidates(start).labels == ["digits.npy", "masks.ccv", "more.ccv"])
    #expect(completion.candidates(start + "d").insertion == "digits.npy\"")
    #expect(completion.candidates(start + "m").insertion == "m")
    #expect(completion.candidates("load('" + folder.path + "/di").insertion == "digits.npy'")
    #expect(completion.candidates("import \"\(folder.path)/").labels == ["masks.ccv", "more.ccv"])
    #expect(completion.candidates("print(\"a \\\" b\", le").labels.contains("len"))
    #expect(completion.candidates("print('it\"s', le").labels.contains("len"))
  }

  @Test("ten thousand names are no obstacle")
  func many() {
    let session = Session()
    _ = session.evaluate((0..<10_000).map { "let name_\($0) = \($0)" }.joined(separator: "\n"))
    let completion = Completion(session: session)
    #expect(completion.candidates("name_1234").labels == ["name_1234"])
    #expect(completion.candidates("name_").labels.count == 10_000)
    #expect(completion.candidates("name_").insertion == "name_")
  }

  @Test("the menu takes no more rows and columns than it may, and counts what it leaves out")
  func menu() {
    let items = (0..<100).map { Completion.Item(label: "name_\($0)", note: "a number, \($0)") }
    for (count, columns, rows) in [
      (3, 80, 10), (100, 80, 10), (100, 20, 5), (5, 12, 6), (100, 8, 2),
    ] {
      let menu = CompletionMenu.rows(
        Array(items.prefix(count)), columns: columns, rowsMax: rows, usesColor: false)
      #expect(menu.count <= rows && !menu.isEmpty)
      #expect(menu.allSatisfy { $0.width < columns && $0.text.count == $0.width })
    }
    let large = CompletionMenu.rows(items, columns: 40, rowsMax: 5, usesColor: false)
    #expect(large.last?.text.hasPrefix("  and 84 more") == true)
    #expect(CompletionMenu.cut("日本語", to: 5) == "日本\u{2026}")
    #expect(CompletionMenu.cut("日本語", to: 4) == "日\u{2026}")
    #expect(CompletionMenu.cut("a\tb\u{1B}[2J", to: 9) == "a b [2J")
  }
}

import TestSupport
import Testing

@Suite("Programs that would take all of the memory")
struct MemoryTests {
  /// Each grows without end; what the prompt had before is still there afterwards.
  @Test(
    "end with one error, and can be caught",
    arguments: [
      "let s = []\nwhile true { push(s, ones([500, 1000])) }",
      "let s = []\nfor i in 1..1e15 { push(s, [i]) }", "map(1..1e12, i => [i])",
    ])
  func growth(code: String) throws {
    let environment = ["CCV_MEMORY": "100M"]
    let plain = try Command.evaluate(code, environment: environment)
    #expect(plain.code == 1)
    #expect(plain.errors.contains("error E131: the session holds"))
    let caught = try Command.evaluate(
      "fn f() {\n\(code)\n}\ntry { f() } catch e { print(e.code) }", environment: environment)
    #expect(caught.output == "E131\n")
    #expect(caught.code == 0)
  }

  @Test("a text that doubles ends with an error before it is longer than one may be")
  func doubling() throws {
    let code = "let s = \"a\"\nfor i in 1..60 { s = \"{s}{s}\" }"
    let result = try Command.evaluate(code)
    #expect(result.code == 1)
    #expect(result.errors.contains("error E131: a text of 512 MB"))
  }

  @Test(
    "a limit that is no size is reported, and the program runs", arguments: ["much", "G", "-1G"])
  func badLimit(text: String) throws {
    let result = try Command.evaluate("print(1)", environment: ["CCV_MEMORY": text])
    #expect(result.output == "1\n")
    #expect(result.errors.contains("CCV_MEMORY is \"\(text)\""))
  }
}

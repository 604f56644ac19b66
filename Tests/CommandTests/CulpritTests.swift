import Testing

@Suite("An error points at the argument it speaks of")
struct CulpritTests {
  @Test(
    "in whatever order, by name, through a pipe or out of a record",
    arguments: [
      ("load(\"shapes\", n: 0)", "1:19"), ("load(n: 0, \"shapes\")", "1:9"),
      ("kmeans(ones([9, 12]), iters: 0, k: 3)", "1:30"),
      ("ones([9, 12]) |> kmeans(iters: 5, k: 10)", "1:1"),
      ("block_mask(ratio: 75, grid: [2, 2])", "1:19"),
      ("let o = (n: 0); load(\"shapes\", ..o)", "1:34"), ("print(1, 2, end: 3)", "1:18"),
      ("save(zeros([3, 4, 4]), \"/dev/null/x.png\")", "1:24"),
      ("decode(tokenizer([0, 0, 0; 1, 1, 1], size: 1), [7])", "1:48"),
      ("encode(tokenizer([0, 0, 0; 1, 1, 1], size: 1), ones([3, 4, 4]))", "1:48"),
      ("map([0], x => show(zeros([2, 2]), columns: x))", "1:44"),
      ("kmeans(ones([4, 3]), k: 2, iterations: 1)", "1:28"),
    ])
  func places(code: String, place: String) throws {
    let result = try Command.evaluate(code)
    #expect(result.code == 1)
    #expect(result.errors.contains("<command line>:\(place)\n"), "\(result.errors)")
  }

  @Test("a field that is not there is no method, unless there is such a function")
  func fields() throws {
    #expect(try Command.evaluate("[1].len()").errors.contains("|> len(...)"))
    #expect(try !Command.evaluate("[1].foo").errors.contains("foo("))
  }

  @Test(
    "an error within a library method stands at the line that called it, and says what to write",
    arguments: [
      (
        "let x = 1\nccvit(image: 30, patch: 4)", "<command line>:2:1\n",
        "patches of 2, 3, 5, 6, 10, 15"
      ),
      ("ccvit(dim: 30, heads: 4)", "<command line>:1:1\n", "try dim: 32"),
      ("ccvit(\"micro\")", "<command line>:1:7\n", "`ccvit(size: \"micro\")`"),
    ])
  func library(code: String, place: String, cure: String) throws {
    let errors = try Command.evaluate(code).errors
    #expect(errors.contains("  " + place))
    #expect(errors.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains(cure))
  }

  @Test(
    "the cure fits what was written",
    arguments: [
      ("fn f() { kmeens(3) }\nf()", "Try: `fn f() { kmeans(3) }`"), ("zeros([2]).shape()", "`zeros([2]).shape`"),
      ("zeros(3, 3)", "`zeros([2, 3])`"), ("one_hot([1], 3)", "`one_hot(..., classes: 3)`"),
      ("kmeans(ones([4, 3]), k: 2, iterations: 1)", "Try: `kmeans(ones([4, 3]), k: 2, iters: 1)`"),
      ("import numpy as np", "tensors and plots are built in"), ("len [1, 2]", "called with parentheses"),
    ])
  func cures(code: String, cure: String) throws {
    #expect(try Command.evaluate(code).errors.contains(cure))
  }
}

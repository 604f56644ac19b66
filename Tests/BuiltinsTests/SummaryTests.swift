import Interpreter
import Session
import Syntax
import TestSupport
import Testing

@testable import Builtins

@Suite("Summaries of models", .oneInterpreter)
struct SummaryTests {
  private func count(_ code: String, after definitions: String = "") -> Int? {
    let session = Session()
    _ = session.evaluate(definitions)
    guard case .value = session.evaluate("fn asked() {\n\(code)\n}\nlet answer = asked()") else {
      return nil
    }
    return session.value(of: "answer")?.number.map { Int($0) }
  }

  private func text(_ code: String, width: Int = 80) -> String {
    let session = Session()
    session.host.width = { width }
    switch session.evaluate("let answer = \(code)") {
    case .value:
      return (session.value(of: "answer")?.object as? ModelSummary)?.summary(width: width) ?? ""
    case .failed(let diagnostic): return diagnostic.message
    default: return ""
    }
  }

  @Test("floating-point operations are those counted by hand")
  func operations() {
    #expect(count("summary(linear(4, 2), input: [8, 4]).flops") == 2 * 8 * 4 * 2)
    #expect(count("summary(norm(4), input: [8, 4]).flops") == 0)
    #expect(count("summary(mlp(4, hidden: 16), input: [8, 4]).flops") == 2 * (2 * 8 * 4 * 16))
    // Two images of 17 tokens: q, k, v; scores and mix; projection; the MLP's two.
    let (rows, dim) = (2 * 17, 64)
    let attention = 2 * (2 * rows * 17 * dim)
    let layers = 2 * rows * dim * (3 * dim + dim + 4 * dim + 4 * dim)
    #expect(
      count("summary(block(64, heads: 2), input: [2, 17, 64]).flops") == attention + layers)
  }

  @Test("a whole CCViT: every layer, and the sum")
  func network() {
    let micro = "let s = summary(ccvit(size: \"micro\"), input: [3, 3, 32, 32])\n"
    let (images, patches, dim) = (3, 16, 64)
    let rows = images * (patches + 1)
    let block = 2 * rows * dim * 12 * dim + 2 * (2 * rows * (patches + 1) * dim)
    let embed = 2 * images * patches * 192 * dim
    let heads = 2 * images * patches * dim * (64 + 192)
    // After the side block's attention nobody reads the class tokens: no projection, no MLP for them.
    let unread = 2 * images * dim * (dim + 8 * dim)
    #expect(count(micro + "s.flops") == 3 * block - unread + embed + heads)
    #expect(
      count(micro + "sum(s.layers.parameters)") == count("count_parameters(ccvit(size: \"micro\"))")
    )
    #expect(count(micro + "s.parameters") == count("count_parameters(ccvit(size: \"micro\"))"))
    #expect(count(micro + "s.layers.output[0][1]") == 16)
  }

  @Test("its table fits 80 columns, with groups and their sums")
  func layout() {
    #expect(
      text("summary(ccvit(size: \"micro\"))") == """
        layer       kind             output                 parameters    FLOP
        embed       patch_embedding  1 x 16 x 64                12,352   393 k
        cls         parameter        1 x 1 x 64                     64
        mask        parameter        1 x 1 x 64                     64
        position    position_bias    2 x 17 x 17                   104       0
        blocks                                                 100,096  3.49 M
          0         block            1 x 17 x 64                50,048  1.75 M
          1         block            17 x 64                    50,048  1.75 M
        norm        norm             16 x 64                       128       0
        side                                                    50,048  1.67 M
          0         block            16 x 64                    50,048  1.67 M
        side_norm   norm             16 x 64                       128       0
        token_head  linear           16 x 64                     4,160   131 k
        pixel_head  linear           16 x 192                   12,480   393 k
        total                        input 1 x 3 x 32 x 32     179,624  6.08 M
        """)
  }

  @Test("a size of images that is no size is not asked for", arguments: ["0 / 0", "1e300", "2.5", "-8"])
  func noSize(image: String) {
    #expect(text("summary((method: \"ccvit\", image: \(image), a: linear(4, 2)))").hasSuffix("10"))
  }

  @Test("without a way to run, parameters alone")
  func parametersOnly() {
    #expect(
      text("summary((a: linear(4, 8), n: 3, b: (c: norm(8), d: parameter(ones([3])))))") == """
        layer  kind       output  parameters
        a      linear                     40
        b                                 19
          c    norm                       16
          d    parameter  3                3
        total                             59
        """)
    #expect(text("summary(block(8, heads: 2))").hasSuffix("880"), "tokens are the user's to say")
    #expect(text("summary((a: norm(4)), input: [4])").hasPrefix("summary cannot tell"))
  }

  @Test("lists run in order; a function says how any other model runs")
  func running() {
    #expect(
      count("summary([linear(4, 8), norm(8), linear(8, 1)], input: [5, 4]).flops") == 320 + 80)
    let other = "summary((a: linear(4, 8)), (n, x) => n.a(x) @ ones([8, 2]), input: [5, 4])"
    #expect(count(other + ".flops") == 320 + 160)
    #expect(text(other).contains("\noutside of layers"))
    #expect(count("let f = linear(4, 8)\nsummary([f, f], f => f[0](ones([1, 4]))).flops") == 64)
    #expect(
      count("let f = linear(4, 8)\nsummary([f, f]).parameters") == nil, "4 into 8 into 4 fails")
    #expect(count("let f = linear(4, 4)\nsummary([f, f]).parameters") == 20)
  }

  @Test("a method of one's own runs by its `_forward` function")
  func ownMethod() {
    #expect(
      count(
        "summary((method: \"mine\", image: 8, head: linear(48, 2))).flops",
        after: "fn mine_forward(net, images) { net.head(patchify(images, size: 4)) }") == 2 * 4 * 48
        * 2)
  }

  @Test("the session stays as it was: its random numbers, also after an error, and an open profile")
  func leavesNoTrace() {
    #expect(
      count(
        """
        let f = mlp(4, hidden: 8)
        seed(3)
        let a = uniform([4])
        seed(3)
        summary(f, f => uniform([9]))
        try { summary(f, f => error("no")) } catch e { }
        count(a != uniform([4]))
        """) == 0)
    #expect(
      count(
        """
        let p = profile(rows: 0)
        let f = linear(4, 8)
        with p { summary(f, input: [5, 4]); f(ones([1, 4])) }
        sum(p.operations.flops)
        """) == 320 + 64)
  }
}

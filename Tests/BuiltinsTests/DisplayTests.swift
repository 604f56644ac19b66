// What values look like at the prompt.

import Session
import TestSupport
import Testing

@testable import Builtins

@Suite("Values explain themselves", .oneInterpreter)
struct DisplayTests {
  private func shown(_ code: String, width: Int = 80) -> String {
    let session = Session()
    session.host.width = { width }
    guard case .value(let text?) = session.evaluate(code) else { return "?" }
    return text
  }

  @Test(
    "tensors: range, spread and corners, with points below each other",
    arguments: [
      (
        "tensor([1.5, -20.25; 0.125, 3])",
        "tensor 2 x 2  float32  min -20.25  mean -3.906  max 3\n      1.50   -20.25\n      0.13     3.00"
      ),
      ("tensor([0.2])", "tensor 1  float32  min 0.2  mean 0.2  max 0.2\n       0.2"),
      (
        "tensor([1, 0 / 0, 1 / 0])",
        "tensor 3  float32  min 1  mean 1  max 1  1 nan  1 infinite\n         1      nan      inf"
      ),
      (
        "tensor([1e-8, 1000000, 3])",
        "tensor 3  float32  min 1e-8  mean 333334  max 1e6\n      1e-8      1e6        3"
      ),
      ("zeros([0, 3])", "tensor 0 x 3  float32  empty"),
    ])
  func tensors(code: String, text: String) {
    #expect(shown(code) == text)
  }

  @Test("of a higher rank the first slice is shown, and named")
  func slices() {
    let lines = shown("reshape(0..<24, [2, 3, 4])").split(separator: "\n")
    #expect(lines[0].hasPrefix("tensor 2 x 3 x 4  float32  min 0  mean 11.5  max 23  "))
    #expect(lines[1] == "  [0, :, :]" && lines[2] == "         0        1        2        3")
    #expect(lines.count == 5)
  }

  @Test("bars stand for shares of a range, and a value that occurs at all has one")
  func bars() {
    #expect(Sparkline.bars([0, 1, 100, 50]).count == 4)
    let bars = Array(Sparkline.bars([0, 1, 100, 50]))
    #expect(bars[0] == " " && bars[1] != " " && bars[2] != bars[3] && bars[1] != bars[3])
    #expect(Sparkline.bars([0, 0]) == "")
    // All elements alike have no spread, few say more as numbers.
    #expect(shown("zeros([100])").split(separator: "\n")[0].hasSuffix("max 0"))
    #expect(shown("tensor([1, 2, 3])").split(separator: "\n")[0].hasSuffix("max 3"))
    #expect(!shown("normal([100])").split(separator: "\n")[0].hasSuffix("0"))
  }

  @Test("a small mask is a picture, filled where it is true")
  func masks() {
    let (on, off) = Sparkline.isUnicode ? ("■", "□") : ("#", ".")
    #expect(
      shown("tensor([1, 0; 0, 1]) > 0")
        == "mask 2 x 2  2 of 4 true\n  \(on) \(off)\n  \(off) \(on)")
    #expect(shown("zeros([2, 1, 2]) > 0").hasSuffix("true\n  [0, :, :]\n  \(off) \(off)"))
    #expect(shown("zeros([100]) > 0").hasSuffix("false    false    false    false"))
  }

  @Test("a float32 scalar prints its own digits")
  func scalars() {
    let session = Session()
    var output = ""
    session.host.write = { output += $0 }
    _ = session.evaluate("let x = tensor([0.2, 1 / 3])[0]\nprint(x, \"{x}\", tensor([3])[0])")
    #expect(output == "0.2 0.2 3\n")
  }

  @Test("layers are a tree by the parts of their names, and a line within lists and records")
  func layers() {
    #expect(shown("linear(4, 2)") == "linear (10 parameters): weight 2 x 4, bias 2")
    let block = shown("ccvit(size: \"micro\").blocks[0]").split(separator: "\n")
    #expect(block[0] == "block (50,048 parameters)")
    #expect(block.contains("  mlp         33,088 parameters"))
    #expect(block.contains("      weight  256 x 64"))
    #expect(shown("map(1..3, i => linear(2, 2))") == "[3 x linear (6 parameters)]")
    #expect(
      shown("(a: linear(2, 2), b: linear(2, 1))")
        == "(a: linear (6 parameters), b: linear (3 parameters))")
  }

  @Test("long lists break at commas, with a count of what is left out; tables align their points")
  func listsAndTables() {
    let lines = shown("map(0..<1000, x => x)").split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 80 } && lines.count == 3)
    #expect(lines[2].hasSuffix("... (1000 in all)]"))
    let table = shown(
      "let t = table(\"epoch\", \"loss\")\nadd_row(t, epoch: 1, loss: 10.25)\nadd_row(t, epoch: 2, loss: 0.5)\nt"
    )
    #expect(table == "epoch   loss\n    1  10.25\n    2   0.50")
  }
}

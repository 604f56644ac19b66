import Arrays
import Testing

@testable import Builtins

@Suite("Images side by side on a terminal")
struct TilesOnTerminalTests {
  private func tiles(_ count: Int, _ side: Int) -> NDArray {
    NDArray(repeating: Float(0.5), shape: [count, 3, side, side])
  }

  @Test("one image takes at most half the height, several at most two thirds")
  func rows() {
    #expect(TilesOnTerminal(tiles(1, 32), across: nil).rows(of: 50) == 25)
    #expect(TilesOnTerminal(tiles(4, 32), across: nil).rows(of: 48) == 32)
  }

  @Test("pixels are enlarged by the largest whole number that fits, frames and all")
  func scale() {
    // A frame is 1 pixel wide at scale 1 and 2 above it.
    let small = TilesOnTerminal(tiles(1, 8), across: nil).picture(width: 100, height: 50)
    #expect(small.shape == [3, 5 * 8 + 4, 5 * 8 + 4])
    let large = TilesOnTerminal(tiles(1, 32), across: nil).picture(width: 100, height: 50)
    #expect(large.shape == [3, 34, 34])
  }

  @Test("a row takes more images before they lose pixels, unless columns are asked for")
  func across() {
    // 16 x 16 of them are 81 pixels high; 23 in a row make 12 rows.
    let many = TilesOnTerminal(tiles(256, 4), across: nil).picture(width: 119, height: 66)
    #expect(many.shape == [3, 12 * 5 + 1, 23 * 5 + 1])
    // None fits 79 x 32: the grid is as wide as the terminal is, not square.
    let shrunk = TilesOnTerminal(tiles(256, 4), across: nil).picture(width: 79, height: 32)
    #expect(shrunk.shape[2] > 2 * shrunk.shape[1])
    let asked = TilesOnTerminal(tiles(2, 4), across: 1).picture(width: 119, height: 66)
    #expect(asked.shape[1] > asked.shape[2])
  }
}

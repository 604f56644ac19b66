import Arrays
import Images

/// Images side by side for a terminal, whose pixels are few and large: each pixel of an image takes
/// a whole number of them where there is room.
struct TilesOnTerminal {
  /// [N, C, H, W].
  private let tiles: NDArray
  private let across: Int?

  /// - Parameter across: images in a row; without it as many as suit the terminal.
  init(_ tiles: NDArray, across: Int?) { (self.tiles, self.across) = (tiles, across) }

  /// The rows that they may take of a terminal: what was written before stays in sight.
  func rows(of all: Int) -> Int { max(8, tiles.shape[0] > 1 ? all * 2 / 3 : all / 2) }

  /// The picture of the largest whole scale that fits; where none does, it is left to be shrunk.
  func picture(width: Int, height: Int) -> NDArray {
    let square = Int(Double(tiles.shape[0]).squareRoot().rounded(.up))
    let widest = min(tiles.shape[0], max(1, (width - 1) / (tiles.shape[3] + 1)))
    // More images in a row before they lose pixels.
    for columns in [across ?? square, across ?? max(square, widest)] {
      let scales = (1...64).reversed()
      if let scale = scales.first(where: { fits($0, columns, width, height) }) {
        return Pictures.grid(tiles, columns: columns, scale: scale)
      }
    }
    return Pictures.grid(tiles, columns: across ?? leastShrunk(from: square, width, height))
  }

  /// The images in a row that lose the fewest pixels: wide terminals want wide grids.
  private func leastShrunk(from square: Int, _ width: Int, _ height: Int) -> Int {
    func share(_ columns: Int) -> Double {
      let down = (tiles.shape[0] + columns - 1) / columns
      return min(
        Double(width) / Double(columns * (tiles.shape[3] + 1) + 1),
        Double(height) / Double(down * (tiles.shape[2] + 1) + 1))
    }
    var best = max(1, square)
    let most = max(best, min(tiles.shape[0], 4 * best))
    for columns in best...most where share(columns) > share(best) { best = columns }
    return best
  }

  /// Frames as `Pictures.grid` draws them.
  private func fits(_ scale: Int, _ columns: Int, _ width: Int, _ height: Int) -> Bool {
    let gap = scale > 1 ? 2 : 1
    let across = max(1, columns)
    let down = (tiles.shape[0] + across - 1) / across
    return across * (tiles.shape[3] * scale + gap) + gap <= width
      && down * (tiles.shape[2] * scale + gap) + gap <= height
  }
}

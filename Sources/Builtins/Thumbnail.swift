import Arrays
import Images
public import Interpreter
import MaskedModeling

extension Host {
  /// Images that a thumbnail shows, and the rows of characters that it may take.
  private static let thumbnailTiles = 32, thumbnailRows = 8

  /// A small picture of a value, for below its text: of a tokenizer the centroids, the most used first.
  ///
  /// Nil of other values, and where no terminal shows pictures.
  public func thumbnail(of value: Value) -> String? {
    guard let tokenizer = (value.object as? TokenizerObject)?.tokenizer else { return nil }
    let counts = tokenizer.counts
    let order = (0..<tokenizer.k).sorted { a, b in
      counts.isEmpty || counts[a] == counts[b] ? a < b : counts[a] > counts[b]
    }
    let shown = order.prefix(Self.thumbnailTiles)
    guard
      let patches = try? tokenizer.centroids.rows(at: NDArray(shown.map { Int32($0) })).reshaped(
        to: [shown.count, tokenizer.channels, tokenizer.patch, tokenizer.patch]),
      let drawing = drawing(of: patches)
    else { return nil }
    let left = tokenizer.k - shown.count
    let note = left > 0 ? "\n  and \(TextNumber.grouped(left)) more; show(it) draws all" : ""
    return (drawing.hasSuffix("\n") ? String(drawing.dropLast()) : drawing) + note
  }

  private func drawing(of tiles: NDArray) -> String? {
    let columns = max(8, width() - 1)
    let tiling = TilesOnTerminal(tiles, across: min(tiles.shape[0], 16))
    switch pictureStyle {
    case .line: return nil
    case .characters(let ink):
      return try? Pictures.halfBlocks(
        tiling.picture(width: columns, height: 2 * Self.thumbnailRows), columns: columns,
        rows: Self.thumbnailRows, ink: ink)
    case .pixels(let graphics):
      let cell = cell()
      return try? Pictures.pixels(
        tiling.picture(width: columns * cell.width, height: Self.thumbnailRows * cell.height),
        as: graphics, width: columns * cell.width, height: Self.thumbnailRows * cell.height)
    }
  }
}

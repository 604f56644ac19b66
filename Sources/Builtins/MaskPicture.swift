import Arrays

/// A small mask as a picture of squares, filled where it is true: a hidden patch.
enum MaskPicture {
  private static let rowsMax = 32

  /// The squares of the last two axes (of the first mask of a batch), a row a line; nil where they do not
  /// fit.
  static func text(_ mask: NDArray, width: Int) -> String? {
    let extents = mask.shape.extents
    let columns = extents[extents.count - 1]
    let rows = extents.count > 1 ? extents[extents.count - 2] : 1
    guard rows <= rowsMax, columns * 2 + 2 <= width else { return nil }
    let (filled, empty) = Sparkline.isUnicode ? ("■", "□") : ("#", ".")
    var lines = (0..<rows).map { row in
      let cells = (0..<columns).map { mask.number(at: row * columns + $0) != 0 ? filled : empty }
      return "  " + cells.joined(separator: " ")
    }
    if extents.count > 2 {
      let zeros = Array(repeating: "0", count: extents.count - 2).joined(separator: ", ")
      lines.insert("  [\(zeros), :, :]", at: 0)
    }
    return lines.joined(separator: "\n")
  }
}

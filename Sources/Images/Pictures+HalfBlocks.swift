public import Arrays

extension Pictures {
  /// What a terminal can show.
  public enum Ink: Sendable {
    /// 24-bit colour.
    case trueColor
    /// The 6 x 6 x 6 cube and the greys of 256-colour terminals.
    case colors256
    /// Brightness alone, as letters without any escape code: dark is blank.
    case ascii
  }

  /// A picture as lines of half blocks, two pixels to a character, at most `columns` wide and `rows`
  /// high; a larger picture is shrunk (antialiased), a smaller one keeps its size.
  ///
  /// - Shapes: [3, H, W], [1, H, W] or [H, W], float 0 ... 1 or uint8.
  /// - Throws: `ImageError.shape` for anything else.
  public static func halfBlocks(
    _ picture: NDArray, columns: Int, rows: Int, ink: Ink = .trueColor
  ) throws(ImageError) -> String {
    let raster = try Raster(picture, columns: columns, rows: 2 * rows)
    var text = ""
    for y in stride(from: 0, to: raster.height, by: 2) {
      var (above, below) = ("", "")
      for x in 0..<raster.width {
        let top = raster[x, y], bottom = raster[x, y + 1]
        if ink == .ascii {
          text.append(letter((top.brightness + bottom.brightness) / 2))
          continue
        }
        // Codes are sent where the colour changes only: pictures of few colours scroll faster.
        let (front, back) = (code(top, ink), code(bottom, ink))
        if front != above { text += "\u{1B}[38;\(front)m" }
        if back != below { text += "\u{1B}[48;\(back)m" }
        (above, below) = (front, back)
        text += "\u{2580}"
      }
      text += ink == .ascii ? "\n" : "\u{1B}[0m\n"
    }
    return text
  }

  private static func code(_ color: Color, _ ink: Ink) -> String {
    if ink == .trueColor { return "2;\(color.red);\(color.green);\(color.blue)" }
    return "5;\(ColorCube.nearest(color))"
  }

  private static func letter(_ brightness: Int) -> Character {
    let ramp: [Character] = [" ", ".", ":", "-", "=", "+", "*", "#", "%", "@"]
    return ramp[min(ramp.count - 1, brightness * ramp.count / 256)]
  }
}

struct Color: Hashable {
  var red: Int, green: Int, blue: Int
  /// Rec. 601 luma, 0 ... 255.
  var brightness: Int { (299 * red + 587 * green + 114 * blue) / 1000 }
}

/// Pixels to be shown, no more than fit.
struct Raster {
  let width: Int, height: Int
  /// Red, green and blue of each pixel, row by row.
  let bytes: [UInt8]

  init(_ picture: NDArray, columns: Int, rows: Int) throws(ImageError) {
    let (all, height, width) = try ImageFile.interleaved(picture)
    let factor = max(
      1, Double(width) / Double(max(1, columns)), Double(height) / Double(max(1, rows)))
    guard factor > 1 else {
      (self.width, self.height, bytes) = (width, height, all)
      return
    }
    let planes = picture.rank == 2 ? [1] + picture.shape.extents : picture.shape.extents
    guard let planar = try? picture.reshaped(to: planes) else {
      preconditionFailure("an axis of one is always to be had")
    }
    let small = Resampling.resized(
      planar, height: max(1, Int(Double(height) / factor)),
      width: max(1, Int(Double(width) / factor)), filter: .bilinear)
    (bytes, self.height, self.width) = try ImageFile.interleaved(
      picture.elementType == .uint8 ? small.converted(to: .uint8) : small)
  }

  /// A pixel; below the last row the last row goes on.
  subscript(x: Int, y: Int) -> Color {
    let at = 3 * (min(y, height - 1) * width + x)
    return Color(red: Int(bytes[at]), green: Int(bytes[at + 1]), blue: Int(bytes[at + 2]))
  }
}

public import Arrays

extension Pictures {
  /// How a terminal is sent pixels.
  public enum PixelGraphics: Sendable {
    /// DEC's six rows at a time, in 256 colours.
    case sixels
    /// PNG files within escape codes.
    case kitty
  }

  /// A picture as pixels of a terminal, at most so many wide and high.
  ///
  /// - Shapes: [3, H, W], [1, H, W] or [H, W], float 0 ... 1 or uint8.
  /// - Throws: `ImageError.shape` for anything else.
  public static func pixels(
    _ picture: NDArray, as graphics: PixelGraphics, width: Int, height: Int
  ) throws(ImageError) -> String {
    switch graphics {
    case .sixels: try sixel(picture, width: width, height: height)
    case .kitty: try kitty(picture, width: width, height: height)
    }
  }

  /// A picture for terminals with kitty's graphics protocol (kitty, Ghostty, Konsole, WezTerm), at most so
  /// many pixels wide and high.
  ///
  /// - Shapes: [3, H, W], [1, H, W] or [H, W], float 0 ... 1 or uint8.
  /// - Throws: `ImageError.shape` for anything else.
  public static func kitty(
    _ picture: NDArray, width: Int = 800, height: Int = 600
  ) throws(ImageError) -> String {
    let raster = try Raster(picture, columns: width, rows: height)
    return kitty(
      png: try ImageFile.png(
        interleaved: raster.bytes, height: raster.height, width: raster.width))
  }

  /// A PNG file for such terminals: drawn at the cursor, which goes to the end of the picture's last row.
  ///
  /// - Parameter id: above 0: the number of a picture that is drawn anew: it leaves its old place, and the
  ///   cursor stays where it is.
  /// - Source: sw.kovidgoyal.net/kitty/graphics-protocol: direct transfer, PNG, chunks of 4096.
  public static func kitty(png: [UInt8], id: Int = 0) -> String {
    let data = base64(png)
    let keys = id > 0 ? "a=T,f=100,q=2,i=\(id),p=1,C=1" : "a=T,f=100,q=2"
    var text = "", start = 0
    while start < data.count {
      let end = min(start + 4096, data.count)
      text += "\u{1B}_G\(start == 0 ? keys + "," : "")m=\(end < data.count ? 1 : 0);"
      text += String(decoding: data[start..<end], as: UTF8.self) + "\u{1B}\\"
      start = end
    }
    return text
  }

  /// Takes a picture with a number off such a terminal.
  public static func kittyErasure(id: Int) -> String { "\u{1B}_Ga=d,d=I,i=\(id),q=2\u{1B}\\" }

  /// RFC 4648.
  static func base64(_ bytes: [UInt8]) -> [UInt8] {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text = [UInt8]()
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for place in 0..<4 {
        text.append(place <= group.count ? letters[bits >> (18 - 6 * place) & 63] : 61)
      }
    }
    return text
  }
}

import Arrays
import Images
import Plotting

/// Pictures as files, with their titles above them.
enum PictureFile {
  /// Writes a .png or .jpg, whole or not at all.
  ///
  /// Without gnuplot, which draws the letters, a note says
  /// that the title is missing.
  static func write(_ picture: PictureObject, to path: String, _ host: Host) throws {
    var pixels = picture.picture
    if !picture.title.isEmpty, let caption = try caption(of: picture, path, host) {
      pixels = try stacked(caption, pixels)
    }
    try ImageFile.write(pixels, to: path)
  }

  /// The title as a picture [3, h, w], at least as wide as the other.
  private static func caption(
    of picture: PictureObject, _ path: String, _ host: Host
  ) throws -> NDArray? {
    let width = Caption.width(of: picture.title, above: picture.picture.shape[2])
    let png: [UInt8]
    do throws(PlotError) {
      png = try Caption.png(picture.title, width: width)
    } catch {
      guard error == .gnuplotMissing else { throw error }
      host.writeNote("\(path) has no title on it: \(error)\n")
      return nil
    }
    return try ImageFile.decode(png, name: "the title").scaled(by: 1 / 255)
  }

  /// One picture above the other, white beside the narrower.
  private static func stacked(_ above: NDArray, _ below: NDArray) throws -> NDArray {
    let width = max(above.shape[2], below.shape[2])
    func widened(_ picture: NDArray) throws -> NDArray {
      let missing = width - picture.shape[2]
      guard missing > 0 else { return picture }
      let white = NDArray(repeating: Float(1), shape: [3, picture.shape[1], missing])
      return try NDArray.concatenated([picture, white], axis: 2)
    }
    return try NDArray.concatenated([try widened(above), try widened(below)], axis: 1)
  }
}

import Arrays
import Clustering
import Datasets
import Interpreter

/// The patches of all images of a folder, decoded anew whenever they are read.
struct PatchFolder: PointSource {
  private let paths: [String]
  private let side: Int?
  private let patch: Int
  let granularity: Int
  let width: Int

  /// - Parameters:
  ///   - side: images are scaled and cut to side x side; without it all must have one size.
  ///   - patch: the side of a patch, which divides the image's.
  init(_ path: String, side: Int?, patch: Int, pulse: () throws -> Void) throws {
    let folder = ImageFolder.part(path, isTraining: true) ?? path
    paths = try ImageFolder.paths(in: folder, pulse: pulse)
    (self.side, self.patch) = (side, patch)
    let first = try ImageFolder.images(paths.prefix(1), size: side)
    let (height, across) = (first.shape[2], first.shape[3])
    guard height.isMultiple(of: patch), across.isMultiple(of: patch) else {
      throw Self.unfit(
        "\(side == nil ? paths[0] : "an image") is \(height) x \(across) pixels, not a whole number of patches of "
          + "\(patch) x \(patch)", patch)
    }
    (granularity, width) = ((height / patch) * (across / patch), first.shape[1] * patch * patch)
  }

  private static func unfit(_ text: String, _ patch: Int) -> Diagnosis {
    let side = max(patch, 224 / patch * patch)
    return Diagnosis(
      "E140", text, arguments: [(0, "")],
      hint: "`image: \(side)`, which scales and cuts every image to \(side) x \(side).")
  }

  var count: Int { paths.count * granularity }
  /// The bytes of the image, then twice its numbers as float32: images, and patches.
  var bytesPerPoint: Int { 9 * width }

  func read(_ range: Range<Int>, pulse: () throws -> Void) throws -> NDArray {
    let files = paths[(range.lowerBound / granularity)..<(range.upperBound / granularity)]
    let images: NDArray
    do {
      images = try ImageFolder.images(files, size: side, pulse: pulse)
    } catch DatasetError.sizes(let path, let seen, let wanted) {
      throw Self.unfit("\(path) is \(seen), the images before it \(wanted)", patch)
    }
    return try patchify(images.scaled(by: 1 / 255), size: patch)
      .reshaped(to: [range.count, width])
  }
}

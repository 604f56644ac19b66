import Arrays
import Clustering
import Datasets

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
    let first = try patchify(ImageFolder.images(paths.prefix(1), size: side), size: patch)
    (granularity, width) = (first.shape[1], first.shape[2])
  }

  var count: Int { paths.count * granularity }
  /// The bytes of the image, then twice its numbers as float32: images, and patches.
  var bytesPerPoint: Int { 9 * width }

  func read(_ range: Range<Int>, pulse: () throws -> Void) throws -> NDArray {
    let files = paths[(range.lowerBound / granularity)..<(range.upperBound / granularity)]
    let images = try ImageFolder.images(files, size: side, pulse: pulse)
    return try patchify(images.scaled(by: 1 / 255), size: patch)
      .reshaped(to: [range.count, width])
  }
}

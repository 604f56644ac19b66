import Arrays
import Clustering
import Datasets
import Interpreter

/// The patches of all images of a folder, decoded anew whenever they are read.
struct PatchFolder: PointSource {
  private let paths: [String]
  private let side: Int?
  private let patch: Int
  private let height: Int, across: Int
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
    (height, across) = (first.shape[2], first.shape[3])
    guard height.isMultiple(of: patch), across.isMultiple(of: patch) else {
      throw Self.unfit(
        "\(side == nil ? paths[0] : "an image") is \(across) x \(height) pixels, not a whole number of patches of "
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
    try patches(of: (range.lowerBound / granularity)..<(range.upperBound / granularity), pulse)
  }

  /// Of images that lie far apart many are decoded at a time.
  func points(at rows: [Int], memory: Int, pulse: () throws -> Void) throws -> NDArray {
    let result = NDArray(uninitialized: [rows.count, width])
    let most = max(1, memory / (bytesPerPoint * granularity))
    var next = 0
    while next < rows.count {
      var images: [Int] = [], end = next
      while end < rows.count {
        let image = rows[end] / granularity
        if images.last != image {
          guard images.count < most else { break }
          images.append(image)
        }
        end += 1
      }
      let part = try patches(of: images, pulse)
      var place = 0
      for index in next..<end {
        if images[place] != rows[index] / granularity { place += 1 }
        let row = place * granularity + rows[index] % granularity
        (result.floats + index * width).update(from: part.floats + row * width, count: width)
      }
      withExtendedLifetime(part) {}
      next = end
    }
    return result
  }

  /// [images granularity, width], pixels 0 ... 1.
  private func patches(of images: some Collection<Int>, _ pulse: () throws -> Void) throws -> NDArray {
    let files = images.map { paths[$0] }
    let pixels: NDArray
    do {
      pixels = try ImageFolder.images(files, size: side, pulse: pulse)
    } catch DatasetError.sizes(let path, let seen, let wanted) {
      throw Self.unfit("\(path) is \(seen), the images before it \(wanted)", patch)
    }
    guard pixels.shape[2] == height, pixels.shape[3] == across else {
      throw Self.unfit(
        "\(files[0]) is \(pixels.shape[3]) x \(pixels.shape[2]), the first image \(across) x \(height)", patch)
    }
    return try patchify(pixels.scaled(by: 1 / 255), size: patch)
      .reshaped(to: [files.count * granularity, width])
  }
}

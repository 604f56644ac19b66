public import Arrays
public import Images

/// Image files of a folder that stay on the disk: a batch decodes those that it needs.
///
/// For sets that do not fit in memory, and for photographs whose random crops should be taken from the
/// file's own pixels instead of from a copy scaled down once.
public struct ImageFiles: Sendable {
  /// What it is called.
  public let name: String
  /// The files, class after class, each class by name.
  public let paths: [String]
  /// [N] int32 from 0; nil for images without classes.
  public let labels: NDArray?
  /// Names of the classes, by label.
  public let classes: [String]
  /// Files that were passed over, because their names are not those of images.
  public let skippedCount: Int

  /// Lists the JPEG and PNG files of a folder by the rules of `ImageFolder.load`; opens none of them.
  ///
  /// - Parameters:
  ///   - perClass: at most so many of each class, the first by name (without classes: so many in all).
  ///   - pulse: called before each entry that is looked at; what it throws ends the listing.
  /// - Throws: `DatasetError`, `ImageError`.
  public init(_ path: String, perClass: Int? = nil, pulse: () throws -> Void = {}) throws {
    guard ImageFolder.isFolder(path) else { throw DatasetError.missing(path: path) }
    let listing = try Listing(path, perClass: perClass, pulse: pulse)
    name = path
    paths = listing.files.map(\.path)
    labels = listing.classes.isEmpty ? nil : NDArray(listing.files.map { Int32($0.label) })
    classes = listing.classes
    skippedCount = listing.skippedCount
  }

  /// How many files there are.
  public var count: Int { paths.count }

  /// Random resized crops of some of the files, decoded on all threads of the engine.
  ///
  /// What is cropped depends on `random` and on the place in `positions` alone.
  ///
  /// - Shapes: -> [positions, 3, size, size] float32, 0 ... 1.
  /// - Throws: `ImageError` of the first file that cannot be used.
  public func randomCrops(
    of positions: [Int], size: Int, area: ClosedRange<Double> = 0.2...1,
    detail: ImageFile.Detail = .enough, random: RandomSource
  ) throws -> NDArray {
    try batch(positions.count, size: size) { place, out throws(ImageError) in
      var own = random.split(UInt64(1 + place))
      try writeRandomCrop(
        positions[place], size: size, area: area, detail: detail, random: &own, into: out)
    }
  }

  /// The middle squares of some of the files, decoded on all threads of the engine: the pixels that
  /// `ImageFolder.load` keeps.
  ///
  /// - Shapes: -> [positions, 3, size, size] float32, 0 ... 1.
  /// - Throws: `ImageError` of the first file that cannot be used.
  public func centerCrops(of positions: [Int], size: Int) throws -> NDArray {
    try batch(positions.count, size: size) { place, out throws(ImageError) in
      try writeCenterCrop(positions[place], size: size, into: out)
    }
  }

  func writeRandomCrop(
    _ position: Int, size: Int, area: ClosedRange<Double>, detail: ImageFile.Detail,
    random: inout RandomSource, into out: UnsafeMutableBufferPointer<Float>
  ) throws(ImageError) {
    let path = paths[position]
    try ImageFile.randomCrop(
      try ImageFile.bytes(of: path), name: path, height: size, width: size, area: area,
      detail: detail, random: &random, into: out)
  }

  func writeCenterCrop(
    _ position: Int, size: Int, into out: UnsafeMutableBufferPointer<Float>
  ) throws(ImageError) {
    let image = try ImageFolder.decoded(paths[position], size: size)
    image.withElements(of: UInt8.self) { Pixels.unit($0, into: out) }
  }

  private func batch(
    _ count: Int, size: Int,
    _ write: (Int, UnsafeMutableBufferPointer<Float>) throws(ImageError) -> Void
  ) throws -> NDArray {
    precondition(size > 0, "an image has pixels")
    let area = 3 * size * size
    var images = NDArray(zeros: [count, 3, size, size])
    var problems = [ImageError?](repeating: nil, count: count)
    images.withMutableElements(of: Float.self) { out in
      problems.withUnsafeMutableBufferPointer { problems in
        Parallel.forEachSlice(of: count) { slice in
          for place in slice {
            do throws(ImageError) {
              try write(place, out.extracting((place * area)..<((place + 1) * area)))
            } catch { problems[place] = error }
          }
        }
      }
    }
    for case let problem? in problems { throw problem }
    return images
  }
}

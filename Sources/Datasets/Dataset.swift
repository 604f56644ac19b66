public import Arrays
import Images

/// What can be wrong with a set of images.
public enum DatasetError: Error, Equatable, CustomStringConvertible {
  case missing(path: String)
  case noImages(path: String, files: Int)
  case sizes(path: String, seen: String, wanted: String)
  case binary(path: String, reason: String)
  case option(String)
  case cancelled

  /// What was seen, what was wanted, what to try.
  public var description: String {
    switch self {
    case .missing(let path): "there is no file or folder \(path)"
    case .noImages(let path, let files):
      "\(path) holds no images: \(files) files, none of them .jpg, .jpeg or .png"
    case .sizes(let path, let seen, let wanted):
      "\(path) is \(seen), the images before it \(wanted); name one size for all: size: 224"
    case .binary(let path, let reason): "\(path) is no CIFAR batch: \(reason)"
    case .option(let text): text
    case .cancelled: "loading was stopped"
    }
  }
}

/// Images of one size in memory, with labels if there are any.
public struct Dataset: Sendable {
  /// What it is called.
  public let name: String
  /// [N, 3, H, W] uint8, RGB, 0 ... 255.
  public let images: NDArray
  /// [N] int32 from 0; nil for images without classes.
  public let labels: NDArray?
  /// Names of the classes, by label.
  public let classes: [String]

  public init(name: String, images: NDArray, labels: NDArray?, classes: [String]) {
    precondition(images.rank == 4, "images are N x 3 x H x W")
    (self.name, self.images, self.labels, self.classes) = (name, images, labels, classes)
  }

  public var count: Int { images.shape[0] }
  public var height: Int { images.shape[2] }
  public var width: Int { images.shape[3] }

  /// The images at some positions, in that order.
  public func subset(_ positions: [Int]) throws(ShapeError) -> Dataset {
    let rows = NDArray(positions.map { Int32($0) })
    return Dataset(
      name: name, images: try images.rows(at: rows),
      labels: try labels.map { labels throws(ShapeError) in try labels.rows(at: rows) },
      classes: classes)
  }

  /// Two parts, the first with a share of each class, chosen at random.
  public func split(share: Double, random: inout RandomSource) throws(ShapeError) -> (Dataset, Dataset) {
    var first = [Int](), second = [Int]()
    for positions in positionsByClass() {
      var order = positions
      random.shuffle(&order)
      let cut = Int((share * Double(order.count)).rounded())
      first += order[..<cut]
      second += order[cut...]
    }
    return (try subset(first.sorted()), try subset(second.sorted()))
  }

  /// At most `count` images of each class, in order.
  public func perClass(_ count: Int) throws(ShapeError) -> Dataset {
    try subset(positionsByClass().flatMap { $0.prefix(count) }.sorted())
  }

  private func positionsByClass() -> [[Int]] {
    guard let labels else { return [Array(0..<count)] }
    var groups: [Int32: [Int]] = [:]
    for (position, label) in labels.elements(of: Int32.self).enumerated() {
      groups[label, default: []].append(position)
    }
    return groups.keys.sorted().map { groups[$0] ?? [] }
  }

  /// Pixels 0 ... 1 of the images at some positions, [n, 3, H, W] float.
  public func floats(_ positions: [Int]? = nil) throws(ShapeError) -> NDArray {
    let chosen = try positions.map { positions throws(ShapeError) in
      try images.rows(at: NDArray(positions.map { Int32($0) }))
    } ?? images
    return Pixels.unit(chosen)
  }
}

/// Bytes to pixels.
enum Pixels {
  /// 0 ... 255 to 0 ... 1.
  static func unit(_ bytes: NDArray) -> NDArray {
    var result = NDArray(zeros: bytes.shape)
    bytes.withElements(of: UInt8.self) { source in
      result.withMutableElements(of: Float.self) { out in
        for index in source.indices { out[index] = Float(source[index]) * (1 / 255) }
      }
    }
    return result
  }
}

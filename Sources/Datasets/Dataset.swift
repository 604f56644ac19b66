public import Arrays
import Images

/// What can be wrong with a set of images.
public enum DatasetError: Error, Equatable, CustomStringConvertible {
  case missing(path: String)
  case noImages(path: String, files: Int)
  case foldersOfFolders(path: String, folder: String)
  case emptyClasses(path: String, folders: [String])
  case noSplit(path: String, split: String)
  case sizes(path: String, seen: String, wanted: String)
  case tooLarge(path: String, images: Int, bytes: Int, memory: Int)
  case binary(path: String, reason: String)
  case lonelyClass(name: String, count: Int)
  case option(String)
  case cancelled

  /// What was seen, what was wanted, what to try.
  public var description: String {
    switch self {
    case .missing(let path): "there is no file or folder \"\(path)\""
    case .noImages(let path, let files):
      "\(path) holds no images: "
        + (files == 0
          ? "no file at all"
          : files == 1 ? "one file, which is not" : "\(files) files, none of them")
        + (files == 0 ? "" : " .jpg, .jpeg or .png")
        + "; wanted a folder of images, or of class folders with images in them"
    case .foldersOfFolders(let path, let folder):
      "\(path) holds no images, but folders of folders; try one of these: \(path)/\(folder)"
    case .noSplit(let path, let split):
      "\(path) has no parts, so split: \"\(split)\" would be all of it; wanted folders train and test "
        + "(or val) in it, or cut it in two yourself: split(load(\"\(path)\"), 80%)"
    case .emptyClasses(let path, let folders):
      "\(path) has classes without an image: \(folders.prefix(5).joined(separator: ", "))"
        + (folders.count > 5 ? " and \(folders.count - 5) more" : "")
        + "; a class needs at least one .jpg, .jpeg or .png, or take its folder away"
    case .sizes(let path, let seen, let wanted):
      "\(path) is \(seen), the images before it \(wanted); name one size for all: size: 224"
    case .tooLarge(let path, let images, let bytes, let memory):
      "\(path): \(images) images take \(bytes >> 20) MB, this machine has \(memory >> 20) MB; "
        + "try on_disk: true, a smaller size: or fewer images n:"
    case .binary(let path, let reason): "\(path) is no CIFAR file: \(reason)"
    case .lonelyClass(let name, let count):
      "class \"\(name)\" has \(count == 1 ? "one image" : "\(count) images"), so that a part would have none of it; "
        + "each class needs at least two to be split"
    case .option(let text): text
    case .cancelled: "loading was stopped"
    }
  }
}

/// Images of one size, with labels if there are any: in memory, or files that are decoded when they are
/// asked for.
public struct Dataset: Sendable {
  /// What it is called.
  public let name: String
  /// Of all images: [N, 3, H, W] ([N, C, H, W] when made from an array of other channels).
  public let shape: Shape
  /// [N] int32 from 0; nil for images without classes.
  public let labels: NDArray?
  /// Names of the classes, by label.
  public let classes: [String]
  /// Files that were passed over when it was loaded, because their names are not those of images.
  public let skippedCount: Int

  private enum Source {
    /// [N, C, H, W] uint8.
    case array(NDArray)
    case files([String])
  }
  private let source: Source

  /// A set of images [N, 3, H, W] uint8 and of labels [N] int32, each below `classes.count`.
  public init(
    name: String, images: NDArray, labels: NDArray?, classes: [String], skippedCount: Int = 0
  ) {
    precondition(
      images.rank == 4 && images.elementType == .uint8, "images are N x C x H x W bytes")
    self.init(
      name: name, .array(images), images.shape, labels: labels, classes, skipped: skippedCount)
  }

  /// A set of image files that stay on the disk: each is scaled (shorter side) and cut (middle) to
  /// `size` x `size` when it is asked for; random crops come from the file's own pixels.
  init(
    name: String, files: [String], size: Int, labels: NDArray?, classes: [String],
    skippedCount: Int = 0
  ) {
    self.init(
      name: name, .files(files), [files.count, 3, size, size], labels: labels, classes,
      skipped: skippedCount)
  }

  private init(
    name: String, _ source: Source, _ shape: Shape, labels: NDArray?, _ classes: [String],
    skipped: Int
  ) {
    precondition(labels.map { $0.shape == [shape[0]] } ?? true, "a label for each image")
    (self.name, self.source, self.shape) = (name, source, shape)
    (self.labels, self.classes, skippedCount) = (labels, classes, skipped)
  }

  /// How many images there are.
  public var count: Int { shape[0] }
  /// 3 for images from files.
  public var channels: Int { shape[1] }
  /// Pixels from top to bottom.
  public var height: Int { shape[2] }
  /// Pixels from left to right.
  public var width: Int { shape[3] }
  /// Whether images are decoded anew each time that they are asked for.
  public var isOnDisk: Bool { if case .files = source { true } else { false } }
  /// Of the images in memory.
  public var byteCount: Int { if case .array(let images) = source { images.byteCount } else { 0 } }

  /// The images at some positions, or all: [n, 3, H, W] uint8, RGB, 0 ... 255.
  ///
  /// - Parameter pulse: called now and then; what it throws ends the reading.
  /// - Throws: `ImageError` of a file that cannot be used, `DatasetError.tooLarge` for more files than the
  ///   memory holds.
  public func images(
    at positions: [Int]? = nil, pulse: () throws -> Void = {}
  ) throws -> NDArray {
    switch source {
    case .array(let images):
      return try positions.map { try images.rows(at: NDArray($0.map { Int32($0) })) } ?? images
    case .files(let paths):
      let chosen = positions.map { $0.map { paths[$0] } } ?? paths
      guard !chosen.isEmpty else { return NDArray(zeros: shape.replacing(axis: 0, with: 0), .uint8) }
      return try ImageFolder.images(chosen, size: width, pulse: pulse)
    }
  }

  /// One line: name, count, size, classes, what was passed over.
  public var summary: String {
    var text =
      "\(name): \(count) image\(count == 1 ? "" : "s") of \(channels) x \(height) x \(width)"
    if isOnDisk { text += " on the disk" }
    if labels != nil { text += ", \(classes.count) class\(classes.count == 1 ? "" : "es")" }
    let few = countsByClass().enumerated().filter { $0.element < 2 }.map { classes[$0.offset] }
    if labels != nil, !few.isEmpty, few.count < classes.count {
      text += ", fewer than two images in \(few.prefix(3).joined(separator: ", "))"
    }
    if skippedCount > 0 { text += ", \(skippedCount) other files passed over" }
    return text
  }

  /// The classes with their counts, in lines of at most `width` columns and `rows` lines; classes that
  /// are equally large are told so once. Nothing for images without labels.
  public func classSummary(width: Int, rows: Int = 6) -> String {
    guard labels != nil, !classes.isEmpty else { return "" }
    let counts = countsByClass()
    let equal = Set(counts).count == 1 && counts.count > 1 ? counts.first : nil
    let words = zip(classes, counts).map { name, count in equal == nil ? "\(name) \(count)" : name }
    let head = equal.map { "\($0) each of " } ?? ""
    var lines = [head]
    for (index, word) in words.enumerated() {
      let isLast = index + 1 == words.count
      let more = "... \(words.count - index) more"
      let room = width - (lines.count == rows && !isLast ? more.count + 1 : 0)
      let line = lines[lines.count - 1]
      if line.count + word.count + 1 <= room || line.isEmpty {
        lines[lines.count - 1] += word + (isLast ? "" : ", ")
      } else if lines.count == rows {
        lines[rows - 1] += more
        break
      } else if lines.count + 1 == rows, !isLast, word.count + 2 + more.count > width {
        lines.append(more)
        break
      } else {
        lines.append(word + (isLast ? "" : ", "))
      }
    }
    return lines.map { line in String(line.reversed().drop { $0 == " " }.reversed()) }
      .joined(separator: "\n")
  }

  /// Images of each class, by label.
  public func countsByClass() -> [Int] {
    var counts = [Int](repeating: 0, count: classes.count)
    for label in labels?.elements(of: Int32.self) ?? [] where counts.indices.contains(Int(label)) {
      counts[Int(label)] += 1
    }
    return counts
  }

  /// One image, [3, H, W] uint8; `position` is below `count`.
  public func image(_ position: Int) throws -> NDArray {
    precondition((0..<count).contains(position), "an image of the data set")
    return try images(at: [position]).row(0)
  }

  /// The first `count` images, all of them if there are fewer.
  public func take(_ count: Int) throws(ShapeError) -> Dataset {
    try subset(Array(0..<min(max(0, count), self.count)))
  }

  /// The images at some positions, in that order.
  public func subset(_ positions: [Int]) throws(ShapeError) -> Dataset {
    let rows = NDArray(positions.map { Int32($0) })
    let chosen: Source =
      switch source {
      case .array(let images): .array(try images.rows(at: rows))
      case .files(let paths): .files(positions.map { paths[$0] })
      }
    return Dataset(
      name: name, chosen, shape.replacing(axis: 0, with: positions.count),
      labels: try labels.map { labels throws(ShapeError) in try labels.rows(at: rows) }, classes,
      skipped: 0)
  }

  /// Two parts, the first with a share of each class (rounded to whole images), chosen at random.
  ///
  /// Both keep the order of the data set, and each has at least one image of every class, unless the
  /// share is 0 or 1.
  ///
  /// - Throws: `DatasetError.lonelyClass` for a class with a single image.
  public func split(share: Double, random: inout RandomSource) throws -> (Dataset, Dataset) {
    let share = min(max(share, 0), 1)
    var first = [Int](), second = [Int]()
    for positions in positionsByClass() {
      var order = positions
      random.shuffle(&order)
      var cut = Int((share * Double(order.count)).rounded())
      if share > 0, share < 1 {
        guard order.count > 1 else { throw lonely(positions) }
        cut = min(max(cut, 1), order.count - 1)
      }
      first += order[..<cut]
      second += order[cut...]
    }
    return (try subset(first.sorted()), try subset(second.sorted()))
  }

  private func lonely(_ positions: [Int]) -> DatasetError {
    let label = positions.first.flatMap { labels?.elements(of: Int32.self)[$0] }
    let name = label.map { classes.indices.contains(Int($0)) ? classes[Int($0)] : "\($0)" }
    return .lonelyClass(name: name ?? self.name, count: positions.count)
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
  public func floats(
    _ positions: [Int]? = nil, pulse: () throws -> Void = {}
  ) throws -> NDArray {
    Pixels.unit(try images(at: positions, pulse: pulse))
  }
}

/// Bytes to pixels.
enum Pixels {
  /// 0 ... 255 to 0 ... 1.
  static func unit(_ bytes: NDArray) -> NDArray {
    var result = NDArray(zeros: bytes.shape)
    bytes.withElements(of: UInt8.self) { source in
      result.withMutableElements(of: Float.self) { unit(source, into: $0) }
    }
    return result
  }

  /// The same for a part of an array; both are equally long.
  static func unit(
    _ bytes: UnsafeBufferPointer<UInt8>, into out: UnsafeMutableBufferPointer<Float>
  ) {
    for index in bytes.indices { out[index] = Float(bytes[index]) * (1 / 255) }
  }
}

// MARK: - For batches

extension Dataset {
  /// Pixels 0 ... 1 of one image, [3, H, W].
  func write(_ position: Int, into out: UnsafeMutableBufferPointer<Float>) throws {
    switch source {
    case .array(let images):
      images.withElements(of: UInt8.self) { bytes in
        Pixels.unit(
          bytes.extracting((position * out.count)..<((position + 1) * out.count)), into: out)
      }
    case .files(let paths):
      try ImageFolder.decoded(paths[position], size: width)
        .withElements(of: UInt8.self) { Pixels.unit($0, into: out) }
    }
  }

  /// The same of a random resized crop, perhaps flipped.
  func writeAugmented(
    _ position: Int, random: inout RandomSource, into out: UnsafeMutableBufferPointer<Float>
  ) throws {
    switch source {
    case .array(let images):
      let crop = Resampling.randomResizedCrop(
        try images.row(position), height: height, width: width, random: &random)
      crop.withElements(of: Float.self) { values in
        // Bicubic weights overshoot: pixels stay within 0 ... 1.
        for index in values.indices { out[index] = min(max(values[index] * (1 / 255), 0), 1) }
      }
    case .files(let paths):
      let path = paths[position]
      try ImageFile.randomCrop(
        try ImageFile.bytes(of: path), name: path, height: height, width: width, area: 0.2...1,
        detail: .enough, random: &random, into: out)
    }
  }
}

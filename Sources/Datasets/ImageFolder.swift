public import Arrays
import Glibc
import Images

/// Images in folders: one folder a class, or all in one place.
public enum ImageFolder {
  /// Reads all JPEG and PNG files of a folder; sub-folders are classes, in the order of their names.
  ///
  /// A folder whose sub-folders hold no images is one set without classes; a path to one image file is
  /// a set of one. Hidden files are ignored, other files counted in `skippedCount`. Images beside class
  /// folders are such other files.
  ///
  /// - Parameters:
  ///   - size: every image is scaled (shorter side) and cut (middle) to size x size; without it all must
  ///     have one size.
  ///   - perClass: at most so many of each class, the first by name (without classes: so many in all).
  ///   - onDisk: the files are not read now, but when their images are asked for; needs a size.
  ///   - choose: of so many files, the numbers of those to read; all without it.
  ///   - pulse: called before each entry that is looked at while the folder is listed; what it throws
  ///     ends the listing.
  ///   - progress: called with files read and files in all; false stops.
  /// - Throws: `DatasetError`, `ImageError` with the path of the file.
  public static func load(
    _ path: String, size: Int? = nil, perClass: Int? = nil, onDisk: Bool = false,
    choose: ((Int) -> [Int])? = nil,
    pulse: () throws -> Void = {}, progress: (Int, Int) throws -> Bool = { _, _ in true }
  ) throws -> Dataset {
    var status = stat()
    guard stat(path, &status) == 0 else { throw DatasetError.missing(path: path) }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      let image = try decoded(path, size: size)
      return Dataset(
        name: path, images: try NDArray.stacked([image]), labels: nil, classes: [])
    }
    let listing = try Listing(path, perClass: perClass, pulse: pulse)
    let files = choose.map { $0(listing.files.count).map { listing.files[$0] } } ?? listing.files
    guard !files.isEmpty else { throw DatasetError.option("0 images; at least 1 is wanted") }
    let labels = listing.classes.isEmpty ? nil : NDArray(files.map { Int32($0.label) })
    if onDisk {
      guard let size else {
        throw DatasetError.option("on_disk needs one size for all images; try size: 224")
      }
      return Dataset(
        name: path, files: files.map(\.path), size: size, labels: labels, classes: listing.classes,
        skippedCount: listing.skippedCount)
    }
    return Dataset(
      name: path, images: try read(files.map(\.path), size: size, progress: progress),
      labels: labels, classes: listing.classes, skippedCount: listing.skippedCount)
  }

  /// The paths of the images that `load` would read, in its order.
  public static func paths(in path: String, pulse: () throws -> Void = {}) throws -> [String] {
    var status = stat()
    guard stat(path, &status) == 0 else { throw DatasetError.missing(path: path) }
    return try Listing(path, perClass: nil, pulse: pulse).files.map(\.path)
  }

  /// Some images, decoded on all threads: [paths.count, 3, H, W] uint8.
  ///
  /// - Parameter size: every image is scaled (shorter side) and cut (middle) to size x size; without it
  ///   all must have one size.
  public static func images(
    _ paths: some Collection<String>, size: Int? = nil, pulse: () throws -> Void = {}
  ) throws -> NDArray {
    try read(Array(paths), size: size) { _, _ in
      try pulse()
      return true
    }
  }

  /// The folder of a part, where a folder has both: `train`, and `test` or `val`, each with images or
  /// class folders in it.
  ///
  /// Folders that hold images themselves are classes, even if they are called train and test.
  public static func part(_ path: String, isTraining: Bool) -> String? {
    let training = path + "/train"
    guard isFolder(training), holdsFolders(training) else { return nil }
    let held = ["test", "val"].map { path + "/" + $0 }.first { isFolder($0) && holdsFolders($0) }
    guard let held else { return nil }
    return isTraining ? training : held
  }

  private static func holdsFolders(_ path: String) -> Bool {
    let names = (try? names(in: path)) ?? []
    return !names.contains(where: isImage) && names.contains { isFolder(path + "/" + $0) }
  }

  /// Decodes files on all threads, a few hundred at a time; the result does not depend on them.
  private static func read(
    _ paths: [String], size: Int?, progress: (Int, Int) throws -> Bool
  ) throws -> NDArray {
    let first = try decoded(paths[0], size: size)
    try checkMemory(paths, each: first.byteCount)
    var images = NDArray(zeros: Shape([paths.count] + first.shape.extents), .uint8)
    let results = Results(count: paths.count)
    let chunk = 256
    for start in stride(from: 0, to: paths.count, by: chunk) {
      let end = min(start + chunk, paths.count)
      Parallel.forEachSlice(of: end - start, grain: 4) { slice in
        for index in (start + slice.lowerBound)..<(start + slice.upperBound) {
          results.set(
            index, index == 0 ? .success(first) : Result { try decoded(paths[index], size: size) })
        }
      }
      for index in start..<end {
        let image = try results.take(index).get()
        guard image.shape == first.shape else {
          throw DatasetError.sizes(
            path: paths[index], seen: "\(image.shape[2]) x \(image.shape[1])",
            wanted: "\(first.shape[2]) x \(first.shape[1])")
        }
        copy(image, into: &images, at: index)
      }
      guard try progress(end, paths.count) else { throw DatasetError.cancelled }
    }
    return images
  }

  /// Memory that the machine does not have is better refused now than after an hour of decoding.
  static func checkMemory(
    _ paths: [String], each: Int,
    memory: Int = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
  ) throws(DatasetError) {
    let (bytes, isOverflowing) = paths.count.multipliedReportingOverflow(by: each)
    guard isOverflowing || bytes > memory else { return }
    throw .tooLarge(
      path: paths[0], images: paths.count, bytes: isOverflowing ? .max : bytes, memory: memory)
  }

  private static func copy(_ image: NDArray, into images: inout NDArray, at index: Int) {
    images.withMutableElements(of: UInt8.self) { out in
      image.withElements(of: UInt8.self) { bytes in
        _ = out[(index * bytes.count)...].update(fromContentsOf: bytes)
      }
    }
  }

  static func decoded(_ path: String, size: Int?) throws(ImageError) -> NDArray {
    let image = try ImageFile.read(path, least: size ?? 0)
    guard let size else { return image }
    return Resampling.centerCrop(image, size: size).converted(to: .uint8)
  }

  static func isImage(_ name: String) -> Bool {
    let lower = name.lowercased()
    return !name.hasPrefix(".")
      && (lower.hasSuffix(".jpg") || lower.hasSuffix(".jpeg") || lower.hasSuffix(".png"))
  }

  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Names in a folder without hidden ones, sorted.
  static func names(in path: String) throws -> [String] {
    guard let folder = opendir(path) else {
      throw ImageError.unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    defer { closedir(folder) }
    var names = [String]()
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }
}

/// The image files under a folder and the classes they belong to.
struct Listing {
  var files: [(path: String, label: Int)] = []
  var classes: [String] = []
  var skippedCount = 0

  init(_ path: String, perClass: Int?, pulse: () throws -> Void) throws {
    let entries = try ImageFolder.names(in: path)
    let folders = try entries.filter {
      try pulse()
      return ImageFolder.isFolder(path + "/" + $0)
    }
    let isFolder = Set(folders)
    let own = entries.filter { ImageFolder.isImage($0) && !isFolder.contains($0) }
    var empty = [String]()
    for folder in folders {
      try pulse()
      let names = try ImageFolder.names(in: path + "/" + folder)
      let images = names.filter(ImageFolder.isImage)
      skippedCount += names.count - images.count
      if images.isEmpty {
        empty.append(folder)
        continue
      }
      let chosen = images.prefix(max(0, perClass ?? images.count))
      files += chosen.map { (path + "/" + folder + "/" + $0, classes.count) }
      classes.append(folder)
    }
    guard !classes.isEmpty else {
      files = own.prefix(max(0, perClass ?? own.count)).map { (path + "/" + $0, 0) }
      skippedCount = entries.count - own.count
      if own.isEmpty { throw try Listing.nothing(path, entries, folders, pulse) }
      return
    }
    guard empty.isEmpty else { throw DatasetError.emptyClasses(path: path, folders: empty) }
    guard !files.isEmpty else {
      throw DatasetError.option("\(perClass ?? 0) images of each class; at least 1 is wanted")
    }
    skippedCount += entries.count - folders.count
  }

  private static func nothing(
    _ path: String, _ entries: [String], _ folders: [String], _ pulse: () throws -> Void
  ) throws -> DatasetError {
    for folder in folders {
      try pulse()
      let inner = (try? ImageFolder.names(in: path + "/" + folder)) ?? []
      let holdsFolders = try inner.contains {
        try pulse()
        return ImageFolder.isFolder("\(path)/\(folder)/\($0)")
      }
      if holdsFolders {
        return .foldersOfFolders(path: path, folder: folder)
      }
    }
    return .noImages(path: path, files: entries.count - folders.count)
  }
}

/// Places that threads fill, each its own.
///
/// Safety: `@unchecked Sendable` because no place is touched by two threads at once.
private final class Results: @unchecked Sendable {
  private let places: UnsafeMutablePointer<Result<NDArray, any Error>?>
  private let count: Int

  init(count: Int) {
    self.count = count
    places = .allocate(capacity: count)
    places.initialize(repeating: nil, count: count)
  }

  deinit {
    places.deinitialize(count: count)
    places.deallocate()
  }

  func set(_ index: Int, _ result: Result<NDArray, any Error>) { places[index] = result }

  func take(_ index: Int) -> Result<NDArray, any Error> {
    defer { places[index] = nil }
    return places[index] ?? .failure(DatasetError.cancelled)
  }
}

import Arrays
import Glibc
import Images

/// Images in folders: one folder a class, or all in one place.
public enum ImageFolder {
  /// Reads all JPEG and PNG files of a folder; sub-folders are classes, in the order of their names.
  ///
  /// - Parameters:
  ///   - size: every image is scaled (shorter side) and cut (middle) to size x size; without it all must
  ///     have one size.
  ///   - perClass: at most so many of each class, the first by name.
  ///   - progress: called with files read and files in all; false stops.
  /// - Throws: `DatasetError`, `ImageError` with the path of the file.
  public static func load(
    _ path: String, size: Int? = nil, perClass: Int? = nil,
    progress: (Int, Int) throws -> Bool = { _, _ in true }
  ) throws -> Dataset {
    var status = stat()
    guard stat(path, &status) == 0 else { throw DatasetError.missing(path: path) }
    let entries = try names(in: path)
    let folders = entries.filter { isFolder(path + "/" + $0) }
    var files = [(path: String, label: Int)]()
    if folders.isEmpty {
      files = entries.filter(isImage).map { (path + "/" + $0, 0) }
    } else {
      for (label, folder) in folders.enumerated() {
        let own = try names(in: path + "/" + folder).filter(isImage)
        files += own.prefix(perClass ?? own.count).map { (path + "/" + folder + "/" + $0, label) }
      }
    }
    guard !files.isEmpty else { throw DatasetError.noImages(path: path, files: entries.count) }
    let images = try read(files.map(\.path), size: size, progress: progress)
    let labels = folders.isEmpty ? nil : NDArray(files.map { Int32($0.label) })
    return Dataset(name: path, images: images, labels: labels, classes: folders)
  }

  /// Decodes files on all threads, a few hundred at a time; the result does not depend on them.
  private static func read(
    _ paths: [String], size: Int?, progress: (Int, Int) throws -> Bool
  ) throws -> NDArray {
    let first = try decoded(paths[0], size: size)
    var images = NDArray(zeros: Shape([paths.count] + first.shape.extents), .uint8)
    let results = Results(count: paths.count)
    let chunk = 256
    for start in stride(from: 0, to: paths.count, by: chunk) {
      let end = min(start + chunk, paths.count)
      Parallel.forEachSlice(of: end - start, grain: 4) { slice in
        for offset in slice { results.set(start + offset, Result { try decoded(paths[start + offset], size: size) }) }
      }
      for index in start..<end {
        let image = try results.take(index).get()
        guard image.shape == first.shape else {
          throw DatasetError.sizes(
            path: paths[index], seen: "\(image.shape[2]) x \(image.shape[1])",
            wanted: "\(first.shape[2]) x \(first.shape[1])")
        }
        try images.replace([.position(index)], with: image)
      }
      guard try progress(end, paths.count) else { throw DatasetError.cancelled }
    }
    return images
  }

  private static func decoded(_ path: String, size: Int?) throws -> NDArray {
    let image = try ImageFile.read(path, least: size ?? 0)
    guard let size else { return image }
    return Resampling.centerCrop(image, size: size).converted(to: .uint8)
  }

  static func isImage(_ name: String) -> Bool {
    let lower = name.lowercased()
    return !name.hasPrefix(".")
      && (lower.hasSuffix(".jpg") || lower.hasSuffix(".jpeg") || lower.hasSuffix(".png"))
  }

  private static func isFolder(_ path: String) -> Bool {
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

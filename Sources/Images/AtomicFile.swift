import Glibc

/// Files that appear whole or not at all.
public enum AtomicFile {
  /// Writes bytes to a temporary file beside `path`, flushes it to the disk and renames it: a kill at
  /// any moment leaves the old file or the new one, never half a file. Missing folders are made.
  ///
  /// - Throws: `ImageError.unwritable` with the system's reason (no permission, disk full ...).
  public static func write(_ bytes: UnsafeRawBufferPointer, to path: String) throws(ImageError) {
    try makeFolders(for: path)
    let temporary = "\(path).\(getpid()).part"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure(path) }
    var rest = bytes
    while let base = rest.baseAddress, rest.count > 0 {
      let count = Glibc.write(descriptor, base, rest.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw abandon(descriptor, temporary, path) }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw abandon(descriptor, temporary, path)
    }
    guard close(descriptor) == 0, rename(temporary, path) == 0 else {
      let error = failure(path)
      unlink(temporary)
      throw error
    }
  }

  /// The same for an array of bytes.
  public static func write(_ bytes: [UInt8], to path: String) throws(ImageError) {
    do {
      try bytes.withUnsafeBytes { try write($0, to: path) }
    } catch let error as ImageError {
      throw error
    } catch {
      throw .unwritable(path: path, reason: "\(error)")
    }
  }

  /// Makes the folders that a file's path names.
  public static func makeFolders(for path: String) throws(ImageError) {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
    var end = path.startIndex
    while end < slash {
      let next = path[path.index(after: end)...].firstIndex(of: "/") ?? slash
      let folder = String(path[..<next])
      if mkdir(folder, 0o777) != 0, errno != EEXIST, errno != EISDIR {
        throw failure(path)
      }
      end = next
    }
  }

  private static func abandon(_ descriptor: Int32, _ temporary: String, _ path: String) -> ImageError {
    let error = failure(path)
    close(descriptor)
    unlink(temporary)
    return error
  }

  private static func failure(_ path: String) -> ImageError {
    .unwritable(path: path, reason: String(cString: strerror(errno)))
  }
}

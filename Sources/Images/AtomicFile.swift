import Glibc

/// Files that appear whole or not at all.
public enum AtomicFile {
  /// Writes bytes to a temporary file beside `path`, flushes it to the disk and renames it: a kill at
  /// any moment leaves the old file or the new one, never half a file. Missing folders are made.
  ///
  /// A symbolic link stays a link: what it points to is replaced. A device or a pipe is written to
  /// directly, for it cannot be replaced.
  ///
  /// - Throws: `ImageError.unwritable` with the system's reason (no permission, disk full ...).
  public static func write(_ bytes: UnsafeRawBufferPointer, to path: String) throws(ImageError) {
    var status = stat()
    let exists = stat(path, &status) == 0
    let kind = status.st_mode & S_IFMT
    if exists, kind == S_IFDIR { throw .unwritable(path: path, reason: "it is a folder") }
    if exists, kind != S_IFREG {
      try writeDirectly(bytes, to: path)
      return
    }
    if !exists { try makeFolders(for: path) }
    let target = exists ? resolved(path) : path
    let temporary = "\(target).\(getpid()).part"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure(path, errno) }
    guard pour(bytes, into: descriptor), fsync(descriptor) == 0 || errno == EINVAL else {
      throw abandon(descriptor, temporary, path, errno)
    }
    if exists { fchmod(descriptor, status.st_mode & 0o7777) }
    guard close(descriptor) == 0, rename(temporary, target) == 0 else {
      let code = errno
      unlink(temporary)
      throw failure(path, code)
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

  private static func writeDirectly(
    _ bytes: UnsafeRawBufferPointer, to path: String
  ) throws(ImageError) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path, errno) }
    let code = pour(bytes, into: descriptor) ? 0 : errno
    close(descriptor)
    if code != 0 { throw failure(path, code) }
  }

  /// False when the system refuses some of the bytes; `errno` says why.
  private static func pour(_ bytes: UnsafeRawBufferPointer, into descriptor: Int32) -> Bool {
    var rest = bytes
    while let base = rest.baseAddress, rest.count > 0 {
      let count = Glibc.write(descriptor, base, rest.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
    return true
  }

  private static func resolved(_ path: String) -> String {
    guard let name = realpath(path, nil) else { return path }
    defer { free(name) }
    return String(cString: name)
  }

  /// Makes the folders that lead to a file where they are missing.
  public static func makeFolders(for path: String) throws(ImageError) {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
    var end = path.startIndex
    while end < slash {
      let next = path[path.index(after: end)...].firstIndex(of: "/") ?? slash
      let folder = String(path[..<next])
      if mkdir(folder, 0o777) != 0, errno != EEXIST, errno != EISDIR {
        // A read-only parent answers before it looks: only a folder that is not there is a failure.
        let code = errno
        if access(folder, F_OK) != 0 { throw failure(path, code) }
      }
      end = next
    }
  }

  private static func abandon(
    _ descriptor: Int32, _ temporary: String, _ path: String, _ code: Int32
  ) -> ImageError {
    close(descriptor)
    unlink(temporary)
    return failure(path, code)
  }

  private static func failure(_ path: String, _ code: Int32) -> ImageError {
    .unwritable(path: path, reason: String(cString: strerror(code)))
  }
}

import Glibc

/// Files that appear under their name when they are complete.
enum WholeFile {
  /// Writes beside `path` and renames, so that neither a kill nor a full disk leaves half a file.
  /// A link keeps pointing where it does; what is no regular file (a device, a pipe) is written to.
  static func write(_ bytes: [UInt8], to path: String) throws(PlotError) {
    var status = stat()
    let exists = stat(path, &status) == 0
    if exists, status.st_mode & S_IFMT == S_IFDIR {
      throw .unwritable(path: path, reason: "it is a folder; give a file name")
    }
    if exists, status.st_mode & S_IFMT != S_IFREG {
      return try fill(path, with: bytes, flags: O_WRONLY, for: path)
    }
    let place = exists ? resolved(path) : path
    let temporary = "\(place).\(getpid()).part"
    do throws(PlotError) {
      try fill(temporary, with: bytes, flags: O_WRONLY | O_CREAT | O_TRUNC, for: path)
      guard rename(temporary, place) == 0 else { throw failure(path, errno) }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private static func fill(
    _ place: String, with bytes: [UInt8], flags: Int32, for path: String
  ) throws(PlotError) {
    let file = open(place, flags | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw failure(path, errno) }
    var error: Int32 = 0
    bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count, error == 0 {
        let count = Glibc.write(file, buffer.baseAddress! + done, buffer.count - done)
        if count >= 0 { done += count } else if errno != EINTR { error = errno }
      }
    }
    // Some file systems say only here that the disk is full.
    if close(file) != 0, error == 0, errno != EINTR { error = errno }
    if error != 0 { throw failure(path, error) }
  }

  private static func failure(_ path: String, _ error: Int32) -> PlotError {
    let reason = String(cString: strerror(error))
    let advice =
      switch error {
      case ENOENT, ENOTDIR: "; the folder is missing: make it first"
      case EACCES, EPERM, EROFS: "; choose a folder that you may write to"
      case ENOSPC, EDQUOT: "; free some space or choose another disk"
      default: ""
      }
    return .unwritable(path: path, reason: reason + advice)
  }
}

import Glibc
import Syntax

/// Paths as a user writes them.
enum FilePath {
  /// `~/` is the home folder, as in a shell.
  static func expanded(_ path: String) -> String {
    guard path == "~" || path.hasPrefix("~/"), let home = getenv("HOME") else { return path }
    return String(cString: home) + path.dropFirst()
  }

  /// What may be meant by a path that leads nowhere: a neighbour of nearly the same name.
  static func neighbour(of path: String) -> String? {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    var names = folder.isEmpty ? ["shapes"] : []
    if let listing = opendir(folder.isEmpty ? "." : folder) {
      defer { closedir(listing) }
      while let entry = readdir(listing) {
        names.append(
          withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
          })
      }
    }
    let wanted = String(path.dropFirst(folder.count))
    return Suggestion.nearest(to: wanted, among: names, limit: 1).first.map { folder + $0 }
  }
}

import Glibc
import Syntax

/// What somebody may have meant who names a file that is not there.
enum NearbyFile {
  /// The path of a neighbour with nearly the same name; nil if there is none.
  static func name(like path: String) -> String? {
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

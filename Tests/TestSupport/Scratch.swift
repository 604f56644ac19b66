import Glibc

/// A folder of its own for a test, gone with it.
public final class Scratch {
  public let path: String

  public init() {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(folder)/ccv-test-XXXXXX".utf8CString)
    path = String(cString: mkdtemp(&template))
  }

  deinit { remove(path) }

  private func remove(_ path: String) {
    // Files, links (never what they point to) and empty folders go at once.
    if Glibc.remove(path) == 0 { return }
    for name in Scratch.names(in: path) { remove(path + "/" + name) }
    Glibc.remove(path)
  }

  public func write(_ bytes: [UInt8], to name: String) {
    let file = fopen(path + "/" + name, "w")
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }

  /// The bytes of a file in the folder; nil if it is not there.
  public func bytes(of name: String) -> [UInt8]? {
    guard let file = fopen(path + "/" + name, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](), chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
  }

  public func names() -> [String] { Scratch.names(in: path) }

  private static func names(in path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names = [String]()
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}

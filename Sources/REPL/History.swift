import Glibc
import Images

/// The lines of earlier sessions, one entry a block.
///
/// The file holds an entry a line; line breaks within it are written as \n and backslashes as \\. Entries
/// are appended one by one, so that several sessions can share the file.
struct History {
  static let entriesMax = 5000
  private let path: String?

  /// `$XDG_STATE_HOME/ccv/history`, by default `~/.local/state/ccv/history`.
  init() {
    let state = getenv("XDG_STATE_HOME").map { String(cString: $0) }
    let home = getenv("HOME").map { String(cString: $0) + "/.local/state" }
    path = (state ?? home).map { $0 + "/ccv/history" }
  }

  init(path: String) {
    self.path = path
  }

  func load() -> [String] {
    guard let path, let bytes = try? ImageFile.bytes(of: path) else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").suffix(Self.entriesMax)
      .map { Self.decoded(String($0)) }
  }

  func append(_ entry: String) {
    guard let path, (try? AtomicFile.makeFolders(for: path)) != nil else { return }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let line = Self.encoded(entry) + "\n"
    // One write call: lines of sessions that run side by side do not mix.
    _ = line.withCString { write(descriptor, $0, strlen($0)) }
  }

  static func encoded(_ entry: String) -> String {
    entry.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
  }

  static func decoded(_ line: String) -> String {
    var text = "", isEscaped = false
    for character in line {
      if isEscaped {
        text.append(character == "n" ? "\n" : character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else {
        text.append(character)
      }
    }
    return text
  }
}

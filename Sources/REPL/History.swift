import Builtins
import Glibc
import Images

/// The entries of earlier sessions: what was typed, where, and what became of it.
///
/// The file has two lines for an entry, of fields between tabs: when it begins `time, session, folder,
/// text`, and when it ends `time, session, result, milliseconds`. Line breaks within a text are written
/// as \n, tabs as \t, backslashes as \\. Each line is appended by one write, so that sessions that run
/// side by side share the file without mixing; a session reads it once, when it starts.
final class History {
  static let entriesMax = 5000
  /// Of the file only so much is read, from its end.
  static let bytesMax = 2 << 20

  private let path: String?
  private let folder: String
  private let session: String
  /// What was entered in this session.
  private(set) var own: [HistoryEntry] = []
  /// What the file held when the session began, in the order of the file.
  private(set) var earlier: [HistoryEntry] = []

  /// `$XDG_STATE_HOME/ccv/history`, by default `~/.local/state/ccv/history`.
  convenience init() {
    let state = getenv("XDG_STATE_HOME").map { String(cString: $0) }
    let home = getenv("HOME").map { String(cString: $0) + "/.local/state" }
    self.init(path: (state ?? home).map { $0 + "/ccv/history" }, folder: Self.project())
  }

  /// - Parameter folder: the project whose entries come first.
  init(path: String?, folder: String) {
    (self.path, self.folder) = (path, folder)
    session = String(Int(time(nil)), radix: 36) + "-" + String(getpid(), radix: 36)
    earlier = load()
  }

  /// The nearest folder above the current one that holds a repository; without one the current folder.
  static func project() -> String {
    guard let buffer = getcwd(nil, 0) else { return "/" }
    defer { free(buffer) }
    let current = String(cString: buffer)
    var folder = current
    while !folder.isEmpty {
      if access(folder + "/.git", F_OK) == 0 { return folder }
      folder = folder.lastIndex(of: "/").map { String(folder[..<$0]) } ?? ""
    }
    return current
  }

  /// Texts of earlier sessions for Up, the newest last: those of this project after all others.
  var recalled: [String] {
    let (here, elsewhere) = (
      earlier.filter { $0.folder == folder }, earlier.filter { $0.folder != folder }
    )
    return (elsewhere + here).suffix(Self.entriesMax).map(\.text)
  }

  /// Entries of this project, or all, the newest last; without the one that asks.
  func entries(everywhere: Bool) -> [HistoryEntry] {
    earlier.filter { everywhere || $0.folder == folder } + own.filter { $0.result != nil }
  }

  // MARK: - Writing

  /// An entry begins to run.
  func begin(_ text: String) {
    let now = Int(time(nil))
    own.append(HistoryEntry(text: text, folder: folder, time: now))
    append([String(now), session, Self.encoded(folder), Self.encoded(text)])
  }

  /// The entry that began last has ended.
  func end(_ result: HistoryEntry.Result, seconds: Double) {
    guard !own.isEmpty else { return }
    own[own.count - 1].result = result
    own[own.count - 1].seconds = seconds
    append([
      String(Int(time(nil))), session, result.rawValue, String(Int((seconds * 1000).rounded())),
    ])
  }

  private func append(_ fields: [String]) {
    guard let path, (try? AtomicFile.makeFolders(for: path)) != nil else { return }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let line = fields.joined(separator: "\t") + "\n"
    _ = line.withCString { write(descriptor, $0, strlen($0)) }
  }

  // MARK: - Reading

  private func load() -> [HistoryEntry] {
    guard let path, let text = Self.tail(of: path) else { return [] }
    var entries: [HistoryEntry] = [], last: [Substring: Int] = [:]
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard fields.count == 4, let time = Int(fields[0]) else { continue }
      if let result = HistoryEntry.Result(rawValue: String(fields[2])) {
        guard let index = last[fields[1]] else { continue }
        entries[index].result = result
        entries[index].seconds = Double(fields[3]).map { $0 / 1000 }
      } else {
        last[fields[1]] = entries.count
        entries.append(
          HistoryEntry(
            text: Self.decoded(fields[3]), folder: Self.decoded(fields[2]), time: time))
      }
    }
    return entries
  }

  private static func tail(of path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let size = Int(lseek(descriptor, 0, SEEK_END))
    let count = min(max(0, size), bytesMax)
    var bytes = [UInt8](repeating: 0, count: count)
    let read = pread(descriptor, &bytes, count, off_t(size - count))
    return String(decoding: bytes.prefix(max(0, read)), as: UTF8.self)
  }

  static func encoded(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n").replacing("\t", with: "\\t")
  }

  static func decoded(_ field: Substring) -> String {
    var text = "", isEscaped = false
    for character in field {
      if isEscaped {
        text.append(character == "n" ? "\n" : character == "t" ? "\t" : character)
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

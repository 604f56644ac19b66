import Glibc
import Images
import Interpreter
import Syntax

/// Something that was entered at the prompt.
public struct HistoryEntry: Sendable, Equatable {
  /// What became of it.
  public enum Result: String, Sendable {
    case ok, error, interrupted
  }

  public var text: String
  /// The project it was entered in.
  public var folder: String
  /// Seconds since 1970.
  public var time: Int
  /// Nil while it runs, and when its session ended before it did.
  public var result: Result?
  /// How long it took.
  public var seconds: Double?

  public init(text: String, folder: String, time: Int) {
    (self.text, self.folder, self.time) = (text, folder, time)
  }
}

/// The prompt's history, as a prompt tells it to the functions.
public struct HistoryAccess {
  /// Entries of this project, or of all, the newest last.
  public var entries: (_ everywhere: Bool) -> [HistoryEntry]
  /// Entries of this session.
  public var session: () -> [HistoryEntry]

  public init(
    entries: @escaping (Bool) -> [HistoryEntry], session: @escaping () -> [HistoryEntry]
  ) {
    (self.entries, self.session) = (entries, session)
  }
}

/// What was entered at the prompt.
enum HistoryFunctions {
  static func functions(_ host: Host) -> [NativeFunction] { [history(host)] }

  private static func history(_ host: Host) -> NativeFunction {
    NativeFunction(
      "history",
      "words?: string, last=20 number, everywhere=false bool, save=nil string",
      group: "output and time",
      summary: "Writes what was entered at the prompt, or saves this session as a script.",
      details: """
        Each line says when it was entered, how long it took, and ! where it failed. At the prompt only:
        in a script it is an error.
        words: only entries that hold all of these.
        last: at most so many, the newest.
        everywhere: whether of all projects, not of this one only; a project is the nearest folder
        above with a repository, else the current folder.
        save: a path: writes those entries of this session that succeeded as a .ccv script;
        questions (?name) and history() are left out.
        Gives nothing.
        """,
      example: "try { history(\"kmeans\", last: 5) } catch e { print(\"at the prompt only\") }",
      related: ["whos", "save", "help", "keys"]
    ) { call in
      guard let access = host.history else {
        throw Diagnosis(
          "E119", "history: there is no prompt here whose entries could be told", arguments: [])
      }
      if call.has(3) {
        try save(access.session(), to: FilePath.expanded(try call.string(3)), host)
        return .none
      }
      let words = try call.string(0, default: "").split(separator: " ").map { $0.lowercased() }
      let found = access.entries(try call.flag(2, default: false)).filter { entry in
        words.allSatisfy(entry.text.lowercased().contains)
      }
      let lines = found.suffix(try call.integer(1, default: 20, in: 1...100_000)).map {
        line($0, width: host.width())
      }
      host.write(lines.isEmpty ? "nothing found\n" : lines.joined())
      return .none
    }
  }

  private static func line(_ entry: HistoryEntry, width: Int) -> String {
    let mark = entry.result == .error ? "!" : entry.result == .ok ? " " : "-"
    let head = "\(moment(entry.time))  \(duration(entry.seconds))  \(mark) "
    let indent = String(repeating: " ", count: head.count)
    return TerminalText.folded(entry.text, to: max(40, width - head.count))
      .split(separator: "\n", omittingEmptySubsequences: false)
      .enumerated().map { ($0 == 0 ? head : indent) + $1 + "\n" }.joined()
  }

  /// `2026-03-01 14:05`, local time.
  private static func moment(_ time: Int) -> String {
    var (seconds, parts) = (time_t(time), tm())
    localtime_r(&seconds, &parts)
    var buffer = [CChar](repeating: 0, count: 32)
    let count = strftime(&buffer, buffer.count, "%Y-%m-%d %H:%M", &parts)
    return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Seven columns.
  private static func duration(_ seconds: Double?) -> String {
    guard let seconds else { return "       " }
    let text =
      switch seconds {
      case ..<0.9995: "\(Int((seconds * 1000).rounded())) ms"
      case ..<60: "\(Display.number((seconds * 100).rounded() / 100)) s"
      default: "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
      }
    return padded(text, to: 7, onLeft: true)
  }

  private static func save(_ entries: [HistoryEntry], to path: String, _ host: Host) throws {
    // A script has no prompt that could be asked.
    let kept = entries.filter {
      $0.result == .ok && !$0.text.hasPrefix("?") && !$0.text.hasPrefix("history(")
    }
    let script =
      "# From the prompt, \(moment(Int(time(nil)))).\n\n" + kept.map { $0.text + "\n" }.joined()
    try AtomicFile.write(Array(script.utf8), to: path)
    host.writeNote(
      "wrote \(kept.count) \(kept.count == 1 ? "entry" : "entries") of this session to \(path)\n")
  }
}

import CReadline
import Syntax

/// A key while something is being chosen.
enum Key: Equatable {
  case text(Character)
  case erase, eraseAll, older, newer, take, cancel, other

  /// Waits for a key.
  static func read() -> Key {
    let byte = ccv_key_read()
    switch byte {
    case -1, 7: return .cancel  // Ctrl-C or the end, Ctrl-G
    case 8, 127: return .erase
    case 21: return .eraseAll  // Ctrl-U
    case 18, 16: return .older  // Ctrl-R, Ctrl-P
    case 19, 14: return .newer  // Ctrl-S, Ctrl-N
    case 9, 10, 13: return .take
    case 27: return sequence()
    case 0..<32: return .other
    default: return character(UInt8(truncatingIfNeeded: byte))
    }
  }

  /// What follows an escape; alone it cancels.
  private static func sequence() -> Key {
    guard ccv_key_waits() else { return .cancel }
    let kind = ccv_key_read()
    guard kind == 91 || kind == 79 else { return .other }  // [ O
    var last = ccv_key_read()
    var isPlain = true
    while last >= 0x20 && last < 0x40 {  // numbers before the last byte
      isPlain = false
      last = ccv_key_read()
    }
    switch last {
    case 65 where isPlain: return .older
    case 66 where isPlain: return .newer
    case 67 where isPlain: return .take
    default: return .other
    }
  }

  private static func character(_ first: UInt8) -> Key {
    var bytes = [first]
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1
    while bytes.count < length {
      let next = ccv_key_read()
      guard next >= 0 else { return .cancel }
      bytes.append(UInt8(truncatingIfNeeded: next))
    }
    return String(decoding: bytes, as: UTF8.self).first.map { .text($0) } ?? .other
  }
}

/// Looks through the history while words are typed: entries that hold all of them, the newest first.
struct HistorySearch {
  /// What a key led to.
  enum Step: Equatable { case goOn, cancel, take(String) }

  /// Newest first, each once.
  private let entries: [String]
  private(set) var query: String
  private(set) var matches: [String] = []
  /// The chosen match.
  private(set) var place = 0

  /// - Parameter entries: oldest first.
  init(entries: [String], query: String) {
    var seen: Set<String> = []
    self.entries = entries.reversed().filter { seen.insert($0).inserted }
    self.query = query
    find()
  }

  mutating func press(_ key: Key) -> Step {
    switch key {
    case .text(let character):
      query.append(character)
      find()
    case .erase:
      _ = query.popLast()
      find()
    case .eraseAll:
      query = ""
      find()
    case .older: place = min(place + 1, max(0, matches.count - 1))
    case .newer: place = max(place - 1, 0)
    case .take: return matches.isEmpty ? .cancel : .take(matches[place])
    case .cancel: return .cancel
    case .other: break
    }
    return .goOn
  }

  /// Small letters find both cases.
  private mutating func find() {
    let words = query.split(separator: " ").map(String.init)
    matches = entries.filter { entry in
      let lowered = entry.lowercased()
      return words.allSatisfy { $0 == $0.lowercased() ? lowered.contains($0) : entry.contains($0) }
    }
    place = 0
  }

  /// Matches around the chosen one, a line each.
  func rows(columns: Int, rowsMax: Int, usesColor: Bool) -> [LineLayout.Row] {
    guard !matches.isEmpty else { return [LineLayout.Row(text: "  nothing found", width: 15)] }
    let count = min(matches.count, max(1, rowsMax - 1))
    let first = max(0, min(place - count / 2, matches.count - count))
    var rows = (first..<first + count).map { index in
      row(matches[index], isChosen: index == place, columns: columns, usesColor: usesColor)
    }
    let foot = "  \(place + 1) of \(matches.count)   Enter takes it, Up and Down choose, Esc leaves"
    rows.append(CompletionMenu.faint(foot, columns: columns, usesColor: usesColor))
    return rows
  }

  private func row(
    _ entry: String, isChosen: Bool, columns: Int, usesColor: Bool
  ) -> LineLayout.Row {
    let line = (isChosen ? "> " : "  ") + entry.replacing("\n", with: " \u{21B5} ")
    let cut = CompletionMenu.cut(line, to: columns - 1)
    let text = isChosen && usesColor ? "\u{1B}[1m\(cut)\u{1B}[0m" : cut
    return LineLayout.Row(text: text, width: displayWidth(of: cut))
  }
}

/// A function as help lists and searches it.
struct HelpEntry {
  let name: String, signature: String, summary: String, details: String
}

/// Finds functions by words as one would say them: `?masking ratio`, `?how to hide patches`.
enum HelpSearch {
  /// What a question has around its words.
  private static let fillers: Set<String> = [
    "a", "an", "and", "by", "can", "do", "does", "for", "from", "how", "i", "in", "is", "it", "me",
    "my", "of", "on", "or", "that", "the", "to", "what", "with",
  ]
  /// Endings that change a word and not what it is about; the longest that fits goes.
  private static let endings = [
    "ings", "ing", "ions", "ion", "ers", "er", "ed", "es", "en", "s", "e",
  ]
  private static let partialMax = 8

  /// Entries with all words, those with a word in their name first; where none has all, those with
  /// the most.
  static func hits(_ query: String, among entries: [HelpEntry]) -> [HelpEntry] {
    let words = stems(query)
    guard !words.isEmpty else { return [] }
    let scored = entries.enumerated().map { index, entry in
      let places = [stems(entry.name), stems(entry.summary), stems(entry.details)]
      let found = words.map { word in places.firstIndex { $0.contains { fits(word, $0) } } }
      return (
        count: found.count { $0 != nil }, score: found.reduce(0) { $0 + ($1.map { 3 - $0 } ?? 0) },
        index: index
      )
    }
    let most = scored.map(\.count).max() ?? 0
    // One word is a name: half of a misspelt one would find anything.
    guard most == words.count || (most > 0 && query.contains(" ")) else { return [] }
    let best = scored.filter { $0.count == most }.sorted {
      ($1.score, $0.index) < ($0.score, $1.index)
    }
    return best.prefix(most == words.count ? best.count : partialMax).map { entries[$0.index] }
  }

  private static func stems(_ text: String) -> [String] {
    text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
      .filter { !fillers.contains($0) }.map(stem)
  }

  private static func stem(_ word: String) -> String {
    let ending = endings.first { word.hasSuffix($0) && word.count - $0.count >= 3 }
    return String(word.dropLast(ending?.count ?? 0))
  }

  /// The same stem, or the beginning of a longer one: `mask` of `masked`, `norm` of `normalis`.
  private static func fits(_ word: String, _ other: String) -> Bool {
    word == other || (word.count >= 3 && other.hasPrefix(word))
  }
}

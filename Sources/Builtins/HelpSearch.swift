import Syntax

/// Something that help has a page of, as it is listed and searched.
struct HelpEntry {
  let name: String
  /// How a list of hits heads it.
  let title: String
  let summary: String
  /// Words that stand for it, beside those of its name.
  let keywords: String
  /// The names of what it takes.
  let parameters: String
  /// What its page says besides.
  let details: String

  init(_ help: FunctionHelp, group: String) {
    (name, title, summary) = (help.name, help.shortSignature, help.summary)
    keywords = group
    parameters = help.parameters.map(\.name).joined(separator: " ")
    details = (help.prose.dropFirst() + help.parameters.map(\.meaning) + [help.result])
      .joined(separator: " ")
  }

  init(_ page: TopicPage) {
    (name, title, summary) = (page.name, "?\(page.name)", page.summary)
    keywords = page.otherNames.joined(separator: " ")
    parameters = ""
    details = page.body
  }

  /// Its code is no word that anybody searches.
  init(_ page: ErrorPage) {
    (name, title, summary) = (page.code.description, "?\(page.code)", page.code.title)
    (keywords, parameters, details) = ("", "", page.meaning)
  }
}

/// Finds pages by words as one would say them: `?masking ratio`, `?how to hide patches`.
enum HelpSearch {
  /// What a question has around its words.
  private static let fillers: Set<String> = [
    "a", "an", "and", "are", "as", "at", "be", "by", "can", "do", "does", "for", "from", "get",
    "give", "how", "i", "if", "in", "is", "it", "make", "me", "my", "of", "on", "or", "some",
    "that", "the", "there", "this", "to", "use", "want", "what", "when", "where", "which", "why",
    "with", "you", "something", "anything", "thing", "should", "need", "about", "work", "works",
  ]
  /// Endings that change a word and not what it is about; the longest that fits goes.
  private static let endings = [
    "ings", "ing", "ions", "ion", "ers", "er", "ed", "es", "en", "s", "e",
  ]
  /// Words that mean much the same here.
  private static let families: [[String]] = [
    ["plot", "curve", "graph", "chart", "diagram", "figure", "draw"],
    ["image", "picture", "photo", "photograph", "png", "jpeg"], ["show", "display", "view", "see"],
    ["save", "write", "store", "export", "checkpoint", "dump"], ["load", "read", "open"],
    ["hide", "hidden", "mask", "cover", "occlude"], ["share", "ratio", "fraction", "percent"],
    ["train", "fit", "optimise", "optimize", "learn"], ["optimiser", "optimizer", "adam", "sgd"],
    ["loop", "repeat", "iterate", "for", "while"], ["slice", "index", "subscript", "select"],
    ["length", "len", "size", "many", "count"], ["parameter", "weight"],
    ["model", "network", "net"],
    ["random", "seed", "reproducible", "repeatable"], ["string", "text", "format"],
    ["error", "exception", "catch", "try"], ["mean", "average"], ["std", "deviation", "spread"],
    ["record", "dictionary", "dict", "struct", "object"], ["array", "tensor", "matrix", "vector"],
    ["function", "fn", "def", "lambda", "closure"], ["condition", "if", "else", "branch"],
    ["time", "speed", "slow", "fast", "profile", "benchmark", "duration"],
    ["leave", "exit", "quit"], ["stop", "interrupt", "cancel", "abort"],
    ["judge", "evaluate", "probe", "score"], ["token", "code", "codebook", "vocabulary"],
    ["centroid", "cluster", "kmeans"], ["rebuild", "reconstruct", "inpaint"],
    ["largest", "maximum", "biggest", "max"], ["smallest", "minimum", "min"],
    ["join", "concatenate", "concat", "append"], ["type", "kind", "dtype"],
    ["variable", "name", "assign"], ["print", "output", "echo"], ["class", "label"],
    ["gradient", "derivative", "differentiate", "backward", "autograd", "backprop"],
    ["memory", "bytes"], ["convert", "cast"], ["attention", "transformer"],
    ["augment", "augmentation", "crop", "flip"], ["folder", "directory", "file", "path"],
    ["comment", "documentation"], ["shuffle", "permutation"], ["progress", "bar"],
    ["copy", "clone"], ["key", "shortcut", "keyboard"], ["script", "program"],
  ]
  private static let hitsMax = 8
  /// How much less than the best a hit may be worth.
  private static let worthMin = 0.3

  /// What fits the words, best first; nothing where a single word is unknown.
  ///
  /// A word counts more in a name than in a summary, there more than in the text, and more the fewer
  /// entries have it; words of the same meaning count for it. Entries that lack words sink.
  static func hits(_ query: String, among entries: [HelpEntry]) -> [HelpEntry] {
    let words = stems(query)
    guard !words.isEmpty else { return [] }
    let isName = !query.contains(" ")
    let indexed = entries.map { Indexed($0, namesOnly: isName && query.contains("_")) }
    var totals = [Double](repeating: 0, count: entries.count)
    var found = [Int](repeating: 0, count: entries.count)
    for word in words {
      let worths = indexed.map { $0.worth(of: word) }
      let count = worths.count { $0 > 0 }
      let rarity = 1 / (1 + Double(count)).squareRoot()
      for index in worths.indices where worths[index] > 0 {
        totals[index] += worths[index] * rarity
        found[index] += 1
      }
    }
    let scores = totals.indices.map { index in
      let share = Double(found[index]) / Double(words.count)
      return totals[index] * share * share
    }
    // Without blanks it is meant as a name: half of a misspelt one would find anything.
    guard let best = scores.max(), best > 0, !isName || found.max() == words.count else {
      return []
    }
    return scores.indices.filter { scores[$0] >= worthMin * best }
      .sorted { (scores[$1], $0) < (scores[$0], $1) }.prefix(hitsMax).map { entries[$0] }
  }

  /// The words of an entry by where they stand.
  private struct Indexed {
    let parts: [(words: Set<String>, worth: Double)]

    init(_ entry: HelpEntry, namesOnly: Bool) {
      let names = [(entry.name, 8.0), (entry.parameters, 3)]
      let texts = [(entry.keywords, 6.0), (entry.summary, 4), (entry.details, 1)]
      parts = (namesOnly ? names : names + texts).map { (Set(stems($0.0)), $0.1) }
    }

    /// The most that a word, or another of its meaning, is worth here.
    func worth(of word: String) -> Double {
      let others = kin[word] ?? []
      return parts.map { part in
        if part.words.contains(word) { return part.worth }
        if !others.isDisjoint(with: part.words) { return 0.6 * part.worth }
        // The beginning of a longer one: `norm` of `normalis`.
        let isBeginning = word.count >= 3 && part.words.contains { $0.hasPrefix(word) }
        return isBeginning ? 0.5 * part.worth : 0
      }.max() ?? 0
    }
  }

  /// By stem, the stems of all that mean the same.
  private static let kin: [String: Set<String>] = {
    var kin: [String: Set<String>] = [:]
    for family in families {
      let stems = Set(family.map(stem))
      for word in stems { kin[word, default: []].formUnion(stems.subtracting([word])) }
    }
    return kin
  }()

  private static func stems(_ text: String) -> [String] {
    text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
      .filter { !fillers.contains($0) }.map(stem)
  }

  private static func stem(_ word: String) -> String {
    let ending = endings.first { word.hasSuffix($0) && word.count - $0.count >= 3 }
    return String(word.dropLast(ending?.count ?? 0))
  }
}

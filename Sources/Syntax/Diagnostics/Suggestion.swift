// "Did you mean": the known names that a typist most likely meant.

/// Finds names that resemble a mistyped one.
public enum Suggestion {
  /// Returns the candidates nearest to `word`, best first, at most `limit`; none when all are far.
  ///
  /// A candidate that differs in letter case alone comes first. Otherwise the distance counts
  /// insertions, deletions, substitutions and exchanges of neighbours (Damerau 1964, restricted
  /// form), and may be a third of the word's length, at least 1. A candidate that starts with a
  /// word of three or more letters, or is its beginning, counts as near too: `norm` and `normalize`;
  /// of five or more letters all but the last may be shared.
  /// One or two letters are near to everything, so that only their case may differ.
  public static func nearest(
    to word: String, among candidates: some Sequence<String>, limit: Int = 3
  ) -> [String] {
    let letters = Array(word)
    let folded = Array(word.lowercased())
    guard !letters.isEmpty else { return [] }
    let bound = letters.count < 3 ? 0 : max(1, letters.count / 3)
    var found: [(cost: Int, name: String)] = []
    for candidate in Set(candidates) where candidate != word {
      let other = Array(candidate.lowercased())
      if other == folded {
        found.append((0, candidate))
      } else if let distance = distance(folded, other, bound: bound) {
        found.append((distance, candidate))
      } else if isBeginning(folded, other) {
        found.append((bound + 1, candidate))
      }
    }
    found.sort { a, b in
      // A letter is forgotten more often than mistaken: `lod` is rather `load` than `log`.
      (a.cost, keepsOrder(folded, a.name) ? 0 : 1, abs(a.name.count - letters.count), a.name)
        < (b.cost, keepsOrder(folded, b.name) ? 0 : 1, abs(b.name.count - letters.count), b.name)
    }
    return found.prefix(limit).map(\.name)
  }

  /// Whether all letters of a word stand in a name in the same order.
  private static func keepsOrder(_ word: [Character], _ name: String) -> Bool {
    var rest = word[...]
    for letter in name.lowercased() where letter == rest.first { rest.removeFirst() }
    return rest.isEmpty
  }

  private static func isBeginning(_ a: [Character], _ b: [Character]) -> Bool {
    let (shorter, shared) = (min(a.count, b.count), zip(a, b).prefix { $0 == $1 }.count)
    // `iters` and `iterations`: a short form may end in a letter of its own.
    return shorter >= 3 && shared >= (shorter >= 5 ? shorter - 1 : shorter)
  }

  /// Edit distance with exchange of neighbours; nil when it is greater than `bound`.
  static func distance(_ a: [Character], _ b: [Character], bound: Int) -> Int? {
    guard abs(a.count - b.count) <= bound else { return nil }
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      row.reserveCapacity(b.count + 1)
      for j in b.indices {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
          cost = min(cost, beforeLast[j - 1] + 1)
        }
        row.append(cost)
      }
      beforeLast = last
      last = row
    }
    return last[b.count] <= bound ? last[b.count] : nil
  }
}

/// Did you mean: the known name nearest to one that is not known.
public enum Suggestion {
  /// The best candidate within a distance that grows with the length of the name, or nil.
  ///
  /// Distance counts insertions, deletions, substitutions and swaps of neighbours (Damerau), each 1;
  /// a difference of case alone counts nothing.
  public static func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
    let limit = name.count <= 4 ? 1 : name.count <= 7 ? 2 : 3
    let wanted = Array(name.lowercased())
    var best: (name: String, distance: Int)?
    for candidate in candidates where candidate != name {
      guard abs(candidate.count - name.count) <= limit else { continue }
      let distance = distance(wanted, Array(candidate.lowercased()))
      // A name of one or two letters is near to everything: only case may differ.
      guard distance <= limit, name.count > 2 || distance == 0 else { continue }
      if best.map({ (distance, candidate) < ($0.distance, $0.name) }) ?? true {
        best = (candidate, distance)
      }
    }
    return best?.name
  }

  static func distance(_ a: [Character], _ b: [Character]) -> Int {
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var before = [Int](repeating: 0, count: b.count + 1)
    var previous = Array(0...b.count)
    var current = previous
    for i in 1...a.count {
      current[0] = i
      for j in 1...b.count {
        let cost = a[i - 1] == b[j - 1] ? 0 : 1
        current[j] = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + cost)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          current[j] = min(current[j], before[j - 2] + 1)
        }
      }
      (before, previous, current) = (previous, current, before)
    }
    return previous[b.count]
  }
}

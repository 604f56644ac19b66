/// Where a line that is too long can be broken.
struct LineBreaking {
  private let atoms: [Atom]
  private let line: Range<Int>
  private let pairs: [(opener: Int, closer: Int)]
  /// How many brackets of the line stand open before each of its atoms.
  private let depths: [Int]

  init(_ atoms: [Atom], _ line: Range<Int>, _ pairs: [(opener: Int, closer: Int)]) {
    (self.atoms, self.line) = (atoms, line)
    self.pairs = pairs.filter { line.contains($0.opener) && line.contains($0.closer) }
    var depth = 0, depths: [Int] = []
    for index in line {
      if atoms[index].isCloser { depth -= 1 }
      depths.append(depth)
      if atoms[index].isOpener { depth += 1 }
    }
    self.depths = depths
  }

  /// The atoms that are to begin lines: of the outermost blocks, pipes, elements or operators, in this
  /// order.
  ///
  /// - Parameter fitting: of elements that may share lines those that begin one.
  func places(fitting: ([Range<Int>]) -> [Int]) -> [Int] {
    let lowest = depths.min() ?? 0
    for depth in lowest...(max(lowest, depths.max() ?? 0)) {
      let blocks = pairs(at: depth).filter { atoms[$0.opener].kind == .leftBrace }
      if !blocks.isEmpty { return blocks.flatMap { [$0.opener + 1, $0.closer] + statements($0) } }
      let pipes = line.dropFirst().filter { atoms[$0].kind == .pipe && self.depth($0) == depth }
      if !pipes.isEmpty { return pipes }
      // The bracket around the line was broken before: its elements share lines.
      let shared = depth == lowest ? fitting(elements(line, depth)) : []
      if !shared.isEmpty { return shared }
      let brackets = pairs(at: depth).filter { $0.closer - $0.opener > 2 }
      let operators = looseOperators(at: depth)
      if brackets.count != 1, !operators.isEmpty { return operators }
      if let widest = brackets.max(by: { size($0) < size($1) }) {
        return [widest.opener + 1, widest.closer]
      }
    }
    return []
  }

  private func depth(_ index: Int) -> Int { depths[index - line.lowerBound] }

  private func pairs(at depth: Int) -> [(opener: Int, closer: Int)] {
    pairs.filter { self.depth($0.opener) == depth && $0.closer > $0.opener + 1 }
  }

  private func size(_ pair: (opener: Int, closer: Int)) -> Int {
    (pair.opener...pair.closer).reduce(0) { $0 + atoms[$1].text.utf8.count }
  }

  /// Behind the `;` of a block on one line.
  private func statements(_ pair: (opener: Int, closer: Int)) -> [Int] {
    (pair.opener + 1..<pair.closer).filter {
      atoms[$0].kind == .semicolon && depth($0) == depth(pair.opener) + 1 && $0 + 1 < pair.closer
    }.map { $0 + 1 }
  }

  /// What commas separate; the rows of a tensor.
  private func elements(_ range: Range<Int>, _ depth: Int) -> [Range<Int>] {
    var elements: [Range<Int>] = [], start = range.lowerBound
    let ends = range.filter { self.depth($0) == depth }
    let separator: Token.Kind =
      ends.contains { atoms[$0].kind == .semicolon } ? .semicolon : .comma
    for index in ends where atoms[index].kind == separator {
      elements.append(start..<index + 1)
      start = index + 1
    }
    return start < range.upperBound ? elements + [start..<range.upperBound] : elements
  }

  /// What follows the operators that bind most loosely: a line may end with an operator.
  private func looseOperators(at depth: Int) -> [Int] {
    let classes: [Set<Token.Kind>] = [[.or], [.and], [.plus, .minus], [.star, .slash, .at]]
    for kinds in classes {
      let found = line.dropLast().filter { index in
        kinds.contains(atoms[index].kind) && self.depth(index) == depth
          && index > line.lowerBound && atoms[index - 1].endsValue
      }
      if !found.isEmpty { return found.map { $0 + 1 } }
    }
    return []
  }
}

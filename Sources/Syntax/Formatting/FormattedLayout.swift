/// Atoms on lines: where lines break, how far each is indented.
struct FormattedLayout {
  private var atoms: [Atom]
  /// Line breaks before each atom: 0, 1, or 2 for an empty line.
  private var breaks: [Int]
  private let columnsMax: Int

  /// Consecutive atoms and the blanks before them.
  private struct Line {
    var atoms: Range<Int>
    var indent: Int
  }

  init(_ atoms: [Atom], columnsMax: Int) {
    self.atoms = atoms
    self.columnsMax = columnsMax
    breaks = atoms.map { min(2, $0.breaksBefore) }
    settleBreaks()
  }

  /// The program.
  mutating func text() -> String {
    while breakLongLines() {}
    let lines = lines()
    let bodies = lines.map { body($0) }
    let comments = TrailingComments.columns(
      lines.enumerated().map { index, line in
        TrailingComments.Line(
          code: lastWidth(bodies[index]), wish: comment(line),
          startsParagraph: breaks[line.atoms.lowerBound] > 1)
      })
    var text = ""
    for (index, line) in lines.enumerated() {
      if index > 0, breaks[line.atoms.lowerBound] > 1 { text += "\n" }
      text += bodies[index]
      if let column = comments[index], let last = line.atoms.last {
        text += String(repeating: " ", count: column - lastWidth(bodies[index])) + atoms[last].text
      }
      text += "\n"
    }
    return text
  }

  // MARK: - Breaks

  /// Breaks that the style asks for, whatever the source says.
  private mutating func settleBreaks() {
    guard !atoms.isEmpty else { return }
    breaks[0] = 0
    for (opener, closer) in pairs() where atoms[opener].kind == .leftBrace {
      // A block is on one line or has its braces at the ends of lines.
      let isBroken = (opener + 1...closer).contains { breaks[$0] > 0 }
      if isBroken { breakAround(opener, closer) }
    }
    for index in atoms.indices.dropFirst() {
      let before = atoms[index - 1]
      if before.kind == .rightBrace, [.else, .catch].contains(atoms[index].kind) {
        breaks[index] = 0
      }
      if breaks[index] > 1, before.isOpener || atoms[index].isCloser { breaks[index] = 1 }
    }
  }

  private mutating func breakAround(_ opener: Int, _ closer: Int) {
    // A comment behind the brace stays there.
    let first = atoms[opener + 1].isComment && breaks[opener + 1] == 0 ? opener + 2 : opener + 1
    breaks[first] = max(1, breaks[first])
    breaks[closer] = max(1, breaks[closer])
  }

  /// Brackets with their partners, the inner ones first.
  private func pairs() -> [(opener: Int, closer: Int)] {
    var open: [Int] = [], pairs: [(Int, Int)] = []
    for (index, atom) in atoms.enumerated() {
      if atom.isOpener { open.append(index) }
      if atom.isCloser, let opener = open.popLast() { pairs.append((opener, index)) }
    }
    return pairs
  }

  /// Breaks each line that is too long at one more kind of place; false when none was.
  private mutating func breakLongLines() -> Bool {
    var hasChanged = false
    let pairs = pairs()
    for line in lines() {
      let isLong = width(body(line)) > columnsMax
      guard isLong, !line.atoms.contains(where: { atoms[$0].text.contains("\n") }) else { continue }
      let breaking = LineBreaking(atoms, line.atoms, pairs)
      for place in breaking.places(fitting: { filled($0, indent: line.indent) })
      where breaks[place] == 0 {
        breaks[place] = 1
        hasChanged = true
      }
    }
    return hasChanged
  }

  /// The elements that begin a line when as many as fit share one.
  ///
  /// - Parameter elements: the atoms of each, its comma included.
  private func filled(_ elements: [Range<Int>], indent: Int) -> [Int] {
    var places: [Int] = []
    guard var start = elements.first?.lowerBound else { return [] }
    for element in elements.dropFirst()
    where indent + width(joined(start...element.upperBound - 1)) > columnsMax {
      start = element.lowerBound
      places.append(start)
    }
    return places
  }

  // MARK: - Lines

  private func lines() -> [Line] {
    var lines: [Line] = [], open: [Int] = []
    var index = 0
    while index < atoms.count {
      var end = index + 1
      while end < atoms.count, breaks[end] == 0 { end += 1 }
      let indent = indent(of: index, open: open)
      lines.append(Line(atoms: index..<end, indent: indent))
      for place in index..<end {
        if atoms[place].isOpener { open.append(indent) }
        if atoms[place].isCloser { _ = open.popLast() }
      }
      index = end
    }
    return lines
  }

  /// - Parameter open: the indentations of the lines on which the open brackets stand.
  private func indent(of index: Int, open: [Int]) -> Int {
    let inner = open.last.map { $0 + 2 } ?? 0
    // A comment goes with what it stands above.
    guard let next = (index..<atoms.count).first(where: { !atoms[$0].isComment }) else {
      return inner
    }
    if atoms[next].isCloser { return next == index ? open.last ?? 0 : inner }
    return inner + (continues(next) ? 2 : 0)
  }

  /// Whether a line that begins with an atom goes on with what stands before.
  private func continues(_ index: Int) -> Bool {
    guard !atoms[index].startsStatement,
      let before = (0..<index).last(where: { !atoms[$0].isComment })
    else { return false }
    return !atoms[before].isOpener && ![.comma, .semicolon].contains(atoms[before].kind)
  }

  /// The line without a comment at its end.
  private func body(_ line: Line) -> String {
    let code = comment(line) == nil ? line.atoms : line.atoms.dropLast()
    guard let first = code.first, let last = code.last else { return "" }
    return String(repeating: " ", count: line.indent) + joined(first...last)
  }

  /// The column that the comment behind a line's code had; nil without one.
  private func comment(_ line: Line) -> Int? {
    guard line.atoms.count > 1, let last = line.atoms.last, atoms[last].isComment else {
      return nil
    }
    return atoms[last].column
  }

  private func joined(_ range: ClosedRange<Int>) -> String {
    var text = atoms[range.lowerBound].text
    for index in range.dropFirst() {
      let context = index > 1 ? atoms[index - 2] : nil
      if Spacing.isSpaced(atoms[index - 1], atoms[index], before: context) { text += " " }
      text += atoms[index].text
    }
    return text
  }

  private func width(_ text: String) -> Int { displayWidth(of: text) }

  /// Columns of the last line, which a comment follows: a string may have several.
  private func lastWidth(_ text: String) -> Int {
    width(text.lastIndex(of: "\n").map { String(text[text.index(after: $0)...]) } ?? text)
  }
}

import Syntax

/// What a text with mistakes of form says about names all the same, so that one look shows every mistake.
///
/// Names that a broken statement may have made are taken as known, and its own lines are left out.
func unknownNames(in parsed: ParseResult, _ names: any GlobalNames) -> [Diagnostic] {
  let broken = BrokenLines(parsed)
  guard !broken.isEverything else { return [] }
  let unit = UnitCompiler(parsed.file, KnownNames(names, and: broken.names))
  unit.declareTopLevel(parsed.program)
  FunctionCompiler(unit, parent: nil, name: "main", parameters: []).unit(parsed.program)
  return unit.diagnostics.filter { diagnostic in
    guard [.unknownName, .unknownVariable].contains(diagnostic.code),
      let place = diagnostic.primary
    else { return false }
    // What ends a block in another language is an echo of the block that it ends.
    guard !ForeignWords.endings.contains(parsed.file.text(of: place.range)) else { return false }
    return !broken.lines.contains(parsed.file.line(at: place.range.start))
  }
}

/// Diagnostics of one text in the order of their places.
func inOrder(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
  diagnostics.enumerated().sorted { a, b in
    (a.element.primary?.range.start ?? 0, a.offset)
      < (b.element.primary?.range.start ?? 0, b.offset)
  }.map(\.element)
}

/// The names of a host and some others, for a look that defines nothing.
private final class KnownNames: GlobalNames {
  private let host: any GlobalNames
  private let others: Set<String>
  private var defined: Set<String> = []

  init(_ host: any GlobalNames, and others: Set<String>) {
    self.host = host
    self.others = others
  }

  func resolve(_ name: String) -> Resolution? {
    others.contains(name) || defined.contains(name) ? .slot(0) : host.resolve(name)
  }

  func define(_ name: String) -> Int {
    defined.insert(name)
    return 0
  }

  var allowsForwardReferences: Bool { host.allowsForwardReferences }
  var knownNames: [String] { host.knownNames + others }
}

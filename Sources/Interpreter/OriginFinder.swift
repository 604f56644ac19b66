import Syntax

/// Finds where the value of a variable came from, as the text of a program tells it.
///
/// Only what is sure is said: a variable that `=` changes anywhere in the source has no one origin.
struct OriginFinder {
  enum Origin: Equatable {
    /// `let x = value`.
    case value(SourceRange)
    /// `for x in sequence`.
    case loop(SourceRange)
    /// The parameter with this index of the function with this range.
    case parameter(Int, function: SourceRange)
    /// A binding that explains nothing: a function's name, a module, a caught error.
    case untold
  }

  private let name: String
  private let offset: Int
  private let isOnlyUnit: Bool

  /// Looks for the variable `name` as it is seen at a byte offset.
  ///
  /// - Parameter isOnlyUnit: whether no other source can have given a global of this one a new value
  ///   before a function of this one read it.
  init(_ name: String, at offset: Int, isOnlyUnit: Bool) {
    self.name = name
    self.offset = offset
    self.isOnlyUnit = isOnlyUnit
  }

  func origin(in program: Program) -> Origin? {
    guard !changes(program.statements) else { return nil }
    let origin = search(program.statements, isTopLevel: true)
    return origin == .untold ? nil : origin
  }

  private func covers(_ range: SourceRange) -> Bool {
    range.start <= offset && offset < range.end
  }

  // MARK: - Changes

  private func changes(_ statements: [Stmt]) -> Bool {
    statements.contains { statement in
      if case .assign(let place, _) = statement.kind, place.base.text == name { return true }
      return changes(statement.parts, statement.blocks)
    }
  }

  private func changes(_ parts: [Expr], _ blocks: [Block]) -> Bool {
    parts.contains { changes($0.parts, $0.blocks) } || blocks.contains { changes($0.statements) }
  }

  // MARK: - Bindings

  /// Innermost first: what a block binds hides what stands outside.
  private func search(_ statements: [Stmt], isTopLevel: Bool) -> Origin? {
    var isInFunction = false
    if let around = statements.first(where: { covers($0.range) }) {
      if let found = search(around) { return found }
      isInFunction = crossesFunction(around.parts, around.blocks, around.kind)
    }
    let bindings = statements.compactMap { statement -> (end: Int, origin: Origin)? in
      guard !covers(statement.range) else { return nil }
      return binding(statement).map { (statement.range.end, $0) }
    }
    // A function sees the binding that is the latest when it is called.
    if isInFunction {
      return bindings.count == 1 && (isOnlyUnit || !isTopLevel) ? bindings[0].origin : nil
    }
    return bindings.last { $0.end <= offset }?.origin
  }

  /// What a statement binds the name to; nil when it does not.
  private func binding(_ statement: Stmt) -> Origin? {
    switch statement.kind {
    case .let(let pattern, let value) where pattern.names.contains { $0.text == name }:
      .value(value.range)
    case .function(let declaration) where declaration.name.text == name: .untold
    case .import(_, let alias?) where alias.text == name: .untold
    default: nil
    }
  }

  private func search(_ statement: Stmt) -> Origin? {
    if let found = search(statement.parts, statement.blocks) { return found }
    switch statement.kind {
    case .function(let declaration):
      return parameter(declaration.function, statement.range)
    case .for(let pattern, let sequence, let body)
    where covers(body.range) && pattern.names.contains { $0.text == name }:
      return .loop(sequence.range)
    case .try(_, let error, let handler) where covers(handler.range) && error.text == name:
      return .untold
    default: return nil
    }
  }

  private func search(_ parts: [Expr], _ blocks: [Block]) -> Origin? {
    for part in parts where covers(part.range) {
      if let found = search(part.parts, part.blocks) { return found }
      if case .function(let function) = part.kind { return parameter(function, part.range) }
    }
    for block in blocks where covers(block.range) {
      return search(block.statements, isTopLevel: false)
    }
    return nil
  }

  private func parameter(_ function: Function, _ range: SourceRange) -> Origin? {
    function.parameters.firstIndex { $0.name.text == name }
      .map { .parameter($0, function: range) }
  }

  /// Whether a function stands between a statement and the place of use.
  private func crossesFunction(_ parts: [Expr], _ blocks: [Block], _ kind: Stmt.Kind? = nil) -> Bool
  {
    if case .function? = kind { return true }
    for part in parts where covers(part.range) {
      if case .function = part.kind { return true }
      return crossesFunction(part.parts, part.blocks)
    }
    for block in blocks where covers(block.range) {
      return block.statements.first { covers($0.range) }
        .map { crossesFunction($0.parts, $0.blocks, $0.kind) } ?? false
    }
    return false
  }
}

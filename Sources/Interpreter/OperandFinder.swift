import Syntax

/// Finds the expression or place that covers a range exactly, and the ranges of its operands.
struct OperandFinder {
  private let wanted: SourceRange

  init(_ range: SourceRange) {
    wanted = range
  }

  /// The operands' ranges in order; nil when nothing covers the range, or what does has no operands.
  func operands(in statements: [Stmt]) -> [SourceRange]? {
    for statement in statements where covers(statement.range) {
      if let found = operands(of: statement.kind) { return found }
    }
    return nil
  }

  private func covers(_ range: SourceRange) -> Bool {
    range.start <= wanted.start && range.end >= wanted.end
  }

  private func operands(of kind: Stmt.Kind) -> [SourceRange]? {
    switch kind {
    case .let(_, let value), .expression(let value): search([value], [])
    case .assign(let place, let value): operands(of: place) ?? search([value], [])
    case .function(let declaration): search(declaration.function)
    case .for(_, let sequence, let body): search([sequence], [body])
    case .while(let condition, let body): search([condition], [body])
    case .return(let value): search(value.map { [$0] } ?? [], [])
    case .try(let body, _, let handler): search([], [body, handler])
    case .break, .continue, .import: nil
    }
  }

  /// A place is a chain of steps: the operands of each are what stands before it and its indices.
  private func operands(of place: Place) -> [SourceRange]? {
    var before = place.base.range
    for step in place.steps {
      let whole = before.union(step.range)
      if case .index(let items, _) = step {
        let values = items.flatMap(Self.values)
        if whole == wanted { return [before] + values.map(\.range) }
        if let found = search(values, []) { return found }
      } else if whole == wanted {
        return [before]
      }
      before = whole
    }
    return nil
  }

  private func search(_ function: Function) -> [SourceRange]? {
    search(function.parameters.compactMap(\.defaultValue), [function.body])
  }

  private func search(_ expressions: [Expr], _ blocks: [Block]) -> [SourceRange]? {
    for expression in expressions {
      if let found = search(expression) { return found }
    }
    for block in blocks where covers(block.range) {
      if let found = operands(in: block.statements) { return found }
    }
    return nil
  }

  private func search(_ expression: Expr) -> [SourceRange]? {
    guard covers(expression.range) else { return nil }
    let (parts, blocks) = Self.children(expression)
    guard expression.range == wanted else { return search(parts, blocks) }
    let inner = parts.first { $0.range == wanted }.flatMap(search)
    return inner ?? (parts.isEmpty ? nil : parts.map(\.range))
  }

  private static func children(_ expression: Expr) -> ([Expr], [Block]) {
    switch expression.kind {
    case .number, .bool, .nil, .name, .missing: return ([], [])
    case .string(let parts):
      return (
        parts.compactMap { if case .interpolation(let value, _) = $0 { value } else { nil } }, []
      )
    case .list(let items): return (items, [])
    case .tensor(let rows): return (rows.flatMap { $0 }, [])
    case .record(let fields): return (fields.map(\.value), [])
    case .unary(_, let operand, _), .field(let operand, _): return ([operand], [])
    case .binary(_, let a, let b, _), .logical(_, let a, let b, _): return ([a, b], [])
    case .range(let a, let b, let step, _): return ([a, b] + (step.map { [$0] } ?? []), [])
    case .call(let call): return ([call.callee] + call.arguments.map(\.value), [])
    case .index(let base, let items, _): return ([base] + items.flatMap(values), [])
    case .function(let function):
      return (function.parameters.compactMap(\.defaultValue), [function.body])
    case .if(let choice):
      return (
        choice.branches.map(\.condition),
        choice.branches.map(\.body) + (choice.otherwise.map { [$0] } ?? [])
      )
    case .with(let subject, let body): return ([subject], [body])
    }
  }

  private static func values(_ item: IndexItem) -> [Expr] {
    switch item {
    case .value(let value): [value]
    case .slice(let lower, let upper, _, _): [lower, upper].compactMap { $0 }
    case .all, .rest: []
    }
  }
}

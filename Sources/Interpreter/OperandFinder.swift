import Syntax

/// Finds the expression or place that covers a range exactly.
struct OperandFinder {
  private let wanted: SourceRange

  init(_ range: SourceRange) {
    wanted = range
  }

  /// The expression; nil when nothing covers the range.
  func expression(in statements: [Stmt]) -> Expr? {
    for statement in statements where covers(statement.range) {
      if let found = search(statement.parts, statement.blocks) { return found }
    }
    return nil
  }

  private func covers(_ range: SourceRange) -> Bool {
    range.start <= wanted.start && range.end >= wanted.end
  }

  private func search(_ parts: [Expr], _ blocks: [Block]) -> Expr? {
    for part in parts where covers(part.range) {
      if part.range == wanted { return part }
      if let found = search(part.parts, part.blocks) { return found }
    }
    for block in blocks where covers(block.range) {
      if let found = expression(in: block.statements) { return found }
    }
    return nil
  }
}

import Syntax

extension Checker {
  /// Statements in order; the last one of a block is its value.
  mutating func statements(_ statements: [Stmt], isProgram: Bool = false) {
    for (index, statement) in statements.enumerated() {
      let isLast = index == statements.count - 1
      if case .expression(let value) = statement.kind, !isLast || isProgram {
        noteIdle(value, isProgram: isProgram)
      }
      self.statement(statement)
      if !isLast, let word = statement.leaving {
        diagnostics.append(.unreachable(file, statements[index + 1], after: word, statement.range))
        statements[(index + 1)...].forEach { self.statement($0) }
        return
      }
    }
  }

  private mutating func statement(_ statement: Stmt) {
    switch statement.kind {
    case .let(let pattern, let value):
      expression(value)
      if case .name(let name) = pattern {
        declare(name, .variable, isPlainValue: value.isPlainValue)
      } else {
        pattern.names.forEach { declare($0, .variable) }
      }
    case .assign(let place, let value):
      use(place.base.text)
      place.expression.parts.forEach { expression($0) }
      expression(value)
    case .function(let declaration):
      declare(declaration.name, .function)
      function(declaration.function)
    case .for(let pattern, let sequence, let body):
      expression(sequence)
      scope { checker in
        pattern.names.forEach { checker.declare($0, .loop) }
        checker.scope { $0.statements(body.statements) }
      }
    case .while(let condition, let body):
      expression(condition)
      block(body)
    case .return(let value): if let value { expression(value) }
    case .try(let body, let error, let handler):
      attempts += 1
      block(body)
      attempts -= 1
      scope { checker in
        checker.declare(error, .loop)
        checker.scope { $0.statements(handler.statements) }
      }
    case .expression(let value): expression(value)
    case .import(let path, let alias):
      if let alias { declare(alias, .loop) } else { use(path.text) }
    case .break, .continue: break
    }
  }

  mutating func block(_ block: Block) {
    scope { $0.statements(block.statements) }
  }

  /// A value that nobody sees: a comparison where an assignment was meant, a sum without a name.
  private mutating func noteIdle(_ value: Expr, isProgram: Bool) {
    switch value.kind {
    case .binary(let sign, _, _, let range):
      let isComparison = [.equal, .notEqual].contains(sign)
      // At the top of a script values may stand for the reader's sake, comparisons hardly.
      if isProgram && !isComparison { return }
      diagnostics.append(.idleValue(file, value, isComparison: sign == .equal, at: range))
    // `len(xs) > 0 or error("empty")` is an `if`.
    case .logical(_, _, let right, _) where right.mayRunCode: break
    case .number, .bool, .nil, .list, .tensor, .range, .function, .unary, .logical:
      if !isProgram {
        diagnostics.append(.idleValue(file, value, isComparison: false, at: value.range))
      }
    case .name(let name):
      if !isProgram, name != "it" {
        diagnostics.append(.idleValue(file, value, isComparison: false, at: value.range))
      }
    default: break
    }
  }
}

extension Expr {
  /// Whether it is something that nobody can call.
  var isPlainValue: Bool {
    switch kind {
    case .number, .string, .bool, .list, .tensor, .record, .unary, .binary, .range: true
    default: false
    }
  }
}

extension Stmt {
  /// The word that leaves the block for good.
  fileprivate var leaving: String? {
    switch kind {
    case .return: "return"
    case .break: "break"
    case .continue: "continue"
    default: nil
    }
  }
}

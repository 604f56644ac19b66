// The tree as indented text, one node per line: for tests and for looking at what the parser made
// of a line.

extension Program {
  /// Returns the tree as text: one node per line, children indented by two blanks.
  public func dump() -> String {
    var dump = TreeDump()
    for statement in statements { dump.add(statement, at: 0) }
    return dump.lines.joined(separator: "\n")
  }
}

private struct TreeDump {
  var lines: [String] = []

  mutating func line(_ depth: Int, _ text: String) {
    lines.append(String(repeating: "  ", count: depth) + text)
  }

  mutating func add(_ statement: Stmt, at depth: Int) {
    switch statement.kind {
    case .let(let pattern, let value):
      line(depth, "let \(names(pattern))")
      add(value, at: depth + 1)
    case .assign(let place, let value):
      line(depth, "assign \(place.base.text)")
      for step in place.steps { add(step, at: depth + 1) }
      add(value, at: depth + 1)
    case .function(let declaration):
      line(depth, "fn \(declaration.name.text)")
      if let summary = declaration.documentation?.summary { line(depth + 1, "## \(summary)") }
      add(declaration.function, at: depth + 1)
    case .for(let pattern, let sequence, let body):
      line(depth, "for \(names(pattern))")
      add(sequence, at: depth + 1)
      add(body, at: depth + 1)
    case .while(let condition, let body):
      line(depth, "while")
      add(condition, at: depth + 1)
      add(body, at: depth + 1)
    case .return(let value):
      line(depth, "return")
      if let value { add(value, at: depth + 1) }
    case .break: line(depth, "break")
    case .continue: line(depth, "continue")
    case .try(let body, let error, let handler):
      line(depth, "try")
      add(body, at: depth + 1)
      line(depth, "catch \(error.text)")
      add(handler, at: depth + 1)
    case .import(let path, let alias):
      line(depth, "import \(path.text)" + (alias.map { " as \($0.text)" } ?? ""))
    case .expression(let value): add(value, at: depth)
    }
  }

  private func names(_ pattern: Pattern) -> String {
    switch pattern {
    case .name(let name): name.text
    case .tuple(let names, _): "(" + names.map(\.text).joined(separator: ", ") + ")"
    }
  }

  private mutating func add(_ block: Block, at depth: Int) {
    line(depth, "block")
    for statement in block.statements { add(statement, at: depth + 1) }
  }

  private mutating func add(_ function: Function, at depth: Int) {
    for parameter in function.parameters {
      line(depth, "parameter \(parameter.name.text)")
      if let value = parameter.defaultValue { add(value, at: depth + 1) }
    }
    add(function.body, at: depth)
  }

  private mutating func add(_ step: Place.Step, at depth: Int) {
    switch step {
    case .field(let name): line(depth, ".\(name.text)")
    case .index(let items, _):
      line(depth, "[]")
      for item in items { add(item, at: depth + 1) }
    }
  }

  private mutating func add(_ item: IndexItem, at depth: Int) {
    switch item {
    case .value(let value): add(value, at: depth)
    case .all: line(depth, ":")
    case .rest: line(depth, "...")
    case .slice(let lower, let upper, let isClosed, _):
      line(depth, isClosed ? "slice .." : "slice ..<")
      for end in [lower, upper] {
        if let end { add(end, at: depth + 1) } else { line(depth + 1, "open") }
      }
    }
  }

  // MARK: - Expressions

  private mutating func add(_ expr: Expr, at depth: Int) {
    switch expr.kind {
    case .number(let value): line(depth, "\(value)")
    case .bool(let value): line(depth, "\(value)")
    case .nil: line(depth, "nil")
    case .missing: line(depth, "missing")
    case .name(let text): line(depth, text)
    case .string(let parts): add(parts, at: depth)
    case .list(let elements):
      line(depth, "list")
      for element in elements { add(element, at: depth + 1) }
    case .tensor(let rows):
      line(depth, "tensor")
      for row in rows {
        line(depth + 1, "row")
        for element in row { add(element, at: depth + 2) }
      }
    case .record(let fields): add(fields, at: depth)
    case .unary(let sign, let operand, _):
      line(depth, sign.rawValue)
      add(operand, at: depth + 1)
    case .binary(let sign, let left, let right, _):
      addOperator(sign.rawValue, [left, right], at: depth)
    case .logical(let sign, let left, let right, _):
      addOperator(sign.rawValue, [left, right], at: depth)
    case .range(let lower, let upper, let step, let isClosed):
      let sign = (isClosed ? ".." : "..<") + (step == nil ? "" : " by")
      addOperator(sign, [lower, upper] + (step.map { [$0] } ?? []), at: depth)
    default: addCompound(expr, at: depth)
    }
  }

  private mutating func addOperator(_ sign: String, _ operands: [Expr], at depth: Int) {
    line(depth, sign)
    for operand in operands { add(operand, at: depth + 1) }
  }

  private mutating func addCompound(_ expr: Expr, at depth: Int) {
    switch expr.kind {
    case .function(let function):
      line(depth, function.isExpressionBodied ? "=>" : "=> {}")
      add(function, at: depth + 1)
    case .call(let call):
      line(depth, "call")
      add(call.callee, at: depth + 1)
      for argument in call.arguments { add(argument, at: depth + 1) }
    case .index(let base, let items, _):
      line(depth, "index")
      add(base, at: depth + 1)
      for item in items { add(item, at: depth + 1) }
    case .field(let base, let name):
      line(depth, ".\(name.text)")
      add(base, at: depth + 1)
    case .if(let conditional):
      line(depth, "if")
      for branch in conditional.branches {
        add(branch.condition, at: depth + 1)
        add(branch.body, at: depth + 1)
      }
      if let otherwise = conditional.otherwise { add(otherwise, at: depth + 1) }
    case .with(let call, let body):
      line(depth, "with")
      add(call, at: depth + 1)
      add(body, at: depth + 1)
    default: preconditionFailure("simple expressions are dumped by their caller")
    }
  }

  private mutating func add(_ argument: Argument, at depth: Int) {
    switch argument.kind {
    case .positional: return add(argument.value, at: depth)
    case .piped: line(depth, "|>")
    case .named(let name): line(depth, "\(name.text):")
    case .splat: line(depth, "..")
    }
    add(argument.value, at: depth + 1)
  }

  private mutating func add(_ parts: [StringPart], at depth: Int) {
    if parts.count <= 1, case .text(let text) = parts.first ?? .text("") {
      return line(depth, quoted(text))
    }
    line(depth, "string")
    for part in parts {
      switch part {
      case .text(let text): line(depth + 1, quoted(text))
      case .interpolation(let value, let format):
        line(depth + 1, "{}" + (format.map { " " + $0.text } ?? ""))
        add(value, at: depth + 2)
      }
    }
  }

  private func quoted(_ text: String) -> String {
    "\"" + text.map { $0.isNewline ? "\\n" : String($0) }.joined() + "\""
  }

  private mutating func add(_ fields: [RecordField], at depth: Int) {
    line(depth, "record")
    for field in fields {
      switch field {
      case .named(let name, let value):
        line(depth + 1, "\(name.text):")
        add(value, at: depth + 2)
      case .splat(let value):
        line(depth + 1, "..")
        add(value, at: depth + 2)
      }
    }
  }
}

// The way down the tree, one level at a time, for walks that look for something.

extension Expr {
  /// The expressions right below this one, in the order of the text; blocks are in `blocks`.
  public var parts: [Expr] {
    switch kind {
    case .number, .bool, .nil, .name, .missing: []
    case .string(let parts): parts.compactMap(\.value)
    case .list(let items): items
    case .tensor(let rows): rows.flatMap { $0 }
    case .record(let fields): fields.map(\.value)
    case .unary(_, let operand, _), .field(let operand, _): [operand]
    case .binary(_, let left, let right, _), .logical(_, let left, let right, _): [left, right]
    case .range(let lower, let upper, let step, _): [lower, upper] + [step].compactMap { $0 }
    case .function(let function): function.parameters.compactMap(\.defaultValue)
    case .call(let call): [call.callee] + call.arguments.map(\.value)
    case .index(let base, let items, _): [base] + items.flatMap(\.values)
    case .if(let choice): choice.branches.map(\.condition)
    case .with(let call, _): [call]
    }
  }

  /// Whether its evaluation may run code that changes variables: a call, or a block.
  public var mayRunCode: Bool {
    switch kind {
    case .call, .if, .with: true
    case .function: false
    default: parts.contains(where: \.mayRunCode)
    }
  }

  /// The blocks right below this expression.
  public var blocks: [Block] {
    switch kind {
    case .function(let function): [function.body]
    case .if(let choice): choice.branches.map(\.body) + [choice.otherwise].compactMap { $0 }
    case .with(_, let body): [body]
    default: []
    }
  }
}

extension Stmt {
  /// The expressions right below this statement; the left side of an assignment is one.
  public var parts: [Expr] {
    switch kind {
    case .let(_, let value), .expression(let value): [value]
    case .assign(let place, let value): [place.expression, value]
    case .function(let declaration):
      declaration.function.parameters.compactMap(\.defaultValue)
    case .for(_, let sequence, _): [sequence]
    case .while(let condition, _): [condition]
    case .return(let value): [value].compactMap { $0 }
    case .break, .continue, .try, .import: []
    }
  }

  /// The blocks right below this statement.
  public var blocks: [Block] {
    switch kind {
    case .function(let declaration): [declaration.function.body]
    case .for(_, _, let body), .while(_, let body): [body]
    case .try(let body, _, let handler): [body, handler]
    case .let, .assign, .return, .break, .continue, .import, .expression: []
    }
  }
}

extension Place {
  /// The place as an expression that reads it.
  public var expression: Expr {
    var result = Expr(.name(base.text), base.range)
    for step in steps {
      let whole = base.range.union(step.range)
      switch step {
      case .field(let name): result = Expr(.field(result, name), whole)
      case .index(let items, let range):
        result = Expr(.index(result, items, bracketRange: range), whole)
      }
    }
    return result
  }
}

extension StringPart {
  fileprivate var value: Expr? {
    if case .interpolation(let value, _) = self { value } else { nil }
  }
}

extension IndexItem {
  /// What selects, in the order of the text.
  public var values: [Expr] {
    switch self {
    case .value(let value): [value]
    case .slice(let lower, let upper, _, _): [lower, upper].compactMap { $0 }
    case .all, .rest: []
    }
  }
}

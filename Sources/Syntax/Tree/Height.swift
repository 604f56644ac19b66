// Heights are taken bottom-up as nodes are made, so that a bound on recursion costs one comparison
// and never a walk.

extension Expr.Kind {
  var childHeight: Int {
    switch self {
    case .number, .bool, .nil, .name, .missing: 0
    case .string(let parts): parts.lazy.map(\.height).max() ?? 0
    case .list(let elements): tallest(elements)
    case .tensor(let rows): rows.lazy.map(tallest).max() ?? 0
    case .record(let fields): fields.lazy.map(\.height).max() ?? 0
    case .unary(_, let operand, _): operand.height
    case .binary(_, let left, let right, _), .logical(_, let left, let right, _):
      max(left.height, right.height)
    case .range(let lower, let upper, let step, _):
      max(lower.height, upper.height, step?.height ?? 0)
    case .function(let function): function.height
    case .call(let call):
      max(call.callee.height, call.arguments.lazy.map(\.value.height).max() ?? 0)
    case .index(let base, let items, _): max(base.height, items.lazy.map(\.height).max() ?? 0)
    case .field(let base, _): base.height
    case .if(let conditional): conditional.height
    case .with(let call, let body): max(call.height, body.height)
    }
  }
}

private func tallest(_ elements: [Expr]) -> Int {
  elements.lazy.map(\.height).max() ?? 0
}

extension StringPart {
  var height: Int {
    switch self {
    case .text: 0
    case .interpolation(let value, _): value.height
    }
  }
}

extension RecordField {
  var height: Int { value.height }
}

extension IndexItem {
  var height: Int {
    switch self {
    case .value(let value): value.height
    case .all, .rest: 0
    case .slice(let lower, let upper, _, _): max(lower?.height ?? 0, upper?.height ?? 0)
    }
  }
}

extension Function {
  var height: Int {
    max(body.height, parameters.lazy.map { $0.defaultValue?.height ?? 0 }.max() ?? 0)
  }
}

extension If {
  var height: Int {
    let branches = branches.lazy.map { max($0.condition.height, $0.body.height) }.max() ?? 0
    return max(branches, otherwise?.height ?? 0)
  }
}

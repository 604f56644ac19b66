import Syntax

/// Operators, conditions and `with`.
extension FunctionCompiler {
  private static let withConstant: [BinaryOperator: Opcode] = [
    .add: .addConstant, .subtract: .subtractConstant, .multiply: .multiplyConstant,
    .divide: .divideConstant,
  ]
  private static let plain: [BinaryOperator: Opcode] = [
    .add: .add, .subtract: .subtract, .multiply: .multiply, .divide: .divide,
    .integerDivide: .integerDivide, .modulo: .modulo, .power: .power,
    .matrixMultiply: .matrixProduct, .equal: .equal, .notEqual: .notEqual, .less: .less,
    .lessOrEqual: .lessEqual, .greater: .greater, .greaterOrEqual: .greaterEqual, .in: .contains,
  ]

  func binary(
    _ operation: BinaryOperator, _ left: Expr, _ right: Expr,
    into target: Int, _ range: SourceRange
  ) {
    if operation == .subtract, file.bytes.indices.contains(right.range.end - 1),
      case .number = right.kind, file.bytes[right.range.end - 1] == UInt8(ascii: "%"),
      !file.text(of: left.range).hasSuffix("%"), !(isOne(left))
    {
      unit.diagnostics.append(.percentSubtraction(file, range))
    }
    let a = operand(left, reusing: target, before: right)
    if operation == .modulo, case .number(let value) = right.kind,
      let divisor = UInt16(exactly: value), divisor > 0
    {
      emit(.moduloWhole, target, a, Int(divisor), at: range)
    } else if case .number(let value) = right.kind, let opcode = Self.withConstant[operation] {
      emit(opcode, target, a, constant(.number(value)), at: range)
    } else if let opcode = Self.plain[operation] {
      emit(opcode, target, a, expression(right), at: range)
    }
  }

  private func isOne(_ expression: Expr) -> Bool {
    if case .number(1) = expression.kind { true } else { false }
  }

  func shortCircuit(
    _ left: Expr, _ right: Expr, _ jump: Opcode, into target: Int
  ) {
    let value = allocate(at: left.range)
    expression(left, into: value)
    let skip = emitWide(jump, value, 0, at: left.range)
    expression(right, into: value)
    // The right side must be a bool too; a jump of no distance checks it.
    emitWide(.jumpIfTrue, value, 0, at: right.range)
    patch(skip)
    emit(.move, target, value, at: right.range)
  }

  private static let unlessPlain: [BinaryOperator: Opcode] = [
    .equal: .unlessEqual, .notEqual: .unlessNotEqual, .less: .unlessLess,
    .lessOrEqual: .unlessLessEqual, .greater: .unlessGreater, .greaterOrEqual: .unlessGreaterEqual,
  ]
  private static let unlessConstant: [BinaryOperator: Opcode] = [
    .equal: .unlessEqualConstant, .less: .unlessLessConstant,
    .lessOrEqual: .unlessLessEqualConstant, .greater: .unlessGreaterConstant,
    .greaterOrEqual: .unlessGreaterEqualConstant,
  ]

  /// Jumps (to be patched) that are taken when the condition is false.
  func jumpUnless(_ condition: Expr) -> [Int] {
    let mark = free
    defer { free = mark }
    switch condition.kind {
    case .binary(let operation, let left, let right, _):
      if case .number(let value) = right.kind, let opcode = Self.unlessConstant[operation] {
        let index = constant(.number(value))
        return [emit(opcode, expression(left), index, at: condition.range)]
      }
      if let opcode = Self.unlessPlain[operation] {
        let a = operand(left, reusing: allocate(at: left.range), before: right)
        return [emit(opcode, a, expression(right), at: condition.range)]
      }
    case .logical(.and, let left, let right, _):
      let first = jumpUnless(left)
      return first + jumpUnless(right)
    default: break
    }
    return [emitWide(.jumpIfFalse, expression(condition), 0, at: condition.range)]
  }

  func conditional(_ choice: If, into target: Int?) {
    var skips: [Int] = []
    for (index, branch) in choice.branches.enumerated() {
      let exits = jumpUnless(branch.condition)
      branchBody(branch.body, into: target)
      let isLast = index == choice.branches.count - 1
      if !isLast || choice.otherwise != nil || target != nil {
        skips.append(emitWide(.jump, 0, 0, at: branch.body.range))
      }
      exits.forEach { patch($0) }
    }
    if let otherwise = choice.otherwise {
      branchBody(otherwise, into: target)
    } else if let target {
      emit(.loadNil, target, at: choice.branches[0].condition.range)
    }
    skips.forEach { patch($0) }
  }

  private func branchBody(_ body: Block, into target: Int?) {
    if let target { block(body, into: target) } else { block(body) }
  }

  func with(
    _ subject: Expr, _ body: Block, into target: Int, _ range: SourceRange
  ) {
    let object = allocate(at: subject.range)
    expression(subject, into: object)
    let caught = allocate(at: range)
    emit(.enterScope, object, at: subject.range)
    let push = emitWide(.pushCleanup, caught, 0, at: range)
    scopes.append(.with(register: object))
    let value = allocate(at: range)
    block(body, into: value)
    scopes.removeLast()
    emit(.popHandler, at: range)
    emit(.exitScope, object, at: subject.range)
    emit(.move, target, value, at: range)
    let skip = emitWide(.jump, 0, 0, at: range)
    patch(push)
    emit(.exitScope, object, at: subject.range)
    emit(.rethrow, caught, at: range)
    patch(skip)
  }
}

import Syntax

extension FunctionCompiler {
  /// The value in some register: a local variable's own, or a new one.
  func expression(_ expression: Expr) -> Int {
    if case .name(let name) = expression.kind,
      case .local(let register) = find(name, at: expression.range)
    {
      return register
    }
    let register = allocate(at: expression.range)
    self.expression(expression, into: register)
    return register
  }

  /// The value in a variable's own register, in `target`, or in a new register: a variable in `target`
  /// keeps its value until the whole expression is known, `x = a - x`.
  ///
  /// Long chains such as `a + b + ...` need few registers this way.
  private func operand(_ expression: Expr, reusing target: Int) -> Int {
    if case .name(let name) = expression.kind,
      case .local(let register) = find(name, at: expression.range)
    {
      return register
    }
    guard isTemporary(target) else { return self.expression(expression) }
    self.expression(expression, into: target)
    return target
  }

  private func isTemporary(_ register: Int) -> Bool {
    !locals.contains { $0.register == register }
  }

  /// The value for its effects alone.
  func discard(_ expression: Expr) {
    if case .if(let choice) = expression.kind {
      conditional(choice, into: nil)
    } else {
      _ = self.expression(expression)
    }
  }

  func expression(_ expression: Expr, into target: Int) {
    let mark = free
    defer { free = mark }
    let range = expression.range
    switch expression.kind {
    case .number(let value):
      emitWide(.loadConstant, target, constant(.number(value)), at: range)
    case .string(let parts): string(parts, into: target, range)
    case .bool(let value): emit(value ? .loadTrue : .loadFalse, target, at: range)
    case .nil: emit(.loadNil, target, at: range)
    case .name(let name): self.name(name, into: target, range)
    case .list(let items): list(items, into: target, range)
    case .tensor(let rows): tensor(rows, into: target, range)
    case .record(let fields): record(fields, into: target, range)
    case .unary(let operation, let operand, _):
      emit(
        operation == .negate ? .negate : .not, target, self.operand(operand, reusing: target),
        at: range)
    case .binary(let operation, let left, let right, _):
      binary(operation, left, right, into: target, range)
    case .logical(let operation, let left, let right, _):
      shortCircuit(left, right, operation == .and ? .jumpIfFalse : .jumpIfTrue, into: target)
    case .range(let lower, let upper, let step, let isClosed):
      let first = allocate(at: range)
      self.expression(lower, into: first)
      self.expression(upper, into: allocate(at: range))
      let last = allocate(at: range)
      if let step {
        self.expression(step, into: last)
      } else {
        emit(.loadNil, last, at: range)
      }
      emit(.makeRange, target, first, isClosed ? 1 : 0, at: range)
    case .call(let call): self.call(call, into: target, range)
    case .index(let base, let indices, _): index(base, indices, into: target, range)
    case .field(let base, let name):
      emit(
        .getField, target, operand(base, reusing: target), constant(.symbol(name.text)), at: range)
    case .function(let function): self.function(function, name: "=>", range, into: target)
    case .if(let choice): conditional(choice, into: target)
    case .with(let subject, let body): with(subject, body, into: target, range)
    case .missing: preconditionFailure("a tree with a hole in it comes with an error")
    }
  }

  private func name(_ name: String, into target: Int, _ range: SourceRange) {
    switch find(name, at: range) {
    case .local(let register): if register != target { emit(.move, target, register, at: range) }
    case .captured(let index): emit(.getCaptured, target, index, at: range)
    case .global(let slot): emitWide(.getGlobal, target, slot, at: range)
    case .builtin(let index):
      emitWide(.loadConstant, target, constant(.builtin(index)), at: range)
    case .unknown:
      unit.diagnostics.append(
        .unknownName(file, Name(name, range), known: visibleNames))
    }
  }

  private func string(_ parts: [StringPart], into target: Int, _ range: SourceRange) {
    if parts.isEmpty {
      emitWide(.loadConstant, target, constant(.text("")), at: range)
      return
    }
    if parts.count == 1, case .text(let text) = parts[0] {
      emitWide(.loadConstant, target, constant(.text(text)), at: range)
      return
    }
    let first = free
    for part in parts {
      let register = allocate(at: range)
      switch part {
      case .text(let text):
        emitWide(.loadConstant, register, constant(.text(text)), at: range)
      case .interpolation(let value, let format):
        expression(value, into: register)
        if let format {
          emit(.format, register, register, constant(.text(format.text)), at: value.range)
        }
      }
    }
    emit(.makeString, target, first, parts.count, at: range)
  }

  private func list(_ items: [Expr], into target: Int, _ range: SourceRange) {
    elements(items.count, into: target, range) { index, register in
      expression(items[index], into: register)
    }
  }

  private func tensor(_ rows: [[Expr]], into target: Int, _ range: SourceRange) {
    let whole = allocate(at: range)
    elements(rows.count, into: whole, range) { index, register in
      list(rows[index], into: register, range)
    }
    emit(.makeMatrix, target, whole, at: range)
  }

  /// A list whose elements are evaluated one by one; a long one grows in pieces, so that it does not
  /// need a register an element.
  private func elements(
    _ count: Int, into target: Int, _ range: SourceRange,
    _ evaluate: (_ index: Int, _ register: Int) -> Void
  ) {
    let pieceSize = 100
    let whole = count > pieceSize ? allocate(at: range) : target
    for start in stride(from: 0, to: max(count, 1), by: pieceSize) {
      let end = min(start + pieceSize, count)
      let first = free
      for index in start..<end { evaluate(index, allocate(at: range)) }
      emit(start == 0 ? .makeList : .extendList, whole, first, end - start, at: range)
      free = first
    }
    if whole != target { emit(.move, target, whole, at: range) }
  }

  // MARK: - Operators

  private static let withConstant: [BinaryOperator: Opcode] = [
    .add: .addConstant, .subtract: .subtractConstant, .multiply: .multiplyConstant,
    .divide: .divideConstant, .modulo: .moduloConstant,
  ]
  private static let plain: [BinaryOperator: Opcode] = [
    .add: .add, .subtract: .subtract, .multiply: .multiply, .divide: .divide,
    .integerDivide: .integerDivide, .modulo: .modulo, .power: .power,
    .matrixMultiply: .matrixProduct, .equal: .equal, .notEqual: .notEqual, .less: .less,
    .lessOrEqual: .lessEqual, .greater: .greater, .greaterOrEqual: .greaterEqual, .in: .contains,
  ]

  private func binary(
    _ operation: BinaryOperator, _ left: Expr, _ right: Expr,
    into target: Int, _ range: SourceRange
  ) {
    if operation == .subtract, file.bytes.indices.contains(right.range.end - 1),
      case .number = right.kind, file.bytes[right.range.end - 1] == UInt8(ascii: "%"),
      !file.text(of: left.range).hasSuffix("%"), !(isOne(left))
    {
      unit.diagnostics.append(.percentSubtraction(file, range))
    }
    let a = operand(left, reusing: target)
    if case .number(let value) = right.kind, let opcode = Self.withConstant[operation] {
      emit(opcode, target, a, constant(.number(value)), at: range)
    } else if let opcode = Self.plain[operation] {
      emit(opcode, target, a, expression(right), at: range)
    }
  }

  private func isOne(_ expression: Expr) -> Bool {
    if case .number(1) = expression.kind { true } else { false }
  }

  private func shortCircuit(
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
        let a = expression(left)
        return [emit(opcode, a, expression(right), at: condition.range)]
      }
    case .logical(.and, let left, let right, _):
      let first = jumpUnless(left)
      return first + jumpUnless(right)
    default: break
    }
    return [emitWide(.jumpIfFalse, expression(condition), 0, at: condition.range)]
  }

  private func conditional(_ choice: If, into target: Int?) {
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

  private func with(
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

  // MARK: - Calls, records, subscripts

  private func call(_ call: Call, into target: Int, _ range: SourceRange) {
    // The function and its arguments stand side by side at the top of the registers.
    let isOnTop = target == free - 1 && isTemporary(target)
    let base = isOnTop ? target : allocate(at: call.callee.range)
    // A piped value is evaluated first: it stands first in the text.
    if call.isPiped, let first = call.arguments.first {
      let piped = allocate(at: first.value.range)
      expression(first.value, into: piped)
      expression(call.callee, into: base)
    } else {
      expression(call.callee, into: base)
    }
    for argument in call.arguments.dropFirst(call.isPiped ? 1 : 0) {
      expression(argument.value, into: allocate(at: argument.value.range))
    }
    emit(.call, base, call.arguments.count, callSite(call) + 1, at: range)
    if target != base { emit(.move, target, base, at: range) }
  }

  private func callSite(_ call: Call) -> Int {
    callSites.append(
      CallSite(
        slots: call.arguments.map { argument in
          switch argument.kind {
          case .piped, .positional: .positional
          case .splat: .splat
          case .named(let name): .named(name.text)
          }
        },
        ranges: call.arguments.map(\.value.range), isPiped: call.isPiped))
    return callSites.count - 1
  }

  private func record(_ fields: [RecordField], into target: Int, _ range: SourceRange) {
    let first = free
    for field in fields {
      let register = allocate(at: field.value.range)
      if case .named(let name, let value) = field, case .function(let function) = value.kind {
        self.function(function, name: name.text, value.range, into: register)
      } else {
        expression(field.value, into: register)
      }
    }
    callSites.append(
      CallSite(
        slots: fields.map { field in
          switch field {
          case .named(let name, _): .named(name.text)
          case .splat: .splat
          }
        },
        ranges: fields.map(\.value.range), isPiped: false))
    emit(.makeRecord, target, first, callSites.count - 1, at: range)
  }

  private func index(
    _ base: Expr, _ indices: [IndexItem], into target: Int, _ range: SourceRange
  ) {
    if indices.count == 1, case .value(let value) = indices[0] {
      let object = operand(base, reusing: target)
      emit(.getIndex, target, object, expression(value), at: range)
      return
    }
    let object = allocate(at: base.range)
    expression(base, into: object)
    let site = subscriptSite(indices)
    emit(.getIndices, target, object, site, at: range)
  }

  /// Evaluates the values of a subscript into new registers, in order.
  func subscriptSite(_ indices: [IndexItem]) -> Int {
    var parts = [SubscriptPart]()
    for index in indices {
      switch index {
      case .value(let value):
        expression(value, into: allocate(at: value.range))
        parts.append(.value)
      case .all: parts.append(.all)
      case .rest: parts.append(.rest)
      case .slice(let lower, let upper, let isClosed, let range):
        if let lower { expression(lower, into: allocate(at: range)) }
        if let upper { expression(upper, into: allocate(at: range)) }
        parts.append(.span(hasLower: lower != nil, hasUpper: upper != nil, isClosed: isClosed))
      }
    }
    subscripts.append(parts)
    return subscripts.count - 1
  }

  // MARK: - Functions

  func function(
    _ function: Function, name: String, _ range: SourceRange, _ documentation: Documentation? = nil,
    into target: Int
  ) {
    let parameters = function.parameters.map { parameter in
      Prototype.Parameter(
        name: parameter.name.text, isOption: parameter.defaultValue != nil,
        defaultText: parameter.defaultValue.map { file.text(of: $0.range) })
    }
    let inner = FunctionCompiler(unit, parent: self, name: name, parameters: parameters)
    inner.body(function, range)
    prototypes.append(inner.finish(range: range, documentation: documentation?.lines ?? []))
    emitWide(.makeClosure, target, prototypes.count - 1, at: range)
  }

  /// Parameters are the first registers; a default is evaluated in the function, when it is left out.
  private func body(_ function: Function, _ range: SourceRange) {
    depth = 1
    for parameter in function.parameters {
      declare(parameter.name, register: allocate(at: parameter.name.range))
    }
    for (register, parameter) in function.parameters.enumerated() {
      guard let value = parameter.defaultValue else { continue }
      let skip = emitWide(.jumpUnlessAbsent, register, 0, at: value.range)
      expression(value, into: register)
      patch(skip)
    }
    let result = allocate(at: range)
    block(function.body, into: result)
    emit(.returnValue, result, at: function.body.range.endPoint)
  }
}

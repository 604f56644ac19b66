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
  func operand(_ expression: Expr, reusing target: Int) -> Int {
    if case .name(let name) = expression.kind,
      case .local(let register) = find(name, at: expression.range)
    {
      return register
    }
    guard isTemporary(target) else { return self.expression(expression) }
    self.expression(expression, into: target)
    return target
  }

  /// The value of the left of two operands. What is on the right is evaluated later: if that runs code which
  /// may change a variable, the left one is the value that the variable had before.
  func operand(_ left: Expr, reusing target: Int, before right: Expr) -> Int {
    guard case .name(let name) = left.kind, case .local = find(name, at: left.range),
      right.mayRunCode
    else { return operand(left, reusing: target) }
    let register = allocate(at: left.range)
    expression(left, into: register)
    return register
  }

  func isTemporary(_ register: Int) -> Bool {
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
    case .missing:
      // Only where a text that cannot run is looked through for unknown names.
      emit(.loadNil, target, at: range)
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
      guard unit.reported.insert(name).inserted else { return }
      unit.diagnostics.append(unknown(Name(name, range)))
    }
  }

  private func unknown(_ name: Name) -> Diagnostic {
    if isInFunction(named: name.text) { return .ownName(file, name) }
    if let later = unit.ownNames[name.text], later > name.range.start {
      return .nameBeforeItsValue(file, name, later: later)
    }
    if let ended = unit.ended[name.text] { return .endedName(file, name, made: ended) }
    return .unknownName(file, name, known: visibleNames)
  }

  private func isInFunction(named name: String) -> Bool {
    self.name == name || parent?.isInFunction(named: name) ?? false
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
  ///
  /// A default sees the parameters that must be given and the options before it, which have their values.
  private func body(_ function: Function, _ range: SourceRange) {
    depth = 1
    for (register, parameter) in function.parameters.enumerated() {
      _ = allocate(at: parameter.name.range)
      if parameter.defaultValue == nil {
        declare(parameter.name, register: register, maker: .parameter)
      }
    }
    for (register, parameter) in function.parameters.enumerated() {
      guard let value = parameter.defaultValue else { continue }
      let skip = emitWide(.jumpUnlessAbsent, register, 0, at: value.range)
      expression(value, into: register)
      patch(skip)
      declare(parameter.name, register: register, maker: .parameter)
    }
    let result = allocate(at: range)
    block(function.body, into: result)
    emit(.returnValue, result, at: function.body.range.endPoint)
  }
}

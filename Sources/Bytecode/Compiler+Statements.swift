import Syntax

extension FunctionCompiler {
  /// The whole unit: its last expression is the value.
  func unit(_ program: BlockSyntax) {
    let target = allocate(at: program.range)
    emit(.loadAbsent, target, at: program.range)
    for (index, item) in program.statements.enumerated() {
      let isLast = index == program.statements.count - 1
      if isLast, case .expression(let value) = item.kind, !item.isSilenced {
        expression(value, into: target)
      } else {
        statement(item)
      }
    }
    emit(.returnValue, target, at: program.range.after)
  }

  /// Statements with the value of the last one in `target`; nil if that is no expression.
  func block(_ block: BlockSyntax, into target: Int) {
    scope(block.range) {
      for item in block.statements.dropLast() { statement(item) }
      guard let last = block.statements.last else {
        emit(.loadNil, target, at: block.range)
        return
      }
      if case .expression(let value) = last.kind {
        expression(value, into: target)
      } else {
        statement(last)
        emit(.loadNil, target, at: last.range)
      }
    }
  }

  /// Statements for their effect.
  func block(_ block: BlockSyntax) {
    scope(block.range) { block.statements.forEach(statement) }
  }

  func statement(_ statement: StatementSyntax) {
    let mark = free
    var keeps = 0
    switch statement.kind {
    case .binding(let pattern, let value): keeps = binding(pattern, value, statement.range)
    case .assignment(let place, let value): assignment(place, value)
    case .function(let function): keeps = namedFunction(function)
    case .forLoop(let pattern, let sequence, let body):
      forLoop(pattern, sequence, body, statement.range)
    case .whileLoop(let condition, let body): whileLoop(condition, body, statement.range)
    case .returning(let value): returning(value, statement.range)
    case .breaking: leaveLoop(isBreak: true, statement.range)
    case .continuing: leaveLoop(isBreak: false, statement.range)
    case .trying(let body, let name, let handler): trying(body, name, handler, statement.range)
    case .importing(let path, let range, let alias):
      let name = alias ?? NameSyntax(Self.moduleName(path), range)
      let register = allocate(at: range)
      emitWide(.importModule, register, constant(.text(path)), at: range)
      keeps = bind(name, from: register)
    case .expression(let value): discard(value)
    }
    free = mark + keeps
  }

  /// `masks` for "lib/masks.ccv".
  static func moduleName(_ path: String) -> String {
    let last = path.split(separator: "/").last ?? ""
    return String(last.hasSuffix(".ccv") ? last.dropLast(4) : last)
  }

  private var isTopLevel: Bool { parent == nil && depth == 0 }

  /// Binds a name to the value of a register; returns how many registers the binding keeps.
  private func bind(_ name: NameSyntax, from register: Int) -> Int {
    if isTopLevel {
      emitWide(.setGlobal, register, unit.names.define(name.text), at: name.range)
      return 0
    }
    declare(name, register: register)
    return 1
  }

  private func binding(
    _ pattern: PatternSyntax, _ value: ExpressionSyntax, _ range: SourceRange
  ) -> Int {
    switch pattern {
    case .name(let name):
      let register = allocate(at: range)
      if case .function(let function) = value.kind {
        self.function(function, name: name.text, into: register)
      } else {
        expression(value, into: register)
      }
      return bind(name, from: register)
    case .parts(let names, let range):
      let first = free
      for name in names { _ = allocate(at: name.range) }
      unpack(value, names.count, into: first, range)
      return names.enumerated().reduce(0) { $0 + bind($1.element, from: first + $1.offset) }
    }
  }

  private func unpack(_ value: ExpressionSyntax, _ count: Int, into first: Int, _ range: SourceRange) {
    let mark = free
    let source = expression(value)
    emit(.unpack, first, source, count, at: range.through(value.range))
    free = mark
  }

  private func assignment(_ place: ExpressionSyntax, _ value: ExpressionSyntax) {
    switch place.kind {
    case .name(let name): assign(name, place.range, value)
    case .field(let base, let name):
      let object = expression(base)
      let result = expression(value)
      emit(
        .setField, object, constant(.symbol(name.text)), result,
        at: SourceRange(base.range.start, name.range.end))
      storeBack(base, object)
    case .index(let base, let indices): assignIndex(base, indices, value, place.range)
    default: break
    }
  }

  private func assign(_ name: String, _ range: SourceRange, _ value: ExpressionSyntax) {
    switch find(name, at: range) {
    case .local(let register): expression(value, into: register)
    case .captured(let index):
      emit(.setCaptured, expression(value), index, at: range)
    case .global(let slot):
      emitWide(.changeGlobal, expression(value), slot, at: range)
    case .builtin:
      unit.diagnostics.append(CompilerMessages.assignToBuiltin(file, name, range))
    case .unknown:
      unit.diagnostics.append(
        CompilerMessages.unknownPlace(file, name, range, known: visibleNames))
      _ = expression(value)
    }
  }

  private func assignIndex(
    _ base: ExpressionSyntax, _ indices: [IndexSyntax], _ value: ExpressionSyntax,
    _ range: SourceRange
  ) {
    // Tensors are values: the machine changes the register, and the place gets it back. A local
    // variable is changed where it is, so that its elements need not be copied.
    let object = expression(base)
    if indices.count == 1, case .value(let index) = indices[0] {
      let key = expression(index)
      emit(.setIndex, object, key, expression(value), at: range)
    } else {
      let result = allocate(at: value.range)
      expression(value, into: result)
      let site = subscriptSite(indices)
      emit(.setIndices, object, result, site, at: range)
    }
    storeBack(base, object)
  }

  /// After `x[0] = 1` or `r.x = 1` the changed value goes back to the place it was read from, which
  /// matters for tensors: they are values.
  private func storeBack(_ base: ExpressionSyntax, _ register: Int) {
    switch base.kind {
    case .name(let name):
      switch find(name, at: base.range) {
      case .local(let local): if local != register { emit(.move, local, register, at: base.range) }
      case .captured(let index): emit(.setCaptured, register, index, at: base.range)
      case .global(let slot): emitWide(.changeGlobal, register, slot, at: base.range)
      case .builtin, .unknown: break
      }
    case .field(let outer, let name):
      let mark = free
      let object = expression(outer)
      emit(.setField, object, constant(.symbol(name.text)), register, at: base.range)
      free = mark
    case .index(let outer, let indices) where indices.count == 1:
      if case .value(let index) = indices[0] {
        let mark = free
        let object = expression(outer)
        let key = expression(index)
        emit(.setIndex, object, key, register, at: base.range)
        free = mark
      }
    default: break
    }
  }

  private func namedFunction(_ function: FunctionSyntax) -> Int {
    guard let name = function.name else { return 0 }
    let register = allocate(at: function.range)
    // Declared first, so that the body can call itself.
    if !isTopLevel { declare(name, register: register) }
    self.function(function, name: name.text, into: register)
    if !isTopLevel { return 1 }
    return bind(name, from: register)
  }

  // MARK: - Loops

  private func forLoop(
    _ pattern: PatternSyntax, _ sequence: ExpressionSyntax, _ body: BlockSyntax,
    _ range: SourceRange
  ) {
    if case .name(let name) = pattern, case .range(let first, let last, let step, let isClosed) = sequence.kind
    {
      countingLoop(name, (first, last, step, isClosed), body, range)
    } else {
      eachLoop(pattern, sequence, body, range)
    }
  }

  /// `for i in a..b by s`: three numbers in registers, nothing allocated.
  private func countingLoop(
    _ name: NameSyntax,
    _ bounds: (ExpressionSyntax, ExpressionSyntax, step: ExpressionSyntax?, isClosed: Bool),
    _ body: BlockSyntax, _ range: SourceRange
  ) {
    let (first, last, step, isClosed) = bounds
    let base = allocate(at: range)
    let (limit, increment, variable) = (
      allocate(at: range), allocate(at: range), allocate(at: range)
    )
    expression(first, into: base)
    expression(last, into: limit)
    if let step {
      expression(step, into: increment)
    } else {
      emitWide(.loadConstant, increment, constant(.number(1)), at: range)
    }
    if !isClosed { emit(.excludeEnd, base, at: last.range) }
    let prepare = emitWide(.prepareCount, base, 0, at: first.range.through(last.range))
    let start = code.count
    loopBody(variable) {
      declare(name, register: variable)
      body.statements.forEach(statement)
    } next: {
      let next = emitWide(.nextCount, base, 0, at: range)
      patch(next, to: start)
      // An empty range skips the loop, the test included.
      patch(prepare)
    }
  }

  private func eachLoop(
    _ pattern: PatternSyntax, _ sequence: ExpressionSyntax, _ body: BlockSyntax,
    _ range: SourceRange
  ) {
    let iterator = allocate(at: range)
    let item = allocate(at: range)
    expression(sequence, into: item)
    emit(.prepareEach, iterator, item, at: sequence.range)
    let start = emitWide(.nextEach, iterator, 0, at: sequence.range)
    loopBody(item) {
      switch pattern {
      case .name(let name): declare(name, register: item)
      case .parts(let names, let range):
        let first = free
        for name in names { _ = allocate(at: name.range) }
        emit(.unpack, first, item, names.count, at: range)
        for (offset, name) in names.enumerated() { declare(name, register: first + offset) }
      }
      body.statements.forEach(statement)
    } next: {
      let back = emitWide(.jump, 0, 0, at: range)
      patch(back, to: start)
      patch(start)
    }
  }

  private func whileLoop(
    _ condition: ExpressionSyntax, _ body: BlockSyntax, _ range: SourceRange
  ) {
    let start = code.count
    emit(.checkInterrupt, at: range)
    let exits = jumpUnless(condition)
    loopBody(free) {
      body.statements.forEach(statement)
    } next: {
      let back = emitWide(.jump, 0, 0, at: range)
      patch(back, to: start)
      exits.forEach { patch($0) }
    }
  }

  /// A body with its own variables, `continue` landing before `next` and `break` behind it. The loop
  /// variable is new each time round: captures are closed at the end of every turn.
  private func loopBody(_ firstRegister: Int, _ body: () -> Void, next: () -> Void) {
    loops.append(
      LoopContext(bodyRegister: firstRegister, scopeCount: scopes.count))
    depth += 1
    let (variables, registers) = (locals.count, free)
    body()
    for index in loops[loops.count - 1].continues { patch(index) }
    if locals[variables...].contains(where: \.isCaptured) {
      emit(.closeFrom, firstRegister, at: SourceRange(0, 0))
    }
    locals.removeSubrange(variables...)
    free = registers
    depth -= 1
    let context = loops.removeLast()
    next()
    for index in context.breaks { patch(index) }
  }

  private func leaveLoop(isBreak: Bool, _ range: SourceRange) {
    guard let loop = loops.last else {
      unit.diagnostics.append(
        CompilerMessages.loopWordOutside(file, isBreak ? "break" : "continue", range))
      return
    }
    closeScopes(downTo: loop.scopeCount, range)
    if isBreak { emit(.closeFrom, loop.bodyRegister, at: range) }
    let jump = emitWide(.jump, 0, 0, at: range)
    if isBreak {
      loops[loops.count - 1].breaks.append(jump)
    } else {
      loops[loops.count - 1].continues.append(jump)
    }
  }

  private func returning(_ value: ExpressionSyntax?, _ range: SourceRange) {
    guard parent != nil else {
      unit.diagnostics.append(CompilerMessages.returnOutside(file, range))
      return
    }
    let register = allocate(at: range)
    if let value {
      expression(value, into: register)
    } else {
      emit(.loadNil, register, at: range)
    }
    closeScopes(downTo: 0, range)
    emit(.returnValue, register, at: range)
  }

  private func closeScopes(downTo count: Int, _ range: SourceRange) {
    for scope in scopes[count...].reversed() {
      emit(.popHandler, at: range)
      if case .with(let register) = scope { emit(.exitScope, register, at: range) }
    }
  }

  // MARK: - Errors

  private func trying(
    _ body: BlockSyntax, _ name: NameSyntax, _ handler: BlockSyntax, _ range: SourceRange
  ) {
    let caught = allocate(at: range)
    let push = emitWide(.pushHandler, caught, 0, at: range)
    scopes.append(.handler)
    block(body)
    scopes.removeLast()
    emit(.popHandler, at: body.range)
    let skip = emitWide(.jump, 0, 0, at: body.range)
    patch(push)
    scope(handler.range) {
      declare(name, register: caught)
      handler.statements.forEach(statement)
    }
    patch(skip)
  }
}

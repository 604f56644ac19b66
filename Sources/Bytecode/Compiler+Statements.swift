import Syntax

extension FunctionCompiler {
  /// The whole unit: its last expression is the value.
  func unit(_ program: Program) {
    let target = allocate(at: program.range)
    emit(.loadAbsent, target, at: program.range)
    for (index, item) in program.statements.enumerated() {
      let isLast = index == program.statements.count - 1
      if isLast, case .expression(let value) = item.kind, !program.endsWithSemicolon {
        expression(value, into: target)
      } else {
        statement(item)
      }
    }
    emit(.returnValue, target, at: program.range.endPoint)
  }

  /// Statements with the value of the last one in `target`; nil if that is no expression.
  func block(_ block: Block, into target: Int) {
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
  func block(_ block: Block) {
    scope(block.range) { block.statements.forEach(statement) }
  }

  func statement(_ statement: Stmt) {
    let mark = free
    var keeps = 0
    switch statement.kind {
    case .let(let pattern, let value): keeps = binding(pattern, value, statement.range)
    case .assign(let place, let value): assignment(place, value)
    case .function(let declaration): keeps = namedFunction(declaration, statement.range)
    case .for(let pattern, let sequence, let body):
      forLoop(pattern, sequence, body, statement.range)
    case .while(let condition, let body): whileLoop(condition, body, statement.range)
    case .return(let value): returning(value, statement.range)
    case .break: leaveLoop(isBreak: true, statement.range)
    case .continue: leaveLoop(isBreak: false, statement.range)
    case .try(let body, let name, let handler): trying(body, name, handler, statement.range)
    case .import(let path, let alias):
      let register = allocate(at: path.range)
      emitWide(.importModule, register, constant(.text(path.text)), at: path.range)
      keeps = bind(alias ?? Self.moduleName(path), from: register)
    case .expression(let value): discard(value)
    }
    free = mark + keeps
  }

  /// `masks` for "lib/masks.ccv".
  static func moduleName(_ path: Name) -> Name {
    let last = path.text.split(separator: "/").last ?? ""
    return Name(String(last.hasSuffix(".ccv") ? last.dropLast(4) : last), path.range)
  }

  private var isTopLevel: Bool { parent == nil && depth == 0 }

  /// Binds a name to the value of a register; returns how many registers the binding keeps.
  private func bind(_ name: Name, from register: Int) -> Int {
    if isTopLevel {
      emitWide(.setGlobal, register, unit.names.define(name.text), at: name.range)
      return 0
    }
    declare(name, register: register)
    return 1
  }

  private func binding(
    _ pattern: Pattern, _ value: Expr, _ range: SourceRange
  ) -> Int {
    switch pattern {
    case .name(let name):
      let register = allocate(at: range)
      if case .function(let function) = value.kind {
        self.function(function, name: name.text, value.range, into: register)
      } else {
        expression(value, into: register)
      }
      return bind(name, from: register)
    case .tuple(let names, let range):
      let first = free
      for name in names { _ = allocate(at: name.range) }
      unpack(value, names.count, into: first, range)
      return names.enumerated().reduce(0) { $0 + bind($1.element, from: first + $1.offset) }
    }
  }

  private func unpack(_ value: Expr, _ count: Int, into first: Int, _ range: SourceRange) {
    let mark = free
    let source = expression(value)
    emit(.unpack, first, source, count, at: range.union(value.range))
    free = mark
  }

  private func namedFunction(_ declaration: FunctionDeclaration, _ range: SourceRange) -> Int {
    let name = declaration.name
    let register = allocate(at: range)
    // Declared first, so that the body can call itself.
    if !isTopLevel { declare(name, register: register) }
    function(
      declaration.function, name: name.text, range, declaration.documentation, into: register)
    if !isTopLevel { return 1 }
    return bind(name, from: register)
  }

  // MARK: - Loops

  private func forLoop(
    _ pattern: Pattern, _ sequence: Expr, _ body: Block,
    _ range: SourceRange
  ) {
    if case .name(let name) = pattern,
      case .range(let first, let last, let step, let isClosed) = sequence.kind
    {
      countingLoop(name, (first, last, step, isClosed), at: sequence.range, body, range)
    } else {
      eachLoop(pattern, sequence, body, range)
    }
  }

  /// `for i in a..b by s`: four numbers in registers, nothing allocated.
  private func countingLoop(
    _ name: Name,
    _ bounds: (Expr, Expr, step: Expr?, isClosed: Bool), at place: SourceRange,
    _ body: Block, _ range: SourceRange
  ) {
    let (first, last, step, isClosed) = bounds
    let base = allocate(at: range)
    let (limit, increment, position, variable) = (
      allocate(at: range), allocate(at: range), allocate(at: range), allocate(at: range)
    )
    expression(first, into: base)
    expression(last, into: limit)
    if let step {
      expression(step, into: increment)
    } else {
      emitWide(.loadConstant, increment, constant(.number(1)), at: range)
    }
    emit(isClosed ? .loadTrue : .loadFalse, position, at: last.range)
    let prepare = emitWide(.prepareCount, base, 0, at: place)
    let start = code.count
    loopBody(variable) {
      declare(name, register: variable, maker: .loop)
      body.statements.forEach(statement)
    } next: {
      let next = emitWide(.nextCount, base, 0, at: range)
      patch(next, to: start)
      // An empty range skips the loop, the test included.
      patch(prepare)
    }
  }

  private func eachLoop(
    _ pattern: Pattern, _ sequence: Expr, _ body: Block,
    _ range: SourceRange
  ) {
    let iterator = allocate(at: range)
    let item = allocate(at: range)
    expression(sequence, into: item)
    emit(.prepareEach, iterator, item, at: sequence.range)
    let start = emitWide(.nextEach, iterator, 0, at: sequence.range)
    loopBody(item) {
      switch pattern {
      case .name(let name): declare(name, register: item, maker: .loop)
      case .tuple(let names, let range):
        let first = free
        for name in names { _ = allocate(at: name.range) }
        emit(.unpack, first, item, names.count, at: range)
        for (offset, name) in names.enumerated() {
          declare(name, register: first + offset, maker: .loop)
        }
      }
      body.statements.forEach(statement)
    } next: {
      let back = emitWide(.jump, 0, 0, at: range)
      patch(back, to: start)
      patch(start)
    }
  }

  private func whileLoop(
    _ condition: Expr, _ body: Block, _ range: SourceRange
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
      emit(.closeFrom, firstRegister, at: file.fullRange.startPoint)
    }
    endLocals(from: variables)
    free = registers
    depth -= 1
    let context = loops.removeLast()
    next()
    for index in context.breaks { patch(index) }
  }

  private func leaveLoop(isBreak: Bool, _ range: SourceRange) {
    guard let loop = loops.last else {
      unit.diagnostics.append(
        .loopWordOutsideLoop(file, isBreak ? "break" : "continue", range))
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

  private func returning(_ value: Expr?, _ range: SourceRange) {
    guard parent != nil else {
      unit.diagnostics.append(.returnOutsideFunction(file, range))
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
    _ body: Block, _ name: Name, _ handler: Block, _ range: SourceRange
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
      declare(name, register: caught, maker: .handler)
      handler.statements.forEach(statement)
    }
    patch(skip)
  }
}

import Bytecode
import Glibc
import Syntax

extension Symbol {
  init(index: Int32) { self.index = index }
}

/// The slower parts of instructions, out of the loop.
extension Machine {
  // MARK: - Globals

  /// The value of a global that is empty: the library fills it, or it is an error.
  @inline(never)
  func filledGlobal(_ slot: Int, _ frame: UnsafeMutablePointer<Frame>) throws -> Value {
    protect(frame)
    if try fillSlot(slot), !globals[slot].isAbsent { return globals[slot] }
    throw undefined(slot)
  }

  @inline(never)
  func refuseGlobal(_ slot: Int) throws { throw undefined(slot) }

  @inline(never)
  func refuseCaptured() throws { throw RuntimeMessages.undefined("the name", known: []) }

  private func undefined(_ slot: Int) -> Diagnosis {
    let name = globalNames[slot]
    return RuntimeMessages.undefined(name, known: knownNames().filter { $0 != name })
  }

  /// What native code calls runs above the frame's registers.
  private func protect(_ frame: UnsafeMutablePointer<Frame>) {
    nativeTop = frame.pointee.registers + frame.pointee.registerCount
  }

  // MARK: - Operators

  /// An operator on values that are not both numbers.
  @inline(never)
  func operate(
    _ code: BinaryOperatorCode, _ x: Value, _ y: Value, into place: UnsafeMutablePointer<Value>
  ) throws {
    store(place, try binary(code, x, y))
  }

  /// A comparison of values that are not both numbers, as a condition.
  @inline(never)
  func holds(_ code: BinaryOperatorCode, _ x: Value, _ y: Value) throws -> Bool {
    let result = try binary(code, x, y)
    defer { result.release() }
    return try truth(result)
  }

  // MARK: - Calls

  /// Puts the arguments of a call into the parameters' registers.
  @inline(never)
  func bindArguments(
    _ i: Instruction, _ frame: UnsafeMutablePointer<Frame>,
    _ function: Unmanaged<LoadedFunction>, _ arguments: UnsafeMutablePointer<Value>
  ) throws {
    if isPlainCall(i), acceptsPlainly(function, i.b) {
      for index in i.b..<function._withUnsafeGuaranteedRef({ $0.parameterCount }) {
        store(arguments + index, .absent)
      }
    } else {
      try bindClosure(function, arguments, i.b, site: callSite(i, frame))
    }
  }

  /// Calls what is no function of the language; the result takes the place of the callee.
  @inline(never)
  func callHost(
    _ i: Instruction, _ frame: UnsafeMutablePointer<Frame>, _ base: UnsafeMutablePointer<Value>
  ) throws {
    let (callee, top) = (base.pointee, nativeTop)
    let result: Value
    if isPlainCall(i), acceptsPlainly(native: callee, i.b) {
      result = try callPlainly(callee, base + 1, i.b)
    } else {
      protect(frame)
      result = try callNonClosure(callee, base + 1, i.b, site: callSite(i, frame))
      // Arguments were evaluated for this call alone: a tensor among them is free now.
      clear(base + 1, i.b)
    }
    nativeTop = top
    store(base, result)
  }

  private func callSite(_ i: Instruction, _ frame: UnsafeMutablePointer<Frame>) -> CallSite {
    frame.pointee.function._withUnsafeGuaranteedRef { $0.prototype.callSites[i.c] }
  }

  // MARK: - Loops

  @inline(never)
  func prepareEach(
    _ frame: UnsafeMutablePointer<Frame>, _ value: Value, into place: UnsafeMutablePointer<Value>
  ) throws {
    protect(frame)
    guard let iterator = try IteratorObject(over: value, machine: self) else {
      throw RuntimeMessages.notIterable(value)
    }
    store(place, .owning(iterator))
  }

  /// The next element of what is no list, into the register after the iterator's; false at the end.
  @inline(never)
  func nextEach(
    _ frame: UnsafeMutablePointer<Frame>, _ place: UnsafeMutablePointer<Value>
  ) throws -> Bool {
    protect(frame)
    let iterator = place.pointee.unchecked(IteratorObject.self)
    guard let value = try iterator._withUnsafeGuaranteedRef({ try $0.nextOfOthers() }) else {
      return false
    }
    store(place + 1, value)
    return true
  }

  /// Makes a loop's registers of its range: first, count, step, index 0.
  @inline(never)
  func prepareCount(_ place: UnsafeMutablePointer<Value>) throws {
    let bounds = try bounds(place)
    let count = RangeObject.count(bounds, isClosed: place[3].isTrue)
    for (index, number) in [bounds.first, Double(count), bounds.step, 0].enumerated() {
      store(place + index, Value(number))
    }
  }

  // MARK: - Fields and elements

  /// A field of what is no record, or of a record whose layout the instruction does not know yet.
  @inline(never)
  func getField(
    _ value: Value, _ name: Value, _ remembered: UnsafeMutablePointer<Instruction>,
    into place: UnsafeMutablePointer<Value>
  ) throws {
    let symbol = Symbol(index: Int32(name.double))
    if let record = value.record, let slot = record.shape.slot(of: symbol) {
      if !record.shape.isOwn { remembered.pointee.bits = FieldPlace(record.shape, slot: slot).bits }
      store(place, record.address(slot: slot).pointee.retained())
    } else {
      store(place, try field(symbol, of: value))
    }
  }

  @inline(never)
  func setField(
    _ value: Value, _ name: Value, _ remembered: UnsafeMutablePointer<Instruction>,
    to newValue: Value
  ) throws {
    let symbol = Symbol(index: Int32(name.double))
    guard let record = value.record else { return try setField(symbol, of: value, to: newValue) }
    record[symbol] = newValue
    if !record.shape.isOwn, let slot = record.shape.slot(of: symbol) {
      remembered.pointee.bits = FieldPlace(record.shape, slot: slot).bits
    }
  }

  @inline(never)
  func getIndex(_ base: Value, _ key: Value, into place: UnsafeMutablePointer<Value>) throws {
    store(place, try index(base, key))
  }

  // MARK: - Rare instructions

  /// Instructions that do far more than the loop around them.
  @inline(never)
  func rareStep(
    _ i: Instruction, _ frame: UnsafeMutablePointer<Frame>,
    _ registers: UnsafeMutablePointer<Value>, _ constants: UnsafeMutablePointer<Value>
  ) throws {
    let (target, source) = (registers + i.a, registers + i.b)
    switch Opcode(rawValue: i.code) {
    case .contains:
      store(target, Value(try contains(source.pointee, in: registers[i.c])))
    case .negate: store(target, try negate(source.pointee))
    case .not: store(target, Value(!(try truth(source.pointee))))
    case .makeClosure:
      store(target, makeClosure(frame, i.wide, registers))
      Containers.collectIfNeeded()
    case .makeList:
      let list = ListObject(capacity: i.c)
      for index in 0..<i.c { list.append(source[index]) }
      store(target, .owning(list))
    case .extendList:
      for index in 0..<i.c { target.pointee.list?.append(source[index]) }
    case .makeMatrix: store(target, try matrix(source.pointee))
    case .makeRecord: store(target, try record(frame, i.c, source))
    case .makeRange: store(target, try range(source, isClosed: i.c == 1))
    case .format:
      let text = constants[i.c].string?.string ?? ""
      store(target, .string(try format(source.pointee, text)))
    case .getIndices:
      store(target, try indices(source.pointee, subscriptItems(frame, i.c, source + 1)))
    case .setIndices:
      try assignIndices(frame, target, subscriptItems(frame, i.c, source + 1), source.pointee)
    case .unpack: try unpack(source.pointee, into: target, i.c)
    default: try rareControl(i, frame, target, constants)
    }
  }

  private func rareControl(
    _ i: Instruction, _ frame: UnsafeMutablePointer<Frame>,
    _ target: UnsafeMutablePointer<Value>, _ constants: UnsafeMutablePointer<Value>
  ) throws {
    let opcode = Opcode(rawValue: i.code)
    switch opcode {
    case .pushHandler, .pushCleanup:
      handlers.append(
        Handler(
          frame: frameCount - 1, position: frame.pointee.position + i.wide, register: i.a,
          catchesInterrupts: opcode == .pushCleanup))
    case .popHandler: handlers.removeLast()
    case .rethrow: throw rethrown(target.pointee)
    case .enterScope:
      guard let scope = target.pointee.object as? ForeignObject, scope.isScope else {
        throw RuntimeMessages.scopeObject(target.pointee)
      }
      try scope.enterScope()
    case .exitScope: (target.pointee.object as? ForeignObject)?.exitScope()
    case .importModule:
      protect(frame)
      let path = constants[i.wide].string?.string ?? ""
      let file = frame.pointee.function._withUnsafeGuaranteedRef { $0.prototype.file }
      store(target, try importModule(path, from: file, compile: evaluateModule))
    default: preconditionFailure("the loop runs \(i) itself")
    }
  }

  private func makeClosure(
    _ frame: UnsafeMutablePointer<Frame>, _ index: Int, _ registers: UnsafeMutablePointer<Value>
  ) -> Value {
    let function = frame.pointee.function.takeUnretainedValue().children[index]
    let closure = ClosureObject(function)
    for source in function.prototype.captures {
      switch source {
      case .register(let register): closure.capture(capture(registers + register))
      case .captured(let index):
        if let around = frame.pointee.closure.closure {
          closure.capture(around.variables[index].takeUnretainedValue())
        }
      }
    }
    return .owning(closure)
  }

  private func matrix(_ rows: Value) throws -> Value {
    guard let list = rows.list, let tensor = try operators.matrix(list) else {
      throw Diagnosis("E104", "there are no tensors here")
    }
    return tensor
  }

  private func record(
    _ frame: UnsafeMutablePointer<Frame>, _ site: Int, _ values: UnsafeMutablePointer<Value>
  ) throws -> Value {
    let function = frame.pointee.function.takeUnretainedValue()
    if let shape = function.shapes[site] { return .owning(RecordObject(shape: shape, values)) }
    let record = RecordObject()
    for (index, slot) in function.prototype.callSites[site].slots.enumerated() {
      switch slot {
      case .named(let name): record[name] = values[index]
      case .splat, .positional:
        guard let source = values[index].record else {
          throw CallMessages.splat(values[index], argument: index)
        }
        for field in source.fields { record[field.name] = field.value }
      }
    }
    return .owning(record)
  }

  private func range(_ place: UnsafeMutablePointer<Value>, isClosed: Bool) throws -> Value {
    .owning(RangeObject(try bounds(place), isClosed: isClosed))
  }

  /// The numbers of a range of the language: first, last and step (nil is 1); tensors of one element count.
  private func bounds(_ place: UnsafeMutablePointer<Value>) throws -> RangeObject.Bounds {
    func number(_ index: Int, _ role: String) throws -> Double {
      if let number = place[index].number { return number }
      if let number = (place[index].object as? ForeignObject)?.numberValue { return number }
      throw Diagnosis(
        "E102", "the \(role) of a range is \(Display.described(place[index])), wanted a number",
        arguments: [(index, "")])
    }
    let step = place[2].isNone ? 1 : try number(2, "step")
    guard step != 0, step.isFinite else {
      throw Diagnosis(
        "E119", "the step of a range is \(Display.number(step)), wanted a number other than 0",
        arguments: [(2, "")])
    }
    let (first, last) = (try number(0, "first number"), try number(1, "last number"))
    // Beyond 2^53 numbers cannot be counted one by one.
    let reach = max(abs(first), abs(last), abs(last - first)) / abs(step)
    guard first.isFinite, last.isFinite, reach <= 0x1p53 else {
      throw Diagnosis(
        "E119",
        "a range from \(Display.number(first)) to \(Display.number(last)) has no end that can be reached",
        arguments: [(first.isFinite ? 1 : 0, "")],
        hint: "`while true { ... break ... }` for a loop without an end.")
    }
    return (first, last, step)
  }

  /// One string of the texts of several values.
  @inline(never)
  func joined(
    _ parts: UnsafeMutablePointer<Value>, _ count: Int, into place: UnsafeMutablePointer<Value>
  ) throws {
    // One buffer for all strings; a part whose text runs other code would find none and makes its own.
    var text = textBuffer.take() ?? TextBuilder(capacity: 256)
    for index in 0..<count {
      text.append(parts[index])
      if text.count > TextBuilder.countMax { throw RuntimeMessages.text(ofBytes: text.count) }
    }
    let result = text.finished()
    text.removeAll()
    textBuffer = consume text
    store(place, result)
  }

  private func subscriptItems(
    _ frame: UnsafeMutablePointer<Frame>, _ site: Int, _ values: UnsafeMutablePointer<Value>
  ) -> [SubscriptItem] {
    let parts = frame.pointee.function._withUnsafeGuaranteedRef { $0.prototype.subscripts[site] }
    var next = 0
    func take() -> Value {
      defer { next += 1 }
      return values[next]
    }
    return parts.map { part in
      switch part {
      case .value: .value(take())
      case .all: .all
      case .rest: .rest
      case .span(let hasLower, let hasUpper, let isClosed):
        .span(lower: hasLower ? take() : nil, upper: hasUpper ? take() : nil, isClosed: isClosed)
      }
    }
  }

  /// Lists change where they are, and a tensor does of which the register is the only holder.
  @inline(never)
  func assignIndex(
    _ frame: UnsafeMutablePointer<Frame>, _ place: UnsafeMutablePointer<Value>, _ key: Value,
    _ value: Value
  ) throws {
    let changed = try withoutGlobal(frame, place) { try setIndex(place.pointee, key, to: value) }
    store(place, changed)
  }

  /// A global that changes has two holders, its slot and the register, which goes back to the slot with the
  /// next instruction: the slot lets go for the change, and has its value again when that fails.
  private func withoutGlobal(
    _ frame: UnsafeMutablePointer<Frame>, _ place: UnsafeMutablePointer<Value>,
    _ change: () throws -> Value
  ) throws -> Value {
    let next = frame.pointee.next.pointee
    guard next.code == Opcode.changeGlobal.rawValue, frame.pointee.registers + next.a == place,
      globals[next.wide].isIdentical(to: place.pointee), place.pointee.object is ForeignObject
    else { return try change() }
    let slot = globals + next.wide
    slot.pointee = .none
    place.pointee.release()
    do { return try change() } catch {
      slot.pointee = place.pointee.retained()
      throw error
    }
  }

  private func assignIndices(
    _ frame: UnsafeMutablePointer<Frame>, _ place: UnsafeMutablePointer<Value>,
    _ items: [SubscriptItem], _ value: Value
  ) throws {
    guard let foreign = place.pointee.object as? ForeignObject else {
      throw RuntimeMessages.notIndexable(place.pointee)
    }
    let changed = try withoutGlobal(frame, place) {
      try observed("index =", of: foreign) { try foreign.settingIndex(items, to: value) }
    }
    store(place, changed)
  }

  private func unpack(_ value: Value, into place: UnsafeMutablePointer<Value>, _ count: Int) throws {
    guard let iterator = try IteratorObject(over: value, machine: self), !value.isKind(.string)
    else { throw RuntimeMessages.unpack(value, count, seen: nil) }
    var parts = [Value]()
    defer { for part in parts { part.release() } }
    // One more than wanted tells that there are too many.
    while parts.count <= count, let part = try iterator.next() { parts.append(part) }
    guard parts.count == count else {
      let seen = (value.list)?.count ?? (value.object as? ForeignObject)?.elementCount
      throw RuntimeMessages.unpack(value, count, seen: seen)
    }
    for (index, part) in parts.enumerated() { store(place + index, part.retained()) }
  }

  private func rethrown(_ value: Value) -> any Error {
    if let error = value.object as? ErrorObject { return error.failure }
    return (value.object as? PendingError)?.error ?? Interrupted()
  }
}

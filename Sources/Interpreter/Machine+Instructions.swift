import Bytecode
import Glibc
import Syntax

extension Symbol {
  init(index: Int32) { self.index = index }
}

/// The slower parts of instructions, out of the loop.
extension Machine {
  /// Where a record keeps the field that the instruction found last time, if it has the same layout; no
  /// reference is counted on the way.
  @inline(__always)
  func cachedField(
    of value: Value, _ cache: UnsafeMutablePointer<LoadedFunction.FieldCache>
  ) -> UnsafeMutablePointer<Value>? {
    guard value.isKind(.record) else { return nil }
    return value.unmanaged._withUnsafeGuaranteedRef { object in
      let record = unsafeDowncast(object, to: RecordObject.self)
      return record.layout == cache.pointee.layout ? record.storage + cache.pointee.slot : nil
    }
  }

  /// A field that the instruction has not found before, remembered if all records of its layout have it.
  @inline(never)
  func field(_ frame: UnsafeMutablePointer<Frame>, _ constant: Int, of value: Value) throws -> Value
  {
    let symbol = symbol(frame, constant)
    guard let record = value.record, let slot = record.shape.slot(of: symbol) else {
      return try field(symbol, of: value)
    }
    remember(record, slot, frame)
    return record.storage[slot].retained()
  }

  @inline(never)
  func setField(
    _ frame: UnsafeMutablePointer<Frame>, _ constant: Int, of value: Value, to new: Value
  ) throws {
    let symbol = symbol(frame, constant)
    guard let record = value.record else { return try setField(symbol, of: value, to: new) }
    record[symbol] = new
    if let slot = record.shape.slot(of: symbol) { remember(record, slot, frame) }
  }

  private func symbol(_ frame: UnsafeMutablePointer<Frame>, _ constant: Int) -> Symbol {
    let number = frame.pointee.function._withUnsafeGuaranteedRef { $0.constants[constant].double }
    return Symbol(index: Int32(number))
  }

  /// A layout that one record has for itself may change under the instruction.
  private func remember(_ record: RecordObject, _ slot: Int, _ frame: UnsafeMutablePointer<Frame>) {
    guard !record.shape.isOwn else { return }
    caches(frame)[frame.pointee.position - 1] = .init(layout: record.layout, slot: slot)
  }

  /// The remainder of two whole numbers that are not negative, the common case; else nil.
  @inline(__always)
  func wholeRemainder(_ x: Double, _ y: Double) -> Double? {
    // Added to 2^52, a whole number below 2^32 is the last bits of the sum. Any other does not come back.
    let a = UInt32(truncatingIfNeeded: (x + 0x1p52).bitPattern)
    let b = UInt32(truncatingIfNeeded: (y + 0x1p52).bitPattern)
    guard Double(a) == x, Double(b) == y, b != 0 else { return nil }
    return Double(a % b)
  }

  @inline(__always)
  func captured(_ frame: UnsafeMutablePointer<Frame>, _ index: Int) -> CapturedVariable {
    frame.pointee.closure.unmanaged._withUnsafeGuaranteedRef {
      unsafeDowncast($0, to: ClosureObject.self).captured[index]
    }
  }

  @inline(__always)
  func caches(_ frame: UnsafeMutablePointer<Frame>) -> UnsafeMutablePointer<
    LoadedFunction.FieldCache
  > {
    frame.pointee.function._withUnsafeGuaranteedRef { $0.caches }
  }

  /// An element of a list by its index from the front; nil for all else that an index may be.
  @inline(__always)
  func element(of base: Value, _ key: Value) -> Value? {
    guard key.isNumber, base.isKind(.list) else { return nil }
    let index = UInt32(truncatingIfNeeded: (key.double + 0x1p52).bitPattern)
    guard Double(index) == key.double else { return nil }
    return base.unmanaged._withUnsafeGuaranteedRef { object in
      let list = unsafeDowncast(object, to: ListObject.self)
      return Int(index) < list.count ? list[Int(index)].retained() : nil
    }
  }

  private func callSite(_ frame: UnsafeMutablePointer<Frame>, _ number: Int) -> CallSite {
    frame.pointee.function._withUnsafeGuaranteedRef { $0.prototype.callSites[number] }
  }

  /// Puts arguments that are named, splat or left out into their places.
  @inline(never)
  func bind(
    _ function: Unmanaged<LoadedFunction>, _ arguments: UnsafeMutablePointer<Value>, _ count: Int,
    _ frame: UnsafeMutablePointer<Frame>, site: Int
  ) throws {
    try bindClosure(function, arguments, count, site: callSite(frame, site))
  }

  /// Calls what is no function of the language, with arguments of any kind.
  @inline(never)
  func call(
    _ callee: Value, _ arguments: UnsafeMutablePointer<Value>, _ count: Int,
    _ frame: UnsafeMutablePointer<Frame>, site: Int
  ) throws -> Value {
    try callNonClosure(callee, arguments, count, site: callSite(frame, site))
  }

  /// What `for` goes to next, owned; absent at the end.
  @inline(__always)
  func nextElement(of value: Value) throws -> Value {
    let found = value.unmanaged._withUnsafeGuaranteedRef {
      unsafeDowncast($0, to: IteratorObject.self).nextOfList()
    }
    if let found { return found }
    return try nextOfOthers(value)
  }

  @inline(never)
  private func nextOfOthers(_ value: Value) throws -> Value {
    try unsafeDowncast(value.unmanaged.takeUnretainedValue(), to: IteratorObject.self).next()
      ?? .absent
  }

  @inline(never)
  func refuseGlobal(_ slot: Int) throws { throw undefined(slot) }

  @inline(never)
  func refuseDepth() throws { throw RuntimeMessages.tooDeep(frameCount) }

  @inline(never)
  func refuseCaptured() throws { throw RuntimeMessages.undefined("the name", known: []) }

  @inline(never)
  func prepareEach(_ place: UnsafeMutablePointer<Value>, over value: Value) throws {
    guard let iterator = try IteratorObject(over: value, machine: self) else {
      throw RuntimeMessages.notIterable(value)
    }
    store(place, .owning(iterator))
  }

  @inline(never)
  func makeList(_ values: UnsafeMutablePointer<Value>, _ count: Int) -> Value {
    let list = ListObject(capacity: count)
    for index in 0..<count { list.append(values[index]) }
    return .owning(list)
  }

  @inline(never)
  func extendList(_ place: Value, _ values: UnsafeMutablePointer<Value>, _ count: Int) {
    guard let list = place.list else { return }
    for index in 0..<count { list.append(values[index]) }
  }

  @inline(never)
  func formatted(_ value: Value, _ layout: Value) throws -> Value {
    .string(try format(value, layout.string?.string ?? ""))
  }

  @inline(never)
  func pushHandler(_ position: Int, _ register: Int, catchesInterrupts: Bool) {
    handlers.append(
      Handler(
        frame: frameCount - 1, position: position, register: register,
        catchesInterrupts: catchesInterrupts))
  }

  @inline(never)
  func popHandler() { handlers.removeLast() }

  @inline(never)
  func rethrow(_ value: Value) throws { throw rethrown(value) }

  @inline(never)
  func enterScope(_ value: Value) throws {
    guard let scope = value.object as? ForeignObject, scope.isScope else {
      throw RuntimeMessages.scopeObject(value)
    }
    try scope.enterScope()
  }

  @inline(never)
  func exitScope(_ value: Value) { (value.object as? ForeignObject)?.exitScope() }

  @inline(never)
  func importModule(_ path: Value, _ frame: UnsafeMutablePointer<Frame>) throws -> Value {
    let file = frame.pointee.function._withUnsafeGuaranteedRef { $0.prototype.file }
    return try importModule(path.string?.string ?? "", from: file, compile: evaluateModule)
  }

  @inline(never)
  func filledGlobal(_ slot: Int) throws -> Value {
    if try fillSlot(slot), !globals[slot].isAbsent { return globals[slot] }
    throw undefined(slot)
  }

  private func undefined(_ slot: Int) -> Diagnosis {
    let name = globalNames[slot]
    return RuntimeMessages.undefined(name, known: knownNames().filter { $0 != name })
  }

  @inline(never)
  func holds(_ code: BinaryOperatorCode, _ x: Value, _ y: Value) throws -> Bool {
    let result = try binary(code, x, y)
    defer { result.release() }
    return try truth(result)
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

  @inline(never)
  func makeClosure(
    _ frame: UnsafeMutablePointer<Frame>, _ index: Int, _ registers: UnsafeMutablePointer<Value>
  ) -> Value {
    let function = frame.pointee.function.takeUnretainedValue().children[index]
    let closure = ClosureObject(function)
    for source in function.prototype.captures {
      let variable =
        switch source {
        case .register(let register): capture(registers + register)
        case .captured(let index): captured(frame, index)
        }
      variable.retainReference()
      closure.captured.append(variable)
    }
    return .owning(closure)
  }

  @inline(never)
  func matrix(_ rows: Value) throws -> Value {
    guard let list = rows.list, let tensor = try operators.matrix(list) else {
      throw Diagnosis("E104", "there are no tensors here")
    }
    return tensor
  }

  @inline(never)
  func record(
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

  @inline(never)
  func range(_ place: UnsafeMutablePointer<Value>, isClosed: Bool) throws -> Value {
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

  @inline(never)
  func joined(_ parts: UnsafeMutablePointer<Value>, _ count: Int) throws -> Value {
    // One buffer for all strings; a part whose text runs other code would find none and makes its own.
    var text = textBuffer.take() ?? TextBuilder(capacity: 256)
    for index in 0..<count {
      text.append(parts[index])
      if text.count > TextBuilder.countMax { throw RuntimeMessages.text(ofBytes: text.count) }
    }
    let result = text.finished()
    text.removeAll()
    textBuffer = consume text
    return result
  }

  /// `base[...]`: the base, then the values of the index.
  @inline(never)
  func getIndices(
    _ frame: UnsafeMutablePointer<Frame>, _ site: Int, _ values: UnsafeMutablePointer<Value>
  ) throws -> Value {
    try indices(values[0], subscriptItems(frame, site, values + 1))
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

  /// Lists change where they are. A tensor is moved out of its register for the change, so that a
  /// sole owner changes in place; if the change fails the tensor goes back unchanged.
  @inline(never)
  func assignIndex(
    _ place: UnsafeMutablePointer<Value>, _ key: Value, _ value: Value
  ) throws {
    store(place, try setIndex(place.pointee, key, to: value))
  }

  /// - Parameter values: what is assigned, then the values of the index.
  @inline(never)
  func assignIndices(
    _ place: UnsafeMutablePointer<Value>, _ frame: UnsafeMutablePointer<Frame>, _ site: Int,
    _ values: UnsafeMutablePointer<Value>
  ) throws {
    let (items, value) = (subscriptItems(frame, site, values + 1), values[0])
    guard let foreign = place.pointee.object as? ForeignObject else {
      throw RuntimeMessages.notIndexable(place.pointee)
    }
    store(
      place, try observed("index =", of: foreign) { try foreign.settingIndex(items, to: value) })
  }

  @inline(never)
  func unpack(_ value: Value, into place: UnsafeMutablePointer<Value>, _ count: Int) throws {
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

  func rethrown(_ value: Value) -> any Error {
    if let error = value.object as? ErrorObject { return error.failure }
    return (value.object as? PendingError)?.error ?? Interrupted()
  }
}

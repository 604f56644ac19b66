import Bytecode
import Glibc
import Syntax

extension Machine {
  /// The dispatch loop: runs until the frame count falls to `floor`, and returns what that frame gave.
  ///
  /// Pointers to code, constants and registers are locals; numbers take the short way in each case, and
  /// whatever can fail first stores the position, so that a message finds its place.
  func loop(downTo floor: Int) throws -> Value {
    var frame = frames + (frameCount - 1)
    var registers = frame.pointee.registers
    var code = frame.pointee.function._withUnsafeGuaranteedRef { $0.code }
    var constants = frame.pointee.function._withUnsafeGuaranteedRef { $0.constants }
    var position = frame.pointee.position

    while true {
      let i = code[position]
      position &+= 1
      switch unsafeBitCast(UInt8(truncatingIfNeeded: i.bits), to: Opcode.self) {

      // MARK: Loads and moves
      case .loadConstant:
        let value = constants[i.wide]
        if value.isObject { value.retain() }
        store(registers + i.a, value)
      case .loadNil: store(registers + i.a, .none)
      case .loadTrue: store(registers + i.a, .true)
      case .loadFalse: store(registers + i.a, .false)
      case .loadAbsent: store(registers + i.a, .absent)
      case .move:
        let value = registers[i.b]
        if value.isObject { value.retain() }
        store(registers + i.a, value)
      case .getGlobal:
        var value = globals[i.wide]
        if value.isAbsent {
          frame.pointee.position = position
          // The library runs above this frame's registers.
          nativeTop =
            registers + frame.pointee.function._withUnsafeGuaranteedRef { $0.registerCount }
          value = try filledGlobal(i.wide)
        }
        if value.isObject { value.retain() }
        store(registers + i.a, value)
      case .setGlobal:
        store(globals + i.wide, registers[i.a].retained())
      case .changeGlobal:
        if globals[i.wide].isAbsent {
          frame.pointee.position = position
          throw undefined(i.wide)
        }
        store(globals + i.wide, registers[i.a].retained())
      case .getCaptured:
        let value = captured(frame, i.b).place.pointee
        if value.isAbsent {
          frame.pointee.position = position
          throw RuntimeMessages.undefined("the name", known: [])
        }
        store(registers + i.a, value.retained())
      case .setCaptured:
        store(captured(frame, i.b).place, registers[i.a].retained())
      case .closeFrom: closeVariables(from: registers + i.a)

      // MARK: Arithmetic
      case .add:
        let (x, y) = (registers[i.b], registers[i.c])
        if x.isNumber && y.isNumber {
          store(registers + i.a, Value(arithmetic: x.double + y.double))
        } else {
          frame.pointee.position = position
          store(registers + i.a, try binary(.add, x, y))
        }
      case .subtract:
        let (x, y) = (registers[i.b], registers[i.c])
        if x.isNumber && y.isNumber {
          store(registers + i.a, Value(arithmetic: x.double - y.double))
        } else {
          frame.pointee.position = position
          store(registers + i.a, try binary(.subtract, x, y))
        }
      case .multiply:
        let (x, y) = (registers[i.b], registers[i.c])
        if x.isNumber && y.isNumber {
          store(registers + i.a, Value(arithmetic: x.double * y.double))
        } else {
          frame.pointee.position = position
          store(registers + i.a, try binary(.multiply, x, y))
        }
      case .divide:
        let (x, y) = (registers[i.b], registers[i.c])
        if x.isNumber && y.isNumber {
          store(registers + i.a, Value(arithmetic: x.double / y.double))
        } else {
          frame.pointee.position = position
          store(registers + i.a, try binary(.divide, x, y))
        }
      case .addConstant:
        let (x, y) = (registers[i.b], constants[i.c])
        if x.isNumber {
          store(registers + i.a, Value(arithmetic: x.double + y.double))
        } else {
          frame.pointee.position = position
          store(registers + i.a, try binary(.add, x, y))
        }
      case .subtractConstant:
        let (x, y) = (registers[i.b], constants[i.c])
        if x.isNumber {
          store(registers + i.a, Value(arithmetic: x.double - y.double))
        } else {
          frame.pointee.position = position
          store(registers + i.a, try binary(.subtract, x, y))
        }
      case .multiplyConstant:
        let (x, y) = (registers[i.b], constants[i.c])
        if x.isNumber {
          store(registers + i.a, Value(arithmetic: x.double * y.double))
        } else {
          frame.pointee.position = position
          store(registers + i.a, try binary(.multiply, x, y))
        }
      case .divideConstant:
        let (x, y) = (registers[i.b], constants[i.c])
        if x.isNumber {
          store(registers + i.a, Value(arithmetic: x.double / y.double))
        } else {
          frame.pointee.position = position
          store(registers + i.a, try binary(.divide, x, y))
        }
      case .moduloConstant:
        let (x, y) = (registers[i.b], constants[i.c])
        if x.isNumber, let remainder = wholeRemainder(x.double, y.double) {
          store(registers + i.a, Value(arithmetic: remainder))
        } else {
          frame.pointee.position = position
          store(registers + i.a, try binary(.modulo, x, y))
        }
      case .integerDivide:
        frame.pointee.position = position
        store(registers + i.a, try binary(.integerDivide, registers[i.b], registers[i.c]))
      case .modulo:
        let (x, y) = (registers[i.b], registers[i.c])
        if x.isNumber, y.isNumber, let remainder = wholeRemainder(x.double, y.double) {
          store(registers + i.a, Value(arithmetic: remainder))
        } else {
          frame.pointee.position = position
          store(registers + i.a, try binary(.modulo, x, y))
        }
      case .power:
        frame.pointee.position = position
        store(registers + i.a, try binary(.power, registers[i.b], registers[i.c]))
      case .matrixProduct:
        frame.pointee.position = position
        store(registers + i.a, try binary(.matrixProduct, registers[i.b], registers[i.c]))
      case .equal:
        let (x, y) = (registers[i.b], registers[i.c])
        if x.isNumber && y.isNumber {
          store(registers + i.a, Value(x.double == y.double))
        } else {
          frame.pointee.position = position
          store(registers + i.a, try binary(.equal, x, y))
        }
      case .notEqual:
        let (x, y) = (registers[i.b], registers[i.c])
        if x.isNumber && y.isNumber {
          store(registers + i.a, Value(x.double != y.double))
        } else {
          frame.pointee.position = position
          store(registers + i.a, try binary(.notEqual, x, y))
        }
      case .less:
        let (x, y) = (registers[i.b], registers[i.c])
        if x.isNumber && y.isNumber {
          store(registers + i.a, Value(x.double < y.double))
        } else {
          frame.pointee.position = position
          store(registers + i.a, try binary(.less, x, y))
        }
      case .lessEqual:
        let (x, y) = (registers[i.b], registers[i.c])
        if x.isNumber && y.isNumber {
          store(registers + i.a, Value(x.double <= y.double))
        } else {
          frame.pointee.position = position
          store(registers + i.a, try binary(.lessEqual, x, y))
        }
      case .greater:
        let (x, y) = (registers[i.b], registers[i.c])
        if x.isNumber && y.isNumber {
          store(registers + i.a, Value(x.double > y.double))
        } else {
          frame.pointee.position = position
          store(registers + i.a, try binary(.greater, x, y))
        }
      case .greaterEqual:
        let (x, y) = (registers[i.b], registers[i.c])
        if x.isNumber && y.isNumber {
          store(registers + i.a, Value(x.double >= y.double))
        } else {
          frame.pointee.position = position
          store(registers + i.a, try binary(.greaterEqual, x, y))
        }
      case .contains:
        frame.pointee.position = position
        store(registers + i.a, Value(try contains(registers[i.b], in: registers[i.c])))
      case .negate:
        let x = registers[i.b]
        if x.isNumber {
          store(registers + i.a, Value(arithmetic: -x.double))
        } else {
          frame.pointee.position = position
          store(registers + i.a, try negate(x))
        }
      case .not:
        frame.pointee.position = position
        store(registers + i.a, Value(!(try truth(registers[i.b]))))

      // MARK: Control
      case .jump: position &+= i.wide
      case .jumpIfFalse:
        let value = registers[i.a]
        if value.isFalse {
          position &+= i.wide
        } else if !value.isTrue {
          frame.pointee.position = position
          if !(try truth(value)) { position &+= i.wide }
        }
      case .jumpIfTrue:
        let value = registers[i.a]
        if value.isTrue {
          position &+= i.wide
        } else if !value.isFalse {
          frame.pointee.position = position
          if try truth(value) { position &+= i.wide }
        }
      case .jumpUnlessAbsent:
        if !registers[i.a].isAbsent { position &+= i.wide }
      case .unlessEqual:
        let (x, y) = (registers[i.a], registers[i.b])
        if x.isNumber && y.isNumber {
          if x.double != y.double { position &+= i.signedC }
        } else {
          frame.pointee.position = position
          if !(try holds(.equal, x, y)) { position &+= i.signedC }
        }
      case .unlessNotEqual:
        let (x, y) = (registers[i.a], registers[i.b])
        if x.isNumber && y.isNumber {
          if x.double == y.double { position &+= i.signedC }
        } else {
          frame.pointee.position = position
          if !(try holds(.notEqual, x, y)) { position &+= i.signedC }
        }
      case .unlessLess:
        let (x, y) = (registers[i.a], registers[i.b])
        if x.isNumber && y.isNumber {
          if !(x.double < y.double) { position &+= i.signedC }
        } else {
          frame.pointee.position = position
          if !(try holds(.less, x, y)) { position &+= i.signedC }
        }
      case .unlessLessEqual:
        let (x, y) = (registers[i.a], registers[i.b])
        if x.isNumber && y.isNumber {
          if !(x.double <= y.double) { position &+= i.signedC }
        } else {
          frame.pointee.position = position
          if !(try holds(.lessEqual, x, y)) { position &+= i.signedC }
        }
      case .unlessGreater:
        let (x, y) = (registers[i.a], registers[i.b])
        if x.isNumber && y.isNumber {
          if !(x.double > y.double) { position &+= i.signedC }
        } else {
          frame.pointee.position = position
          if !(try holds(.greater, x, y)) { position &+= i.signedC }
        }
      case .unlessGreaterEqual:
        let (x, y) = (registers[i.a], registers[i.b])
        if x.isNumber && y.isNumber {
          if !(x.double >= y.double) { position &+= i.signedC }
        } else {
          frame.pointee.position = position
          if !(try holds(.greaterEqual, x, y)) { position &+= i.signedC }
        }
      case .unlessEqualConstant:
        let (x, y) = (registers[i.a], constants[i.b])
        if x.isNumber {
          if x.double != y.double { position &+= i.signedC }
        } else {
          frame.pointee.position = position
          if !(try holds(.equal, x, y)) { position &+= i.signedC }
        }
      case .unlessLessConstant:
        let (x, y) = (registers[i.a], constants[i.b])
        if x.isNumber {
          if !(x.double < y.double) { position &+= i.signedC }
        } else {
          frame.pointee.position = position
          if !(try holds(.less, x, y)) { position &+= i.signedC }
        }
      case .unlessLessEqualConstant:
        let (x, y) = (registers[i.a], constants[i.b])
        if x.isNumber {
          if !(x.double <= y.double) { position &+= i.signedC }
        } else {
          frame.pointee.position = position
          if !(try holds(.lessEqual, x, y)) { position &+= i.signedC }
        }
      case .unlessGreaterConstant:
        let (x, y) = (registers[i.a], constants[i.b])
        if x.isNumber {
          if !(x.double > y.double) { position &+= i.signedC }
        } else {
          frame.pointee.position = position
          if !(try holds(.greater, x, y)) { position &+= i.signedC }
        }
      case .unlessGreaterEqualConstant:
        let (x, y) = (registers[i.a], constants[i.b])
        if x.isNumber {
          if !(x.double >= y.double) { position &+= i.signedC }
        } else {
          frame.pointee.position = position
          if !(try holds(.greaterEqual, x, y)) { position &+= i.signedC }
        }
      case .prepareCount:
        frame.pointee.position = position
        try prepareCount(registers + i.a)
        if registers[i.a + 1].double > 0 {
          store(registers + i.a + 4, registers[i.a])
        } else {
          position &+= i.wide
        }
      case .nextCount:
        let index = registers[i.a + 3].double + 1
        registers[i.a + 3] = Value(arithmetic: index)
        if index < registers[i.a + 1].double {
          // As `RangeObject.element` has it: a step added again and again would drift.
          let value = registers[i.a].double + index * registers[i.a + 2].double
          store(registers + i.a + 4, Value(arithmetic: value))
          position &+= i.wide
          if isInterrupted {
            frame.pointee.position = position
            try checkInterrupt()
          }
        }
      case .prepareEach:
        frame.pointee.position = position
        nativeTop = registers + frame.pointee.function._withUnsafeGuaranteedRef { $0.registerCount }
        guard let iterator = try IteratorObject(over: registers[i.b], machine: self) else {
          throw RuntimeMessages.notIterable(registers[i.b])
        }
        store(registers + i.a, .owning(iterator))
      case .nextEach:
        frame.pointee.position = position
        if isInterrupted { try checkInterrupt() }
        nativeTop = registers + frame.pointee.function._withUnsafeGuaranteedRef { $0.registerCount }
        let iterator = unsafeDowncast(
          registers[i.a].unmanaged.takeUnretainedValue(), to: IteratorObject.self)
        if let value = try iterator.next() {
          store(registers + i.a + 1, value)
        } else {
          position &+= i.wide
        }
      case .checkInterrupt:
        if isInterrupted {
          frame.pointee.position = position
          try checkInterrupt()
        }

      // MARK: Calls
      case .call:
        let base = registers + i.a
        let callee = base.pointee
        frame.pointee.position = position
        if isInterrupted { try checkInterrupt() }
        let isPlain = frame.pointee.function._withUnsafeGuaranteedRef { $0.isPlainSite[i.c] }
        if callee.isKind(.closure) {
          let function = loadedFunction(callee)
          if !(isPlain && acceptsPlainly(function, i.b)) {
            try bindClosure(function, base + 1, i.b, site: callSite(frame, i.c))
          } else if i.b < function._withUnsafeGuaranteedRef({ $0.parameterCount }) {
            for index in i.b..<function._withUnsafeGuaranteedRef({ $0.parameterCount }) {
              store(base + 1 + index, .absent)
            }
          }
          try push(callee, function, registers: base + 1, result: base)
          frame = frames + (frameCount &- 1)
          registers = base + 1
          code = function._withUnsafeGuaranteedRef { $0.code }
          constants = function._withUnsafeGuaranteedRef { $0.constants }
          position = 0
        } else {
          let top = nativeTop
          let result: Value
          if isPlain && acceptsPlainly(native: callee, i.b) {
            result = try callPlainly(callee, base + 1, i.b)
          } else {
            nativeTop =
              registers + frame.pointee.function._withUnsafeGuaranteedRef { $0.registerCount }
            result = try callNonClosure(callee, base + 1, i.b, site: callSite(frame, i.c))
            // Arguments were evaluated for this call alone: a tensor among them is free now.
            clear(base + 1, i.b)
          }
          nativeTop = top
          store(base, result)
        }
      case .returnValue:
        let result = registers[i.a]
        registers[i.a] = Value(bits: 0)
        if openVariableCount > 0 { closeVariables(from: registers) }
        clear(registers, frame.pointee.function._withUnsafeGuaranteedRef { $0.registerCount })
        let place = frame.pointee.result
        frameCount &-= 1
        guard frameCount > floor, let place else {
          Containers.collectIfNeeded()
          return result
        }
        store(place, result)
        frame = frames + (frameCount &- 1)
        registers = frame.pointee.registers
        code = frame.pointee.function._withUnsafeGuaranteedRef { $0.code }
        constants = frame.pointee.function._withUnsafeGuaranteedRef { $0.constants }
        position = frame.pointee.position
      case .makeClosure:
        store(registers + i.a, makeClosure(frame, i.wide, registers))
        Containers.collectIfNeeded()

      // MARK: Data
      case .makeList:
        let list = ListObject(capacity: i.c)
        for index in 0..<i.c { list.append(registers[i.b + index]) }
        store(registers + i.a, .owning(list))
      case .extendList:
        let list = unsafeDowncast(
          registers[i.a].unmanaged.takeUnretainedValue(), to: ListObject.self)
        for index in 0..<i.c { list.append(registers[i.b + index]) }
      case .makeMatrix:
        frame.pointee.position = position
        store(registers + i.a, try matrix(registers[i.b]))
      case .makeRecord:
        frame.pointee.position = position
        store(registers + i.a, try record(frame, i.c, registers + i.b))
      case .makeRange:
        frame.pointee.position = position
        store(registers + i.a, try range(registers + i.b, isClosed: i.c == 1))
      case .makeString:
        frame.pointee.position = position
        store(registers + i.a, try joined(registers + i.b, i.c))
      case .format:
        frame.pointee.position = position
        let text = constants[i.c].string?.string ?? ""
        store(registers + i.a, .string(try format(registers[i.b], text)))
      case .getField:
        let value = registers[i.b]
        if let record = value.record {
          let cache = caches(frame) + (position &- 1)
          if cache.pointee.shape?.toOpaque() == Unmanaged.passUnretained(record.shape).toOpaque() {
            store(registers + i.a, record.value(slot: cache.pointee.slot).retained())
            continue
          }
          let symbol = Symbol(index: Int32(constants[i.c].double))
          if let slot = record.shape.slot(of: symbol) {
            if !record.shape.isOwn {
              cache.pointee = .init(shape: .passUnretained(record.shape), slot: slot)
            }
            store(registers + i.a, record.value(slot: slot).retained())
            continue
          }
        }
        frame.pointee.position = position
        store(registers + i.a, try field(Symbol(index: Int32(constants[i.c].double)), of: value))
      case .setField:
        let value = registers[i.a]
        if let record = value.record {
          let cache = caches(frame) + (position &- 1)
          if cache.pointee.shape?.toOpaque() == Unmanaged.passUnretained(record.shape).toOpaque() {
            record.replace(slot: cache.pointee.slot, with: registers[i.c])
            continue
          }
          let symbol = Symbol(index: Int32(constants[i.b].double))
          record[symbol] = registers[i.c]
          if !record.shape.isOwn, let slot = record.shape.slot(of: symbol) {
            cache.pointee = .init(shape: .passUnretained(record.shape), slot: slot)
          }
          continue
        }
        frame.pointee.position = position
        try setField(
          Symbol(index: Int32(constants[i.b].double)), of: value, to: registers[i.c])
      case .getIndex:
        let (base, key) = (registers[i.b], registers[i.c])
        if key.isNumber, let list = base.list {
          let number = key.double
          if number >= 0, number < Double(list.count), number == number.rounded(.towardZero) {
            store(registers + i.a, list[Int(number)].retained())
            continue
          }
        }
        frame.pointee.position = position
        store(registers + i.a, try index(base, key))
      case .setIndex:
        frame.pointee.position = position
        try assignIndex(registers + i.a, registers[i.b], registers[i.c])
      case .getIndices:
        frame.pointee.position = position
        let items = subscriptItems(frame, i.c, registers + i.b + 1)
        store(registers + i.a, try indices(registers[i.b], items))
      case .setIndices:
        frame.pointee.position = position
        let items = subscriptItems(frame, i.c, registers + i.b + 1)
        try assignIndices(registers + i.a, items, registers[i.b])
      case .unpack:
        frame.pointee.position = position
        try unpack(registers[i.b], into: registers + i.a, i.c)

      // MARK: Errors and scopes
      case .pushHandler, .pushCleanup:
        handlers.append(
          Handler(
            frame: frameCount - 1, position: position + i.wide, register: i.a,
            catchesInterrupts: unsafeBitCast(UInt8(truncatingIfNeeded: i.bits), to: Opcode.self)
              == .pushCleanup))
      case .popHandler: handlers.removeLast()
      case .rethrow:
        frame.pointee.position = position
        throw rethrown(registers[i.a])
      case .enterScope:
        frame.pointee.position = position
        guard let scope = registers[i.a].object as? ForeignObject, scope.isScope else {
          throw RuntimeMessages.scopeObject(registers[i.a])
        }
        try scope.enterScope()
      case .exitScope: (registers[i.a].object as? ForeignObject)?.exitScope()
      case .importModule:
        frame.pointee.position = position
        nativeTop = registers + frame.pointee.function._withUnsafeGuaranteedRef { $0.registerCount }
        let path = constants[i.wide].string?.string ?? ""
        let file = frame.pointee.function._withUnsafeGuaranteedRef { $0.prototype.file }
        store(registers + i.a, try importModule(path, from: file, compile: evaluateModule))
      }
    }
  }
}

extension Symbol {
  init(index: Int32) { self.index = index }
}

/// The slower parts of instructions, out of the loop.
extension Machine {
  /// The remainder of two whole numbers that are not negative, the common case; else nil.
  @inline(__always)
  func wholeRemainder(_ x: Double, _ y: Double) -> Double? {
    guard x >= 0, y > 0, x < 0x1p31, y < 0x1p31 else { return nil }
    let (a, b) = (Int32(x), Int32(y))
    guard Double(a) == x, Double(b) == y else { return nil }
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

  func callSite(_ frame: UnsafeMutablePointer<Frame>, _ number: Int) -> CallSite? {
    number == 0
      ? nil : frame.pointee.function._withUnsafeGuaranteedRef { $0.prototype.callSites[number - 1] }
  }

  func filledGlobal(_ slot: Int) throws -> Value {
    if try fillSlot(slot), !globals[slot].isAbsent { return globals[slot] }
    throw undefined(slot)
  }

  private func undefined(_ slot: Int) -> Diagnosis {
    let name = globalNames[slot]
    return RuntimeMessages.undefined(name, known: knownNames().filter { $0 != name })
  }

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

  func matrix(_ rows: Value) throws -> Value {
    guard let list = rows.list, let tensor = try operators.matrix(list) else {
      throw Diagnosis("E104", "there are no tensors here")
    }
    return tensor
  }

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

  func joined(_ parts: UnsafeMutablePointer<Value>, _ count: Int) throws -> Value {
    // One buffer for all strings; a part whose text runs other code would find none and makes its own.
    var text = textBuffer.take() ?? TextBuilder(capacity: 256)
    for index in 0..<count {
      text.append(parts[index])
      if text.count > TextBuilder.countMax { throw RuntimeMessages.text(ofBytes: text.count) }
    }
    let result = Value.string(text.finished())
    text.removeAll()
    textBuffer = consume text
    return result
  }

  func subscriptItems(
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
  func assignIndex(
    _ place: UnsafeMutablePointer<Value>, _ key: Value, _ value: Value
  ) throws {
    store(place, try setIndex(place.pointee, key, to: value))
  }

  func assignIndices(
    _ place: UnsafeMutablePointer<Value>, _ items: [SubscriptItem], _ value: Value
  ) throws {
    guard let foreign = place.pointee.object as? ForeignObject else {
      throw RuntimeMessages.notIndexable(place.pointee)
    }
    store(
      place, try observed("index =", of: foreign) { try foreign.settingIndex(items, to: value) })
  }

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

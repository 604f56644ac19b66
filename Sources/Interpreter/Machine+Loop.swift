import Bytecode

extension Machine {
  /// The dispatch loop: runs until the frame count falls to `floor`, and returns what that frame gave.
  ///
  /// Pointers to the next instruction, constants and registers are locals; numbers take the short way in
  /// each case, and whatever can fail first stores the next instruction, so that a message finds its
  /// place. Nothing in here counts references of Swift, checks exclusivity or makes an error: what needs
  /// that is a call of `Machine+Steps.swift`. A test reads the optimised code of this function.
  func loop(downTo floor: Int) throws -> Value {
    var frame = frames + (frameCount - 1)
    var registers = frame.pointee.registers
    var constants = frame.pointee.function._withUnsafeGuaranteedRef { $0.constants }
    var next = frame.pointee.next

    while true {
      let i = next.pointee
      next += 1
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
          frame.pointee.next = next
          value = try filledGlobal(i.wide, frame)
        }
        if value.isObject { value.retain() }
        store(registers + i.a, value)
      case .setGlobal:
        store(globals + i.wide, registers[i.a].retained())
      case .changeGlobal:
        if globals[i.wide].isAbsent {
          frame.pointee.next = next
          try refuseGlobal(i.wide)
        }
        store(globals + i.wide, registers[i.a].retained())
      case .getCaptured:
        let value = captured(frame, i.b).pointee
        if value.isAbsent {
          frame.pointee.next = next
          try refuseCaptured()
        }
        store(registers + i.a, value.retained())
      case .setCaptured:
        store(captured(frame, i.b), registers[i.a].retained())
      case .closeFrom:
        if openVariableCount > 0 { closeVariables(from: registers + i.a) }

      // MARK: Arithmetic
      case .add:
        let (x, y) = (registers[i.b], registers[i.c])
        if x.isNumber && y.isNumber {
          store(registers + i.a, Value(arithmetic: x.double + y.double))
        } else {
          frame.pointee.next = next
          try operate(.add, x, y, into: registers + i.a)
        }
      case .subtract:
        let (x, y) = (registers[i.b], registers[i.c])
        if x.isNumber && y.isNumber {
          store(registers + i.a, Value(arithmetic: x.double - y.double))
        } else {
          frame.pointee.next = next
          try operate(.subtract, x, y, into: registers + i.a)
        }
      case .multiply:
        let (x, y) = (registers[i.b], registers[i.c])
        if x.isNumber && y.isNumber {
          store(registers + i.a, Value(arithmetic: x.double * y.double))
        } else {
          frame.pointee.next = next
          try operate(.multiply, x, y, into: registers + i.a)
        }
      case .divide:
        let (x, y) = (registers[i.b], registers[i.c])
        if x.isNumber && y.isNumber {
          store(registers + i.a, Value(arithmetic: x.double / y.double))
        } else {
          frame.pointee.next = next
          try operate(.divide, x, y, into: registers + i.a)
        }
      case .addConstant:
        let (x, y) = (registers[i.b], constants[i.c])
        if x.isNumber {
          store(registers + i.a, Value(arithmetic: x.double + y.double))
        } else {
          frame.pointee.next = next
          try operate(.add, x, y, into: registers + i.a)
        }
      case .subtractConstant:
        let (x, y) = (registers[i.b], constants[i.c])
        if x.isNumber {
          store(registers + i.a, Value(arithmetic: x.double - y.double))
        } else {
          frame.pointee.next = next
          try operate(.subtract, x, y, into: registers + i.a)
        }
      case .multiplyConstant:
        let (x, y) = (registers[i.b], constants[i.c])
        if x.isNumber {
          store(registers + i.a, Value(arithmetic: x.double * y.double))
        } else {
          frame.pointee.next = next
          try operate(.multiply, x, y, into: registers + i.a)
        }
      case .divideConstant:
        let (x, y) = (registers[i.b], constants[i.c])
        if x.isNumber {
          store(registers + i.a, Value(arithmetic: x.double / y.double))
        } else {
          frame.pointee.next = next
          try operate(.divide, x, y, into: registers + i.a)
        }
      case .moduloWhole:
        let x = registers[i.b]
        if x.isNumber, let whole = wholeNumber(x.double) {
          let remainder = whole % UInt32(truncatingIfNeeded: i.c)
          store(registers + i.a, Value(arithmetic: Double(Int(remainder))))
        } else {
          frame.pointee.next = next
          try operate(.modulo, x, Value(Double(i.c)), into: registers + i.a)
        }
      case .integerDivide:
        frame.pointee.next = next
        try operate(.integerDivide, registers[i.b], registers[i.c], into: registers + i.a)
      case .modulo:
        let (x, y) = (registers[i.b], registers[i.c])
        if x.isNumber, y.isNumber, let whole = wholeNumber(x.double),
          let divisor = wholeNumber(y.double), divisor > 0
        {
          store(registers + i.a, Value(arithmetic: Double(Int(whole % divisor))))
        } else {
          frame.pointee.next = next
          try operate(.modulo, x, y, into: registers + i.a)
        }
      case .power:
        frame.pointee.next = next
        try operate(.power, registers[i.b], registers[i.c], into: registers + i.a)
      case .matrixProduct:
        frame.pointee.next = next
        try operate(.matrixProduct, registers[i.b], registers[i.c], into: registers + i.a)
      case .equal:
        let (x, y) = (registers[i.b], registers[i.c])
        if x.isNumber && y.isNumber {
          store(registers + i.a, Value(x.double == y.double))
        } else {
          frame.pointee.next = next
          try operate(.equal, x, y, into: registers + i.a)
        }
      case .notEqual:
        let (x, y) = (registers[i.b], registers[i.c])
        if x.isNumber && y.isNumber {
          store(registers + i.a, Value(x.double != y.double))
        } else {
          frame.pointee.next = next
          try operate(.notEqual, x, y, into: registers + i.a)
        }
      case .less:
        let (x, y) = (registers[i.b], registers[i.c])
        if x.isNumber && y.isNumber {
          store(registers + i.a, Value(x.double < y.double))
        } else {
          frame.pointee.next = next
          try operate(.less, x, y, into: registers + i.a)
        }
      case .lessEqual:
        let (x, y) = (registers[i.b], registers[i.c])
        if x.isNumber && y.isNumber {
          store(registers + i.a, Value(x.double <= y.double))
        } else {
          frame.pointee.next = next
          try operate(.lessEqual, x, y, into: registers + i.a)
        }
      case .greater:
        let (x, y) = (registers[i.b], registers[i.c])
        if x.isNumber && y.isNumber {
          store(registers + i.a, Value(x.double > y.double))
        } else {
          frame.pointee.next = next
          try operate(.greater, x, y, into: registers + i.a)
        }
      case .greaterEqual:
        let (x, y) = (registers[i.b], registers[i.c])
        if x.isNumber && y.isNumber {
          store(registers + i.a, Value(x.double >= y.double))
        } else {
          frame.pointee.next = next
          try operate(.greaterEqual, x, y, into: registers + i.a)
        }
      case .contains:
        frame.pointee.next = next
        try rareStep(i, frame, registers, constants)
      case .negate:
        let x = registers[i.b]
        if x.isNumber {
          store(registers + i.a, Value(arithmetic: -x.double))
        } else {
          frame.pointee.next = next
          try rareStep(i, frame, registers, constants)
        }
      case .not:
        let x = registers[i.b]
        if x.isBool {
          store(registers + i.a, Value(x.isFalse))
        } else {
          frame.pointee.next = next
          try rareStep(i, frame, registers, constants)
        }

      // MARK: Control
      case .jump: next += i.wide
      case .jumpIfFalse:
        let value = registers[i.a]
        if value.isFalse {
          next += i.wide
        } else if !value.isTrue {
          frame.pointee.next = next
          if !(try truth(value)) { next += i.wide }
        }
      case .jumpIfTrue:
        let value = registers[i.a]
        if value.isTrue {
          next += i.wide
        } else if !value.isFalse {
          frame.pointee.next = next
          if try truth(value) { next += i.wide }
        }
      case .jumpUnlessAbsent:
        if !registers[i.a].isAbsent { next += i.wide }
      case .unlessEqual:
        let (x, y) = (registers[i.a], registers[i.b])
        if x.isNumber && y.isNumber {
          if x.double != y.double { next += i.signedC }
        } else {
          frame.pointee.next = next
          if !(try holds(.equal, x, y)) { next += i.signedC }
        }
      case .unlessNotEqual:
        let (x, y) = (registers[i.a], registers[i.b])
        if x.isNumber && y.isNumber {
          if x.double == y.double { next += i.signedC }
        } else {
          frame.pointee.next = next
          if !(try holds(.notEqual, x, y)) { next += i.signedC }
        }
      case .unlessLess:
        let (x, y) = (registers[i.a], registers[i.b])
        if x.isNumber && y.isNumber {
          if !(x.double < y.double) { next += i.signedC }
        } else {
          frame.pointee.next = next
          if !(try holds(.less, x, y)) { next += i.signedC }
        }
      case .unlessLessEqual:
        let (x, y) = (registers[i.a], registers[i.b])
        if x.isNumber && y.isNumber {
          if !(x.double <= y.double) { next += i.signedC }
        } else {
          frame.pointee.next = next
          if !(try holds(.lessEqual, x, y)) { next += i.signedC }
        }
      case .unlessGreater:
        let (x, y) = (registers[i.a], registers[i.b])
        if x.isNumber && y.isNumber {
          if !(x.double > y.double) { next += i.signedC }
        } else {
          frame.pointee.next = next
          if !(try holds(.greater, x, y)) { next += i.signedC }
        }
      case .unlessGreaterEqual:
        let (x, y) = (registers[i.a], registers[i.b])
        if x.isNumber && y.isNumber {
          if !(x.double >= y.double) { next += i.signedC }
        } else {
          frame.pointee.next = next
          if !(try holds(.greaterEqual, x, y)) { next += i.signedC }
        }
      case .unlessEqualConstant:
        let (x, y) = (registers[i.a], constants[i.b])
        if x.isNumber {
          if x.double != y.double { next += i.signedC }
        } else {
          frame.pointee.next = next
          if !(try holds(.equal, x, y)) { next += i.signedC }
        }
      case .unlessLessConstant:
        let (x, y) = (registers[i.a], constants[i.b])
        if x.isNumber {
          if !(x.double < y.double) { next += i.signedC }
        } else {
          frame.pointee.next = next
          if !(try holds(.less, x, y)) { next += i.signedC }
        }
      case .unlessLessEqualConstant:
        let (x, y) = (registers[i.a], constants[i.b])
        if x.isNumber {
          if !(x.double <= y.double) { next += i.signedC }
        } else {
          frame.pointee.next = next
          if !(try holds(.lessEqual, x, y)) { next += i.signedC }
        }
      case .unlessGreaterConstant:
        let (x, y) = (registers[i.a], constants[i.b])
        if x.isNumber {
          if !(x.double > y.double) { next += i.signedC }
        } else {
          frame.pointee.next = next
          if !(try holds(.greater, x, y)) { next += i.signedC }
        }
      case .unlessGreaterEqualConstant:
        let (x, y) = (registers[i.a], constants[i.b])
        if x.isNumber {
          if !(x.double >= y.double) { next += i.signedC }
        } else {
          frame.pointee.next = next
          if !(try holds(.greaterEqual, x, y)) { next += i.signedC }
        }
      case .prepareCount:
        frame.pointee.next = next
        try prepareCount(registers + i.a)
        if registers[i.a + 1].double > 0 {
          store(registers + i.a + 4, registers[i.a])
        } else {
          next += i.wide
        }
      case .nextCount:
        let index = registers[i.a + 3].double + 1
        registers[i.a + 3] = Value(arithmetic: index)
        if index < registers[i.a + 1].double {
          // As `RangeObject.element` has it: a step added again and again would drift.
          let value = registers[i.a].double + index * registers[i.a + 2].double
          store(registers + i.a + 4, Value(arithmetic: value))
          next += i.wide
          if isInterrupted {
            frame.pointee.next = next
            try checkInterrupt()
          }
        }
      case .prepareEach:
        frame.pointee.next = next
        try prepareEach(frame, registers[i.b], into: registers + i.a)
      case .nextEach:
        if isInterrupted {
          frame.pointee.next = next
          try checkInterrupt()
        }
        let iterator = registers[i.a].unchecked(IteratorObject.self)
        if let element = iterator._withUnsafeGuaranteedRef({ $0.nextOfList() }) {
          store(registers + i.a + 1, element.pointee.retained())
        } else {
          frame.pointee.next = next
          if !(try nextEach(frame, registers + i.a)) { next += i.wide }
        }
      case .checkInterrupt:
        if isInterrupted {
          frame.pointee.next = next
          try checkInterrupt()
        }

      // MARK: Calls
      case .call, .callPlain:
        let base = registers + i.a
        let callee = base.pointee
        frame.pointee.next = next
        if isInterrupted { try checkInterrupt() }
        if callee.isKind(.closure) {
          let function = loadedFunction(callee)
          let isExact =
            function._withUnsafeGuaranteedRef({ $0.exactCount }) == i.b
            && isPlainCall(i)
          if !isExact { try bindArguments(i, frame, function, base + 1) }
          try push(function, registers: base + 1, isFromNative: false)
          frame += 1
          registers = base + 1
          next = function._withUnsafeGuaranteedRef { $0.code }
          constants = function._withUnsafeGuaranteedRef { $0.constants }
        } else {
          try callHost(i, frame, base)
        }
      case .returnValue:
        let result = registers[i.a]
        registers[i.a] = Value(bits: 0)
        if openVariableCount > 0 { closeVariables(from: registers) }
        releaseAll(registers, frame.pointee.registerCount)
        frameCount &-= 1
        if frameCount <= floor {
          Containers.collectIfNeeded()
          return result
        }
        store(registers - 1, result)
        frame -= 1
        registers = frame.pointee.registers
        next = frame.pointee.next
        constants = frame.pointee.function._withUnsafeGuaranteedRef { $0.constants }

      // MARK: Data
      case .makeString:
        frame.pointee.next = next
        try joined(registers + i.b, i.c, into: registers + i.a)
      case .getField:
        let value = registers[i.b]
        if value.isKind(.record) {
          let record = value.unchecked(RecordObject.self)
          let known = FieldPlace(remembered(frame, next).pointee)
          if record._withUnsafeGuaranteedRef({ $0.place.isSameLayout(as: known) }) {
            let field = record._withUnsafeGuaranteedRef { $0.address(slot: known.slot) }
            store(registers + i.a, field.pointee.retained())
            continue
          }
        }
        frame.pointee.next = next
        try getField(value, constants[i.c], remembered(frame, next), into: registers + i.a)
      case .setField:
        let value = registers[i.a]
        if value.isKind(.record) {
          let record = value.unchecked(RecordObject.self)
          let known = FieldPlace(remembered(frame, next).pointee)
          if record._withUnsafeGuaranteedRef({ $0.place.isSameLayout(as: known) }) {
            let field = record._withUnsafeGuaranteedRef { $0.address(slot: known.slot) }
            store(field, registers[i.c].retained())
            continue
          }
        }
        frame.pointee.next = next
        try setField(value, constants[i.b], remembered(frame, next), to: registers[i.c])
      case .getIndex:
        let (base, key) = (registers[i.b], registers[i.c])
        if key.isNumber, base.isKind(.list), let index = wholeNumber(key.double) {
          let list = base.unchecked(ListObject.self)
          if let element = list._withUnsafeGuaranteedRef({ $0.address(Int(index)) }) {
            store(registers + i.a, element.pointee.retained())
            continue
          }
        }
        frame.pointee.next = next
        try getIndex(base, key, into: registers + i.a)
      case .setIndex:
        let (base, key) = (registers[i.a], registers[i.b])
        if key.isNumber, base.isKind(.list), let index = wholeNumber(key.double) {
          let list = base.unchecked(ListObject.self)
          if let element = list._withUnsafeGuaranteedRef({ $0.address(Int(index)) }) {
            store(element, registers[i.c].retained())
            continue
          }
        }
        frame.pointee.next = next
        try assignIndex(frame, registers + i.a, key, registers[i.c])
      case .makeClosure, .makeList, .extendList, .makeMatrix, .makeRecord, .makeRange, .format,
        .getIndices, .setIndices, .unpack, .pushHandler, .pushCleanup, .rethrow, .enterScope,
        .importModule:
        frame.pointee.next = next
        try rareStep(i, frame, registers, constants)
      case .popHandler, .exitScope:
        // These cannot fail; who watches counts the end of a block to the line that ran last.
        try rareStep(i, frame, registers, constants)
      }
    }
  }

  // MARK: - Parts of the loop

  /// Whether all values of a call are by position.
  @inline(__always)
  func isPlainCall(_ i: Instruction) -> Bool {
    UInt8(truncatingIfNeeded: i.bits) == unsafeBitCast(Opcode.callPlain, to: UInt8.self)
  }

  /// A whole number from 0 below 2^32; else nil. Added to 2^52 it stands in the low bits.
  @inline(__always)
  private func wholeNumber(_ x: Double) -> UInt32? {
    let shifted = x + 0x1p52
    guard shifted.bitPattern >> 32 == 0x4330_0000, shifted - 0x1p52 == x else { return nil }
    return UInt32(truncatingIfNeeded: shifted.bitPattern)
  }

  /// Where the instruction before `next` remembers the place of its field.
  @inline(__always)
  private func remembered(
    _ frame: UnsafeMutablePointer<Frame>, _ next: UnsafeMutablePointer<Instruction>
  ) -> UnsafeMutablePointer<Instruction> {
    next + (frame.pointee.function._withUnsafeGuaranteedRef { $0.codeCount } &- 1)
  }

  @inline(__always)
  private func captured(
    _ frame: UnsafeMutablePointer<Frame>, _ index: Int
  ) -> UnsafeMutablePointer<Value> {
    frame.pointee.closure.unchecked(ClosureObject.self)._withUnsafeGuaranteedRef {
      $0.variables[index]._withUnsafeGuaranteedRef { $0.place }
    }
  }
}

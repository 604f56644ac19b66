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
          try refuseGlobal(i.wide)
        }
        store(globals + i.wide, registers[i.a].retained())
      case .getCaptured:
        let value = captured(frame, i.b).place.pointee
        if value.isAbsent {
          frame.pointee.position = position
          try refuseCaptured()
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
        try prepareEach(registers + i.a, over: registers[i.b])
      case .nextEach:
        frame.pointee.position = position
        if isInterrupted { try checkInterrupt() }
        nativeTop = registers + frame.pointee.function._withUnsafeGuaranteedRef { $0.registerCount }
        let next = try nextElement(of: registers[i.a])
        if next.isAbsent {
          position &+= i.wide
        } else {
          store(registers + i.a + 1, next)
        }
      case .checkInterrupt:
        if isInterrupted {
          frame.pointee.position = position
          try checkInterrupt()
        }

      // MARK: Calls
      case .call, .callPlainly:
        let base = registers + i.a
        let callee = base.pointee
        let isPlain = i.code == Opcode.callPlainly.rawValue
        frame.pointee.position = position
        if isInterrupted { try checkInterrupt() }
        if callee.isKind(.closure) {
          let function = loadedFunction(callee)
          if isPlain, i.b == function._withUnsafeGuaranteedRef({ $0.plainCount }) {
            // The options, which are left out, come behind.
            var place = i.b
            while place < function._withUnsafeGuaranteedRef({ $0.parameterCount }) {
              store(base + 1 + place, .absent)
              place &+= 1
            }
          } else {
            try bind(function, base + 1, i.b, frame, site: i.c)
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
            result = try call(callee, base + 1, i.b, frame, site: i.c)
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
      case .makeList: store(registers + i.a, makeList(registers + i.b, i.c))
      case .extendList: extendList(registers[i.a], registers + i.b, i.c)
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
        store(registers + i.a, try formatted(registers[i.b], constants[i.c]))
      case .getField:
        let value = registers[i.b]
        if let place = cachedField(of: value, caches(frame) + (position &- 1)) {
          let found = place.pointee
          if found.isObject { found.retain() }
          store(registers + i.a, found)
        } else {
          frame.pointee.position = position
          store(registers + i.a, try field(frame, i.c, of: value))
        }
      case .setField:
        if let place = cachedField(of: registers[i.a], caches(frame) + (position &- 1)) {
          let value = registers[i.c]
          if value.isObject { value.retain() }
          store(place, value)
        } else {
          frame.pointee.position = position
          try setField(frame, i.b, of: registers[i.a], to: registers[i.c])
        }
      case .getIndex:
        let (base, key) = (registers[i.b], registers[i.c])
        if let element = element(of: base, key) {
          store(registers + i.a, element)
          continue
        }
        frame.pointee.position = position
        store(registers + i.a, try index(base, key))
      case .setIndex:
        frame.pointee.position = position
        try assignIndex(registers + i.a, registers[i.b], registers[i.c])
      case .getIndices:
        frame.pointee.position = position
        store(registers + i.a, try getIndices(frame, i.c, registers + i.b))
      case .setIndices:
        frame.pointee.position = position
        try assignIndices(registers + i.a, frame, i.c, registers + i.b)
      case .unpack:
        frame.pointee.position = position
        try unpack(registers[i.b], into: registers + i.a, i.c)

      // MARK: Errors and scopes
      case .pushHandler:
        pushHandler(position + i.wide, i.a, catchesInterrupts: false)
      case .pushCleanup:
        pushHandler(position + i.wide, i.a, catchesInterrupts: true)
      case .popHandler: popHandler()
      case .rethrow:
        frame.pointee.position = position
        try rethrow(registers[i.a])
      case .enterScope:
        frame.pointee.position = position
        try enterScope(registers[i.a])
      case .exitScope: exitScope(registers[i.a])
      case .importModule:
        frame.pointee.position = position
        nativeTop = registers + frame.pointee.function._withUnsafeGuaranteedRef { $0.registerCount }
        store(registers + i.a, try importModule(constants[i.wide], frame))
      }
    }
  }
}

import Bytecode

/// A prototype made ready for one machine: constants as values, code behind a plain pointer.
final class LoadedFunction {
  let prototype: Prototype
  /// The instructions, then as many words where those of fields remember a place (`FieldPlace`).
  let code: UnsafeMutablePointer<Instruction>
  let codeCount: Int
  let constants: UnsafeMutablePointer<Value>
  let children: [LoadedFunction]
  let registerCount: Int
  let parameterCount: Int
  /// Parameters that must be given, all before the options.
  let requiredCount: Int
  /// Whether every required parameter stands before every option, so that values by position land in
  /// the first registers.
  let hasPlainOrder: Bool
  /// How many values by position need no binding at all; -1 if there are options.
  let exactCount: Int
  /// By record site: the common layout, nil with a splat.
  let shapes: [RecordShape?]

  init(_ prototype: Prototype, builtins: [NativeFunction]) {
    self.prototype = prototype
    codeCount = prototype.code.count
    code = .allocate(capacity: max(1, 2 * codeCount))
    code.initialize(from: prototype.code, count: codeCount)
    for index in codeCount..<2 * codeCount { code[index].bits = FieldPlace.none.bits }
    constants = .allocate(capacity: max(1, prototype.constants.count))
    for (index, constant) in prototype.constants.enumerated() {
      let value: Value =
        switch constant {
        case .number(let number): Value(number)
        case .text(let text): .string(text)
        case .symbol(let name): Value(Int(Symbol(name).index))
        case .builtin(let index): Value.owning(builtins[index])
        }
      (constants + index).initialize(to: value)
    }
    children = prototype.prototypes.map { LoadedFunction($0, builtins: builtins) }
    registerCount = prototype.registerCount
    parameterCount = prototype.parameters.count
    requiredCount = prototype.parameters.filter { !$0.isOption }.count
    hasPlainOrder = prototype.parameters.prefix(requiredCount).allSatisfy { !$0.isOption }
    exactCount = parameterCount == requiredCount ? parameterCount : -1
    shapes = prototype.callSites.map { site in
      var shape = RecordShape.empty
      for slot in site.slots {
        guard case .named(let name) = slot, shape.slot(of: Symbol(name)) == nil else { return nil }
        shape = shape.adding(Symbol(name))
      }
      return shape
    }
  }

  deinit {
    for index in prototype.constants.indices { constants[index].release() }
    code.deallocate()
    constants.deallocate()
  }
}

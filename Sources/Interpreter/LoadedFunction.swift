import Bytecode

/// A prototype made ready for one machine: constants as values, code behind a plain pointer.
final class LoadedFunction {
  let prototype: Prototype
  let code: UnsafeMutablePointer<Instruction>
  let constants: UnsafeMutablePointer<Value>
  let children: [LoadedFunction]
  let registerCount: Int
  let parameterCount: Int
  /// Parameters that must be given, all before the options.
  let requiredCount: Int
  /// How many values by position need no binding, as they land in the first registers: `requiredCount`, or
  /// -1 where an option stands before a parameter that must be given.
  let plainCount: Int
  /// By record site: the common layout, nil with a splat.
  let shapes: [RecordShape?]
  /// Field constants as symbols, and where each instruction last found its field.
  let caches: UnsafeMutablePointer<FieldCache>

  struct FieldCache {
    /// A `RecordShape`; shared ones live as long as the process.
    var layout: UnsafeMutableRawPointer?
    var slot: Int
  }

  init(_ prototype: Prototype, builtins: [NativeFunction]) {
    self.prototype = prototype
    code = .allocate(capacity: max(1, prototype.code.count))
    code.initialize(from: prototype.code, count: prototype.code.count)
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
    let isPlain = prototype.parameters.prefix(requiredCount).allSatisfy { !$0.isOption }
    plainCount = isPlain ? requiredCount : -1
    shapes = prototype.callSites.map { site in
      var shape = RecordShape.empty
      for slot in site.slots {
        guard case .named(let name) = slot, shape.slot(of: Symbol(name)) == nil else { return nil }
        shape = shape.adding(Symbol(name))
      }
      return shape
    }
    caches = .allocate(capacity: max(1, prototype.code.count))
    caches.initialize(
      repeating: FieldCache(layout: nil, slot: 0), count: max(1, prototype.code.count))
  }

  deinit {
    for index in prototype.constants.indices { constants[index].release() }
    code.deallocate()
    constants.deallocate()
    caches.deallocate()
  }
}

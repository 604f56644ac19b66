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
  /// Whether every required parameter stands before every option, so that values by position land in
  /// the first registers.
  let hasPlainOrder: Bool
  /// By call site + 1: whether all values are by position; the first is for calls without a site.
  let isPlainSite: UnsafeMutablePointer<Bool>
  /// By record site: the common layout, nil with a splat.
  let shapes: [RecordShape?]
  /// Field constants as symbols, and where each instruction last found its field.
  let caches: UnsafeMutablePointer<FieldCache>

  struct FieldCache {
    var shape: Unmanaged<RecordShape>?
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
    hasPlainOrder = prototype.parameters.prefix(requiredCount).allSatisfy { !$0.isOption }
    isPlainSite = .allocate(capacity: prototype.callSites.count + 1)
    isPlainSite.initialize(to: true)
    for (index, site) in prototype.callSites.enumerated() {
      (isPlainSite + index + 1).initialize(to: site.slots.allSatisfy { $0 == .positional })
    }
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
      repeating: FieldCache(shape: nil, slot: 0), count: max(1, prototype.code.count))
  }

  deinit {
    for index in prototype.constants.indices { constants[index].release() }
    code.deallocate()
    constants.deallocate()
    caches.deallocate()
    isPlainSite.deallocate()
  }
}

import Bytecode
import Glibc
public import Syntax

/// A sequence of values that grows and is shared by all who hold it.
public final class ListObject: HeapObject {
  /// How many values there are.
  public private(set) var count = 0
  private var capacity: Int
  private var storage: UnsafeMutablePointer<Value>

  public init(capacity: Int = 4) {
    self.capacity = max(4, capacity)
    storage = Self.room(nil, self.capacity)
    super.init()
    heapKind = .list
  }

  /// More values than the machine's memory holds, of which lists never ask the system.
  public static let countMax = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) / 8

  /// A list of given values, each retained.
  public convenience init(_ values: some Collection<Value>) {
    self.init(capacity: values.count)
    for value in values { append(value) }
  }

  deinit {
    for index in 0..<count { storage[index].release() }
    free(storage)
  }

  /// Room for so many values; the system often makes more of it where it is.
  private static func room(
    _ old: UnsafeMutablePointer<Value>?, _ capacity: Int
  ) -> UnsafeMutablePointer<Value> {
    guard let memory = realloc(old, capacity * MemoryLayout<Value>.stride) else {
      preconditionFailure("the system has no memory for a list of \(capacity) values")
    }
    return memory.bindMemory(to: Value.self, capacity: capacity)
  }

  /// The value at an index that is within the list.
  public subscript(index: Int) -> Value {
    @inline(__always) get { storage[index] }
    set {
      let old = storage[index]
      storage[index] = newValue.retained()
      old.release()
    }
  }

  /// Where the element at an index stands, nil beyond the end; valid until the list changes.
  @inline(__always) func address(_ index: Int) -> UnsafeMutablePointer<Value>? {
    index < count ? storage + index : nil
  }

  /// Adds a value, retained.
  @inline(__always) public func append(_ value: Value) {
    if count == capacity { grow() }
    storage[count] = value.retained()
    count += 1
  }

  /// Adds an object. (`Value(object)` alone does not keep a new object alive.)
  public func append(_ object: HeapObject) { append(Value(object)) }

  /// Takes the last value off; the caller owns it.
  public func removeLast() -> Value? {
    guard count > 0 else { return nil }
    count -= 1
    return storage[count]
  }

  /// Empties the list.
  public func removeAll() {
    let old = count
    count = 0
    for index in 0..<old { storage[index].release() }
  }

  /// The values, borrowed; valid until the list changes.
  public var values: UnsafeBufferPointer<Value> {
    UnsafeBufferPointer(start: storage, count: count)
  }

  @inline(never) private func grow() {
    capacity *= 2
    storage = Self.room(storage, capacity)
  }

  public override var typeName: String { "list" }
  public override func summary(width: Int) -> String {
    Display.folded(Display.list(self, width: width), width: width)
  }
  public override var text: String { Display.list(self, width: 80) }
  public override var byteCount: Int { 64 + 8 * capacity }
}

/// The layout of records: shared by all with the same fields in the same order, as long as those are few.
/// A record with many, such as one that counts words, has a layout of its own that grows with it.
public final class RecordShape {
  /// The names in order.
  public private(set) var symbols: [Symbol]
  private var slots: [Symbol: Int]
  private var followers: [Symbol: RecordShape] = [:]
  /// Whether one record alone has this layout: then it must not be remembered beyond that record.
  private(set) var isOwn = false
  private static let sharedMax = 32

  nonisolated(unsafe) public static let empty = RecordShape([])

  private init(_ symbols: [Symbol]) {
    self.symbols = symbols
    slots = Dictionary(uniqueKeysWithValues: symbols.enumerated().map { ($1, $0) })
  }

  /// The place of a field; nil if there is none.
  public func slot(of symbol: Symbol) -> Int? { slots[symbol] }

  /// The layout of a record of this one that gets one more field.
  func growing(_ symbol: Symbol) -> RecordShape {
    if isOwn {
      slots[symbol] = symbols.count
      symbols.append(symbol)
      return self
    }
    guard symbols.count >= Self.sharedMax else { return adding(symbol) }
    let shape = RecordShape(symbols + [symbol])
    shape.isOwn = true
    return shape
  }

  /// The shared layout with one more field.
  public func adding(_ symbol: Symbol) -> RecordShape {
    if let shape = followers[symbol] { return shape }
    let shape = RecordShape(symbols + [symbol])
    followers[symbol] = shape
    return shape
  }
}

/// Where records of one layout have a field, in one word: what an instruction remembers.
///
/// A shared layout lives as long as the program, so its address is never another's; the layout of one
/// record alone is not remembered.
struct FieldPlace {
  var bits: UInt64
  /// No layout's.
  static let none = FieldPlace(bits: 0)

  private init(bits: UInt64) { self.bits = bits }
  @inline(__always) init(_ instruction: Instruction) { bits = instruction.bits }

  @inline(__always) init(_ shape: RecordShape, slot: Int) {
    let address = UInt64(UInt(bitPattern: Unmanaged.passUnretained(shape).toOpaque()))
    bits = address << 16 | UInt64(slot)
  }

  @inline(__always) var slot: Int { Int(bits & 0xFFFF) }
  @inline(__always) func isSameLayout(as other: FieldPlace) -> Bool {
    (bits ^ other.bits) >> 16 == 0
  }
}

/// Named values in order, shared by all who hold them.
public final class RecordObject: HeapObject {
  /// The names of the fields.
  public private(set) var shape: RecordShape {
    didSet { place = FieldPlace(shape, slot: 0) }
  }
  /// The layout as the machine compares it, together with slot 0.
  private(set) var place: FieldPlace
  /// How many fields there are.
  public private(set) var count = 0
  private var capacity: Int
  private var values: UnsafeMutablePointer<Value>

  public override convenience init() { self.init(shape: .empty, capacity: 4) }

  private init(shape: RecordShape, capacity: Int) {
    self.shape = shape
    place = FieldPlace(shape, slot: 0)
    self.capacity = max(1, capacity)
    values = .allocate(capacity: self.capacity)
    super.init()
    heapKind = .record
  }

  /// A record of named values, each retained; a name that comes twice keeps the later value.
  public convenience init(_ fields: [(String, Value)]) {
    self.init()
    for (name, value) in fields { self[Symbol(name)] = value }
  }

  convenience init(shape: RecordShape, _ source: UnsafePointer<Value>) {
    self.init(shape: shape, capacity: shape.symbols.count)
    for index in 0..<shape.symbols.count { values[index] = source[index].retained() }
    count = shape.symbols.count
  }

  deinit {
    for index in 0..<count { values[index].release() }
    values.deallocate()
  }

  /// Names and values in order.
  public var fields: [(name: String, value: Value)] {
    shape.symbols.enumerated().map { ($1.name, values[$0]) }
  }

  /// The value of a field, or nil. Setting makes the field if need be; nil is not set.
  public subscript(symbol: Symbol) -> Value? {
    get { shape.slot(of: symbol).map { values[$0] } }
    set {
      guard let newValue else { return }
      newValue.retain()
      if let slot = shape.slot(of: symbol) {
        let old = values[slot]
        values[slot] = newValue
        old.release()
      } else {
        shape = shape.growing(symbol)
        if count == capacity { grow() }
        values[count] = newValue
        count += 1
      }
    }
  }

  /// The value of a field by its name; as by symbol.
  public subscript(name: String) -> Value? {
    get { Symbol.known(name).flatMap { self[$0] } }
    set { self[Symbol(name)] = newValue }
  }

  /// Sets a field to an object. (`Value(object)` alone does not keep a new object alive.)
  public func set(_ name: String, _ object: HeapObject) { self[Symbol(name)] = Value(object) }

  private func grow() {
    capacity *= 2
    let bigger = UnsafeMutablePointer<Value>.allocate(capacity: capacity)
    bigger.update(from: values, count: count)
    values.deallocate()
    values = bigger
  }

  func forEachValue(_ body: (Value) -> Void) {
    UnsafeBufferPointer(start: values, count: count).forEach(body)
  }

  /// Where the value of a field stands; valid until the record gets another field.
  @inline(__always) func address(slot: Int) -> UnsafeMutablePointer<Value> { values + slot }

  public override var typeName: String { "record" }
  public override func summary(width: Int) -> String { Display.record(self, width: width) }
  public override var byteCount: Int { 96 + 8 * capacity }
}

/// Numbers from `first` by `step`; with `isClosed` the last one may be `last` itself.
public final class RangeObject: HeapObject {
  /// What a range is written with.
  public typealias Bounds = (first: Double, last: Double, step: Double)
  /// As written; `last` need not be one of the numbers.
  public let first: Double, last: Double, step: Double, isClosed: Bool
  /// How many numbers there are.
  public let count: Int

  /// - Parameter bounds: finite, at most 2^53 steps of other than 0.
  public init(_ bounds: Bounds, isClosed: Bool) {
    (first, last, step) = bounds
    self.isClosed = isClosed
    count = Self.count(bounds, isClosed: isClosed)
  }

  /// How many numbers a range has. Bounds and step in fractions are each off by half a unit of their last
  /// place, so that `0..0.3 by 0.1` is 2.9999999999999996 steps long: it is meant to have its end.
  static func count(_ bounds: Bounds, isClosed: Bool) -> Int {
    let (first, last, step) = bounds
    let steps = (last - first) / step, near = steps.rounded()
    guard near >= 0 else { return 0 }
    if abs(steps - near) <= tolerance(bounds) / abs(step) { return Int(near) + (isClosed ? 1 : 0) }
    return steps < 0 ? 0 : Int(steps) + 1
  }

  /// How far rounding may take a number of the range from what was meant; 0 when all are whole.
  private static func tolerance(_ bounds: Bounds) -> Double {
    let (first, last, step) = bounds
    guard step != step.rounded() || first != first.rounded() else { return 0 }
    return 4 * Double.ulpOfOne * max(abs(first), abs(last))
  }

  /// The number at an index from 0.
  public func element(_ index: Int) -> Double { first + Double(index) * step }

  /// Whether a number is one of the range's, up to the rounding of fractions.
  public func contains(_ number: Double) -> Bool {
    let index = ((number - first) / step).rounded()
    guard index >= 0, index < Double(count) else { return false }
    return abs(number - element(Int(index))) <= Self.tolerance((first, last, step))
  }

  public override var typeName: String { "range" }
  public override func summary(width: Int) -> String {
    let by = step == 1 ? "" : " by \(Display.number(step))"
    return "\(Display.number(first))\(isClosed ? ".." : "..<")\(Display.number(last))\(by)"
  }
}

/// A variable that a function has captured: in its register while the block lives, later here.
final class CapturedVariable: HeapObject {
  private(set) var place: UnsafeMutablePointer<Value>
  private(set) var isClosed = false

  init(_ place: UnsafeMutablePointer<Value>) {
    self.place = place
    super.init()
    Containers.born(self)
  }

  deinit {
    if isClosed {
      place.pointee.release()
      place.deallocate()
    }
    Containers.died(self)
  }

  /// Takes the value along when the register is about to be reused.
  func close() {
    let own = UnsafeMutablePointer<Value>.allocate(capacity: 1)
    own.initialize(to: place.pointee.retained())
    place = own
    isClosed = true
  }

  var ownValue: Value { isClosed ? place.pointee : .none }

  func clear() {
    guard isClosed else { return }
    let old = place.pointee
    place.pointee = .none
    old.release()
  }
}

/// A function of the language, with the variables it captured.
public final class ClosureObject: HeapObject {
  let function: LoadedFunction
  /// The function again, for the loop, which counts no references.
  let loaded: Unmanaged<LoadedFunction>
  /// The captured variables, each counted; the loop reads them here, without counting.
  let variables: UnsafeMutablePointer<Unmanaged<CapturedVariable>>
  private var variableCount = 0

  init(_ function: LoadedFunction) {
    self.function = function
    loaded = .passUnretained(function)
    variables = .allocate(capacity: max(1, function.prototype.captures.count))
    super.init()
    heapKind = .closure
    Containers.born(self)
  }

  deinit {
    clear()
    variables.deallocate()
    Containers.died(self)
  }

  var captured: [CapturedVariable] {
    (0..<variableCount).map { variables[$0].takeUnretainedValue() }
  }

  /// Adds the next of the variables that the prototype names.
  func capture(_ variable: CapturedVariable) {
    variable.retainReference()
    (variables + variableCount).initialize(to: .passUnretained(variable))
    variableCount += 1
  }

  func clear() {
    let old = variableCount
    variableCount = 0
    for index in 0..<old { variables[index]._withUnsafeGuaranteedRef { $0.releaseReference() } }
  }

  /// The name it was defined with; `=>` without one.
  public var name: String { function.prototype.name }
  /// The `##` lines above it.
  public var documentation: [String] { function.prototype.documentation }
  /// Its parameters in order; those with a default, as it is written, are options.
  public var parameters: [(name: String, defaultText: String?)] {
    function.prototype.parameters.map { ($0.name, $0.defaultText) }
  }
  /// `corrupt(x, tok, ratio = 40%)`.
  public var signature: String {
    let parameters = function.prototype.parameters.map { parameter in
      parameter.defaultText.map { "\(parameter.name) = \($0)" } ?? parameter.name
    }
    return "\(name)(\(parameters.joined(separator: ", ")))"
  }
  /// The file that defines it.
  public var file: SourceFile { function.prototype.file }
  /// The line of the file, from 1, in which it begins.
  public var line: Int { file.line(at: function.prototype.range.start) }
  /// The source text, for `??name`.
  public var source: String {
    function.prototype.file.text(of: function.prototype.range)
  }

  public override var typeName: String { "function" }
  public override func summary(width: Int) -> String {
    name == "=>" ? "function \(source.prefix(max(8, width)))" : "fn \(signature)"
  }
}

/// What `catch e` binds: `e.code`, `e.message`, `e.trace`.
public final class ErrorObject: HeapObject {
  /// The error as it was thrown.
  public let failure: RuntimeFailure

  public init(_ failure: RuntimeFailure) {
    self.failure = failure
  }

  public override var typeName: String { "error" }
  public override func summary(width: Int) -> String {
    "error \(failure.diagnostic.code): \(failure.diagnostic.message)"
  }
}

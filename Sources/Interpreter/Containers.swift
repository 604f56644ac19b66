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
    storage = SystemMemory.allocate(self.capacity)
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

  /// The value at an index that is within the list.
  public subscript(index: Int) -> Value {
    @inline(__always) get { storage[index] }
    set {
      let old = storage[index]
      storage[index] = newValue.retained()
      old.release()
    }
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
    storage = SystemMemory.resize(storage, to: capacity)
  }

  public override var typeName: String { "list" }
  public override func summary(width: Int) -> String { Display.list(self, width: width) }
  public override var byteCount: Int { 64 + 8 * capacity }
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
  var captured: [CapturedVariable] = []

  init(_ function: LoadedFunction) {
    self.function = function
    loaded = .passUnretained(function)
    super.init()
    heapKind = .closure
    Containers.born(self)
  }

  deinit {
    for variable in captured { variable.releaseReference() }
    Containers.died(self)
  }

  func clear() {
    let old = captured
    captured = []
    for variable in old { variable.releaseReference() }
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
  /// The source text, for `??name`.
  public var source: String {
    function.prototype.file.text(of: function.prototype.range)
  }

  public override var typeName: String { "function" }
  public override func summary(width: Int) -> String {
    name == "=>" ? "function \(source.prefix(width))" : "fn \(signature)"
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

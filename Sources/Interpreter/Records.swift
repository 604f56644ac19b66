import Glibc

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

/// Named values in order, shared by all who hold them.
public final class RecordObject: HeapObject {
  /// The names of the fields.
  public private(set) var shape: RecordShape {
    didSet { layout = Unmanaged.passUnretained(shape).toOpaque() }
  }
  /// `shape` as the machine's loop compares it, without counting a reference.
  @usableFromInline private(set) final var layout: UnsafeMutableRawPointer
  /// The values, in the order of the names.
  private(set) final var storage: UnsafeMutablePointer<Value>
  /// How many fields there are.
  public private(set) final var count: Int
  private var capacity: Int

  /// A record without fields.
  public convenience override init() {
    self.init(shape: .empty, capacity: 4)
  }

  private init(shape: RecordShape, capacity: Int) {
    self.shape = shape
    layout = Unmanaged.passUnretained(shape).toOpaque()
    self.capacity = max(4, capacity)
    storage = .allocate(capacity: self.capacity)
    count = 0
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
    count = shape.symbols.count
    for index in 0..<count { storage[index] = source[index].retained() }
  }

  deinit {
    for index in 0..<count { storage[index].release() }
    storage.deallocate()
  }

  private var values: UnsafeBufferPointer<Value> {
    UnsafeBufferPointer(start: storage, count: count)
  }

  /// Names and values in order.
  public var fields: [(name: String, value: Value)] {
    zip(shape.symbols, values).map { ($0.name, $1) }
  }

  /// The value of a field, or nil. Setting makes the field if need be; nil is not set.
  public subscript(symbol: Symbol) -> Value? {
    get { shape.slot(of: symbol).map { storage[$0] } }
    set {
      guard let newValue else { return }
      newValue.retain()
      if let slot = shape.slot(of: symbol) {
        let old = storage[slot]
        storage[slot] = newValue
        old.release()
      } else {
        shape = shape.growing(symbol)
        append(newValue)
      }
    }
  }

  /// Takes over a value that is retained already.
  private func append(_ value: Value) {
    if count == capacity {
      let bigger = UnsafeMutablePointer<Value>.allocate(capacity: capacity * 2)
      bigger.update(from: storage, count: count)
      storage.deallocate()
      storage = bigger
      capacity *= 2
    }
    storage[count] = value
    count += 1
  }

  /// The value of a field by its name; as by symbol.
  public subscript(name: String) -> Value? {
    get { Symbol.known(name).flatMap { self[$0] } }
    set { self[Symbol(name)] = newValue }
  }

  /// Sets a field to an object. (`Value(object)` alone does not keep a new object alive.)
  public func set(_ name: String, _ object: HeapObject) { self[Symbol(name)] = Value(object) }

  func forEachValue(_ body: (Value) -> Void) { values.forEach(body) }

  public override var typeName: String { "record" }
  public override func summary(width: Int) -> String { Display.record(self, width: width) }
  public override var byteCount: Int { 96 + 8 * capacity }
}

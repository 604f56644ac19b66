/// What `for` holds while it goes through a value.
final class IteratorObject: HeapObject {
  private enum Source {
    /// Held by its count; see `list`.
    case list
    case range(RangeObject, count: Int)
    case values([Value])
    /// The machine outlives what its code goes through.
    case foreign(any ValueIterator, ForeignObject, Unmanaged<Machine>)
  }
  private let source: Source
  /// The list, if it is one, by far the most common: counted, so that the collector sees that it is held.
  private let list: Unmanaged<ListObject>?
  private var position = 0

  init?(over value: Value, machine: Machine) throws {
    switch value.object {
    case is ListObject: source = .list
    case let range as RangeObject: source = .range(range, count: range.count)
    case let string as StringObject:
      source = .values(string.string.map { .string(String($0)) })
    case let record as RecordObject:
      // A record gives its fields as pairs of name and value.
      source = .values(
        record.fields.map { field in
          let pair = ListObject(capacity: 2)
          let name = Value.string(field.name)
          pair.append(name)
          name.release()
          pair.append(field.value)
          return .owning(pair)
        })
    case let foreign as ForeignObject:
      guard let iterator = try foreign.makeIterator(machine: machine) else { return nil }
      source = .foreign(iterator, foreign, .passUnretained(machine))
    default: return nil
    }
    list = value.list.map { .passUnretained($0) }
    super.init()
    heapKind = .iterator
    value.list?.retainReference()
  }

  deinit {
    list?._withUnsafeGuaranteedRef { $0.releaseReference() }
    if case .values(let values) = source { for value in values { value.release() } }
  }

  /// The next element, owned by the caller. A list that grows meanwhile gives its new elements too.
  func next() throws -> Value? { try nextOfList()?.pointee.retained() ?? nextOfOthers() }

  /// Where the next element of a list stands; nil at its end and for all that is no list.
  @inline(__always)
  func nextOfList() -> UnsafeMutablePointer<Value>? {
    guard let list else { return nil }
    let place = list._withUnsafeGuaranteedRef { $0.address(position) }
    if place != nil { position &+= 1 }
    return place
  }

  @inline(never)
  func nextOfOthers() throws -> Value? {
    defer { position += 1 }
    switch source {
    case .list: return nil
    case .range(let range, let count):
      return position < count ? Value(range.element(position)) : nil
    case .values(let values): return position < values.count ? values[position].retained() : nil
    case .foreign(let iterator, let foreign, let machine):
      return try machine._withUnsafeGuaranteedRef {
        try $0.observed(foreign.typeName, of: foreign) { try iterator.next() }
      }
    }
  }
}

extension IteratorObject: ValueIterator {}

extension Machine {
  /// What `for` would go through, for native code; nil if the value has no elements.
  public func iterator(over value: Value) throws -> (any ValueIterator)? {
    try IteratorObject(over: value, machine: self)
  }
}

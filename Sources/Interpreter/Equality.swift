extension Machine {
  /// Numbers, strings, lists and records by content; all else by identity or the object's own rule.
  ///
  /// Without recursion, because lists may be nested as deep as memory goes, and may hold themselves.
  public func equals(_ a: Value, _ b: Value) -> Bool {
    if let verdict = equalsPlainly(a, b) { return verdict }
    var pending = [(a, b)], compared: Set<ContainerPair> = []
    while let (a, b) = pending.popLast() {
      // A pair that comes up again within itself differs only if something else does.
      guard compared.insert(ContainerPair(a: a.bits, b: b.bits)).inserted else { continue }
      guard compareParts(a, b, later: &pending) else { return false }
    }
    return true
  }

  private struct ContainerPair: Hashable {
    let a: UInt64, b: UInt64
  }

  /// The verdict on two values unless both are lists, or both records.
  private func equalsPlainly(_ a: Value, _ b: Value) -> Bool? {
    if let x = a.number, let y = b.number { return x == y }
    if a.isIdentical(to: b) { return true }
    switch (a.object, b.object) {
    case (let x as StringObject, let y as StringObject): return x.isSame(as: y)
    case (is ListObject, is ListObject), (is RecordObject, is RecordObject): return nil
    case (let x as RangeObject, let y as RangeObject):
      return x.first == y.first && x.last == y.last && x.step == y.step && x.isClosed == y.isClosed
    case (let x as ForeignObject, let y?): return x.isEqual(to: y)
    default: return false
    }
  }

  /// False if parts of two lists or records differ; those that hold further parts are left for later.
  private func compareParts(_ a: Value, _ b: Value, later: inout [(Value, Value)]) -> Bool {
    var pairs = [(Value, Value)]()
    if let x = a.list, let y = b.list {
      guard x.count == y.count else { return false }
      for index in 0..<x.count {
        guard let verdict = equalsPlainly(x[index], y[index]) else {
          pairs.append((x[index], y[index]))
          continue
        }
        if !verdict { return false }
      }
    } else if let x = a.record, let y = b.record {
      guard x.count == y.count else { return false }
      for (index, symbol) in x.shape.symbols.enumerated() {
        guard let other = y[symbol] else { return false }
        guard let verdict = equalsPlainly(x.address(slot: index).pointee, other) else {
          pairs.append((x.address(slot: index).pointee, other))
          continue
        }
        if !verdict { return false }
      }
    }
    later += pairs.reversed()
    return true
  }
}

/// Finds containers that only hold each other, such as a local function that captures itself.
///
/// Reference counts free everything else at once. As in CPython: count, for each container, the
/// references that come from other containers; one with more than those is held from outside, and so
/// is all that it reaches; the rest is garbage and is emptied, which lets the counts free it. Natives
/// that hold a value are safe, because what they hold is counted.
enum Containers {
  nonisolated(unsafe) private static var objects: [ObjectIdentifier: Unmanaged<HeapObject>] = [:]
  nonisolated(unsafe) private static var count = 0
  nonisolated(unsafe) private static var threshold = 20_000

  /// Tracking each container in a table would cost more than the containers, so only closures and
  /// what they capture come here: a cycle without a function needs a list or record put into itself.
  static func born(_ object: HeapObject) {
    objects[ObjectIdentifier(object)] = Unmanaged.passUnretained(object)
    count += 1
  }

  static func died(_ object: HeapObject) {
    objects[ObjectIdentifier(object)] = nil
    count -= 1
  }

  /// Called at safe points; collects when the number of functions has doubled.
  @inline(__always) static func collectIfNeeded() {
    if count > threshold { collectAndAdapt() }
  }

  @inline(never) private static func collectAndAdapt() {
    collect()
    threshold = max(20_000, 2 * count)
  }

  static func collect() {
    var all = objects.values.map { $0.takeUnretainedValue() }
    var known = Set(all.map { ObjectIdentifier($0) })
    var inside: [ObjectIdentifier: Int32] = [:]
    // Lists and records are not in the table, but cycles may lead through them.
    var next = 0
    while next < all.count {
      forEachChild(of: all[next]) { child in
        let id = ObjectIdentifier(child)
        inside[id, default: 0] += 1
        if known.insert(id).inserted { all.append(child) }
      }
      next += 1
    }
    var reachable: Set<ObjectIdentifier> = []
    var pending = all.filter { $0.referenceCount > inside[ObjectIdentifier($0), default: 0] }
    while let object = pending.popLast() {
      guard reachable.insert(ObjectIdentifier(object)).inserted else { continue }
      forEachChild(of: object) { pending.append($0) }
    }
    // Every cycle that is found leads through a function: without what it captured there is none.
    for object in all where !reachable.contains(ObjectIdentifier(object)) {
      (object as? ClosureObject)?.clear()
      (object as? CapturedVariable)?.clear()
    }
  }

  private static func forEachChild(of object: HeapObject, _ body: (HeapObject) -> Void) {
    func visit(_ value: Value) {
      if value.isKind(.closure) || value.isKind(.list) || value.isKind(.record),
        let child = value.object
      {
        body(child)
      }
    }
    switch object {
    case let closure as ClosureObject: closure.captured.forEach(body)
    case let variable as CapturedVariable: visit(variable.ownValue)
    case let list as ListObject: list.values.forEach(visit)
    case let record as RecordObject: record.forEachValue(visit)
    default: break
    }
  }
}

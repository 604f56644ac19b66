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
  /// what they capture come here: a cycle without a function needs a list put into itself.
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
    let all = objects.values.map { $0.takeUnretainedValue() }
    var inside: [ObjectIdentifier: Int32] = [:]
    for object in all { forEachChild(of: object) { inside[ObjectIdentifier($0), default: 0] += 1 } }
    var reachable: Set<ObjectIdentifier> = []
    var pending = all.filter { $0.referenceCount > inside[ObjectIdentifier($0), default: 0] }
    while let object = pending.popLast() {
      guard reachable.insert(ObjectIdentifier(object)).inserted else { continue }
      forEachChild(of: object) { pending.append($0) }
    }
    for object in all where !reachable.contains(ObjectIdentifier(object)) {
      (object as? ClosureObject)?.clear()
      (object as? CapturedVariable)?.clear()
    }
  }

  private static func forEachChild(of object: HeapObject, _ body: (HeapObject) -> Void) {
    if let closure = object as? ClosureObject {
      closure.captured.forEach(body)
    } else if let variable = object as? CapturedVariable,
      let child = variable.ownValue.object, child is ClosureObject
    {
      body(child)
    }
  }
}

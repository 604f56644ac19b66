import Glibc

/// Anything that a `Value` refers to.
///
/// `referenceCount` counts holders in the world of values (registers, lists, globals), without atomic
/// operations; all of them together own one Swift reference. Swift code may hold objects as ordinary
/// references besides. An object goes away, with its children, as soon as nobody holds it: a tensor is
/// freed when its last register is overwritten.
open class HeapObject {
  /// The kinds that the machine's loop tells apart without a cast; `other` is all that hosts bring.
  public enum Kind: UInt8, Sendable { case other, string, list, record, closure, native, iterator }

  /// Set by the initialisers of those final classes; casts rely on it.
  public internal(set) final var heapKind = Kind.other
  public final var referenceCount: Int32 = 0

  public init() {
    LiveObjects.add(1)
  }

  deinit {
    LiveObjects.add(-1)
  }

  @inlinable @inline(__always) final func retainReference() {
    if referenceCount == 0 { firstReference() }
    referenceCount &+= 1
  }

  @inlinable @inline(__always) final func releaseReference() {
    referenceCount &-= 1
    if referenceCount == 0 { lastReference() }
  }

  @usableFromInline @inline(never) final func firstReference() {
    _ = Unmanaged.passRetained(self)
  }

  @usableFromInline @inline(never) final func lastReference() {
    ReleaseQueue.release(Unmanaged.passUnretained(self))
  }

  /// What `type(x)` says.
  open var typeName: String { "object" }
  /// What is printed for the value, in at most about `width` columns a line.
  open func summary(width: Int) -> String { typeName }
  /// What `"{x}"` and `print` give; the summary unless overridden.
  open var text: String { summary(width: 80) }
  /// Bytes that the object holds, for `whos`.
  open var byteCount: Int { 64 }
}

/// How many more objects this thread has made than freed: tests check that it returns to where it was.
///
/// Counted in debug builds alone, and by thread, because tests run side by side.
public enum LiveObjects {
  #if DEBUG
    private static let key = {
      var key = pthread_key_t()
      let status = pthread_key_create(&key) { $0?.deallocate() }
      precondition(status == 0, "the system has no thread key left")
      return key
    }()

    private static var counter: UnsafeMutablePointer<Int> {
      if let place = pthread_getspecific(key) { return place.assumingMemoryBound(to: Int.self) }
      let place = UnsafeMutablePointer<Int>.allocate(capacity: 1)
      place.initialize(to: 0)
      pthread_setspecific(key, place)
      return place
    }

    /// The number for this thread.
    public static var count: Int { counter.pointee }
    static func add(_ change: Int) { counter.pointee += change }
  #else
    @inline(__always) static func add(_ change: Int) {}
  #endif
}

/// Frees objects without recursion deeper than a limit, so that a list nested a million deep does not
/// overflow the stack.
enum ReleaseQueue {
  nonisolated(unsafe) private static var depth = 0
  nonisolated(unsafe) private static var waiting: [Unmanaged<HeapObject>] = []
  private static let depthMax = 64

  static func release(_ object: Unmanaged<HeapObject>) {
    if depth >= depthMax {
      waiting.append(object)
      return
    }
    depth += 1
    object.release()
    if depth == 1 {
      while let next = waiting.popLast() { next.release() }
    }
    depth -= 1
  }
}

/// A name as a small number: fields are found by comparing these.
public struct Symbol: Hashable, Sendable {
  /// The place among all names.
  public let index: Int32

  /// The symbol of a name; the same name gives the same symbol.
  public init(_ name: String) {
    if let index = SymbolTable.indices[name] {
      self.index = index
    } else {
      index = Int32(SymbolTable.names.count)
      SymbolTable.names.append(name)
      SymbolTable.indices[name] = index
    }
  }

  /// The symbol of a name that is in use already; nil if no record has had such a field.
  static func known(_ name: String) -> Symbol? {
    SymbolTable.indices[name].map { Symbol(index: $0) }
  }

  /// The name itself.
  public var name: String { SymbolTable.names[Int(index)] }
}

private enum SymbolTable {
  nonisolated(unsafe) static var names: [String] = []
  nonisolated(unsafe) static var indices: [String: Int32] = [:]
}

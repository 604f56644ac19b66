/// A dense n-dimensional array with value semantics.
///
/// Goals in order: a shape mistake is an error with both shapes in it; the same input gives the same
/// bits whatever the number of threads; memory is shared until written; speed.
///
/// Elements are row-major and contiguous. Reshaping and slicing the first axis share memory; any
/// other rearrangement copies, which is what a kernel would do anyway. Writing copies if the memory
/// is shared. An array is safe to send to another thread.
public struct NDArray: Sendable {
  package var storage: Storage
  /// Elements between the start of the storage and the first element.
  package var offset: Int
  /// Extents by axis.
  public internal(set) var shape: Shape
  /// What an element is.
  public let elementType: ElementType

  package init(storage: Storage, offset: Int, shape: Shape, elementType: ElementType) {
    self.storage = storage
    self.offset = offset
    self.shape = shape
    self.elementType = elementType
  }

  /// An array whose elements are whatever the memory held: every element must be written next.
  package init(uninitialized shape: Shape, _ elementType: ElementType = .float32) {
    self.init(
      storage: Storage(byteCount: shape.count * elementType.byteSize), offset: 0, shape: shape,
      elementType: elementType)
  }

  /// How many elements there are.
  public var count: Int { shape.count }
  /// How many axes there are.
  public var rank: Int { shape.rank }
  /// Bytes that the elements take.
  public var byteCount: Int { count * elementType.byteSize }

  /// Whether no other array shares the memory, so that writing will not copy.
  package mutating func isUniquelyOwned() -> Bool {
    isKnownUniquelyReferenced(&storage)
  }

  /// Reads the elements in row-major order. `T` must be the element type.
  public func withElements<T: ArrayElement, R, E: Error>(
    of type: T.Type = T.self, _ body: (UnsafeBufferPointer<T>) throws(E) -> R
  ) throws(E) -> R {
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeBufferPointer(start: pointer(to: T.self), count: count))
  }

  /// Reads and writes the elements in row-major order, copying first if the memory is shared.
  public mutating func withMutableElements<T: ArrayElement, R, E: Error>(
    of type: T.Type = T.self, _ body: (UnsafeMutableBufferPointer<T>) throws(E) -> R
  ) throws(E) -> R {
    makeUnique()
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeMutableBufferPointer(start: pointer(to: T.self), count: count))
  }

  /// The first element. Valid while the array is alive; kernels' innermost calls use it.
  package func pointer<T: ArrayElement>(to type: T.Type) -> UnsafeMutablePointer<T> {
    precondition(T.elementType == elementType, "elements are read as what they are")
    return storage.pointer.assumingMemoryBound(to: T.self) + offset
  }

  /// The first element of a float32 array.
  package var floats: UnsafeMutablePointer<Float> { pointer(to: Float.self) }

  private mutating func makeUnique() {
    guard !isKnownUniquelyReferenced(&storage) else { return }
    let copy = Storage(byteCount: byteCount)
    copy.pointer.copyMemory(
      from: storage.pointer + offset * elementType.byteSize, byteCount: byteCount)
    storage = copy
    offset = 0
  }

  /// Whether two arrays have the same type, shape and elements (NaN differs from itself).
  public static func == (left: NDArray, right: NDArray) -> Bool {
    guard left.elementType == right.elementType, left.shape == right.shape else { return false }
    func same<T: ArrayElement>(_: T.Type) -> Bool {
      left.withElements(of: T.self) { a in
        right.withElements(of: T.self) { b in a.elementsEqual(b) }
      }
    }
    return switch left.elementType {
    case .float32: same(Float.self)
    case .int32: same(Int32.self)
    case .uint8: same(UInt8.self)
    case .bool: same(Bool.self)
    }
  }
}

extension NDArray: Equatable {}

extension NDArray {
  /// An array of zeros (`false` for a mask).
  public init(zeros shape: Shape, _ elementType: ElementType = .float32) {
    self.init(uninitialized: shape, elementType)
    storage.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
  }

  /// An array with one value everywhere.
  public init<T: ArrayElement>(repeating value: T, shape: Shape) {
    self.init(uninitialized: shape, T.elementType)
    pointer(to: T.self).initialize(repeating: value, count: count)
  }

  /// An array of given elements in row-major order; `elements.count` must be the shape's.
  public init<T: ArrayElement>(_ elements: [T], shape: Shape) {
    precondition(elements.count == shape.count, "as many elements as the shape holds")
    self.init(uninitialized: shape, T.elementType)
    elements.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return }
      pointer(to: T.self).initialize(from: base, count: elements.count)
    }
  }

  /// A one-dimensional array.
  public init<T: ArrayElement>(_ elements: [T]) {
    self.init(elements, shape: [elements.count])
  }

  /// An array without axes.
  public init<T: ArrayElement>(scalar value: T) {
    self.init(repeating: value, shape: [])
  }

  /// The elements as a Swift array, in row-major order.
  public func elements<T: ArrayElement>(of type: T.Type = T.self) -> [T] {
    withElements(of: T.self) { Array($0) }
  }

  /// The elements as they lie in memory, for files (little-endian on all machines that ccv runs on).
  public var rawBytes: [UInt8] {
    let start = storage.pointer + offset * elementType.byteSize
    return Array(UnsafeRawBufferPointer(start: start, count: byteCount))
  }

  /// An array from such bytes; as many as the shape needs.
  public init(rawBytes: ArraySlice<UInt8>, shape: Shape, _ elementType: ElementType) {
    self.init(uninitialized: shape, elementType)
    precondition(rawBytes.count == byteCount, "as many bytes as the shape needs")
    rawBytes.withUnsafeBytes { source in
      guard let base = source.baseAddress else { return }
      // A bool is 0 or 1 in memory, whatever a file says.
      if elementType == .bool {
        let flags = pointer(to: Bool.self)
        for index in 0..<source.count { flags[index] = source[index] != 0 }
      } else {
        storage.pointer.copyMemory(from: base, byteCount: byteCount)
      }
    }
  }

  /// The value of an array with one element, as a number (`true` is 1).
  public var scalarValue: Double {
    precondition(count == 1, "one element")
    return switch elementType {
    case .float32: Double(pointer(to: Float.self).pointee)
    case .int32: Double(pointer(to: Int32.self).pointee)
    case .uint8: Double(pointer(to: UInt8.self).pointee)
    case .bool: pointer(to: Bool.self).pointee ? 1 : 0
    }
  }

  /// The same numbers with another element type.
  ///
  /// To `int32` and `uint8` a float is rounded to the nearest integer (ties to even) and clamped to
  /// the range, NaN becomes 0; to `bool` any number but 0 is `true`; a mask becomes 0 and 1.
  public func converted(to target: ElementType) -> NDArray {
    guard target != elementType else { return self }
    func from<S: ArrayElement>(_: S.Type, _ number: (S) -> Double) -> NDArray {
      let result = NDArray(uninitialized: shape, target)
      withElements(of: S.self) { source in
        switch target {
        case .float32:
          let out = result.pointer(to: Float.self)
          for index in source.indices { out[index] = Float(number(source[index])) }
        case .int32:
          let out = result.pointer(to: Int32.self)
          for index in source.indices { out[index] = Int32(clampingNumber: number(source[index])) }
        case .uint8:
          let out = result.pointer(to: UInt8.self)
          for index in source.indices { out[index] = UInt8(clampingNumber: number(source[index])) }
        case .bool:
          let out = result.pointer(to: Bool.self)
          for index in source.indices { out[index] = number(source[index]) != 0 }
        }
      }
      return result
    }
    return switch elementType {
    case .float32: from(Float.self) { Double($0) }
    case .int32: from(Int32.self) { Double($0) }
    case .uint8: from(UInt8.self) { Double($0) }
    case .bool: from(Bool.self) { $0 ? 1 : 0 }
    }
  }
}

extension FixedWidthInteger {
  /// The nearest integer within range; NaN becomes 0.
  fileprivate init(clampingNumber value: Double) {
    guard !value.isNaN else {
      self = 0
      return
    }
    let rounded = value.rounded(.toNearestOrEven)
    self =
      rounded >= Double(Self.max) ? .max : rounded <= Double(Self.min) ? .min : Self(rounded)
  }
}

extension NDArray {
  /// The same elements under another shape; at most one extent may be -1, which is then worked out.
  public func reshaped(to extents: [Int]) throws(ShapeError) -> NDArray {
    let inferred = extents.filter { $0 == -1 }.count
    guard inferred <= 1, !extents.contains(where: { $0 < -1 }) else {
      throw ShapeError.reshape(from: shape, to: extents)
    }
    var resolved = extents
    if inferred == 1, let axis = extents.firstIndex(of: -1) {
      let known = try Shape.validated(extents.filter { $0 != -1 }).count
      guard known > 0, count % known == 0 else {
        throw ShapeError.reshape(from: shape, to: extents)
      }
      resolved[axis] = count / known
    }
    let target = try Shape.validated(resolved)
    guard target.count == count else { throw ShapeError.reshape(from: shape, to: extents) }
    return viewed(as: target)
  }

  /// The same memory under a shape of the same count.
  package func viewed(as shape: Shape) -> NDArray {
    precondition(shape.count == self.shape.count, "a view keeps the number of elements")
    return NDArray(storage: storage, offset: offset, shape: shape, elementType: elementType)
  }

  /// The axes in another order: axis `i` of the result is axis `axes[i]` of this array.
  public func permuted(_ axes: [Int]) throws(ShapeError) -> NDArray {
    var order = [Int]()
    for axis in axes { order.append(try shape.resolvedAxis(axis, for: "permute")) }
    guard order.count == rank, Set(order).count == rank else {
      throw ShapeError.wrongRank(
        operation: "permute", seen: shape, wanted: "each of its \(rank) axes named once")
    }
    if order == Array(0..<rank) { return self }
    let strides = shape.strides
    return gathered(
      shape: Shape(order.map { shape.extents[$0] }), strides: order.map { strides[$0] })
  }

  /// Two axes swapped; without arguments the last two.
  public func transposed(_ first: Int = -2, _ second: Int = -1) throws(ShapeError) -> NDArray {
    let a = try shape.resolvedAxis(first, for: "transpose")
    let b = try shape.resolvedAxis(second, for: "transpose")
    var axes = Array(0..<rank)
    axes.swapAt(a, b)
    return try permuted(axes)
  }

  /// The array repeated along axes of extent 1 and in front, to exactly `target` (see Broadcasting).
  public func broadcast(to target: Shape) throws(ShapeError) -> NDArray {
    if shape == target { return self }
    let combined = try Broadcasting.result(of: shape, and: target, for: "broadcast")
    guard combined == target else {
      throw ShapeError.mismatch(operation: "broadcast", left: shape, right: target)
    }
    let own = shape.strides
    let missing = target.rank - rank
    let strides = target.extents.indices.map { axis in
      axis < missing || shape.extents[axis - missing] == 1 ? 0 : own[axis - missing]
    }
    return gathered(shape: target, strides: strides)
  }

  /// Arrays joined along an axis; all other extents and the element types are equal.
  public static func concatenated(
    _ parts: [NDArray], axis: Int
  ) throws(ShapeError) -> NDArray {
    guard let first = parts.first else { throw ShapeError.empty(operation: "concat") }
    let axis = try first.shape.resolvedAxis(axis, for: "concat")
    for part in parts.dropFirst() {
      guard part.elementType == first.elementType else {
        throw ShapeError.wrongElementType(
          operation: "concat", seen: part.elementType, wanted: first.elementType.name)
      }
      guard part.rank == first.rank,
        part.shape.removing(axis: axis) == first.shape.removing(axis: axis)
      else {
        throw ShapeError.mismatch(operation: "concat", left: first.shape, right: part.shape)
      }
    }
    let extent = parts.reduce(0) { $0 + $1.shape[axis] }
    let result = NDArray(
      uninitialized: first.shape.replacing(axis: axis, with: extent), first.elementType)
    let (outer, _, inner) = first.shape.split(at: axis)
    let size = first.elementType.byteSize
    let rowBytes = extent * inner * size
    var start = 0
    for part in parts {
      let partBytes = part.shape[axis] * inner * size
      let source = UnsafeRawPointer(part.storage.pointer) + part.offset * size
      for row in 0..<outer {
        (result.storage.pointer + row * rowBytes + start)
          .copyMemory(from: source + row * partBytes, byteCount: partBytes)
      }
      start += partBytes
    }
    return result
  }

  /// Arrays of one shape laid side by side on a new axis.
  public static func stacked(_ parts: [NDArray], axis: Int = 0) throws(ShapeError) -> NDArray {
    guard let first = parts.first else { throw ShapeError.empty(operation: "stack") }
    let position = axis < 0 ? axis + first.rank + 1 : axis
    guard position >= 0, position <= first.rank else {
      throw ShapeError.axisOutOfRange(operation: "stack", axis: axis, shape: first.shape)
    }
    for part in parts where part.shape != first.shape {
      throw ShapeError.mismatch(operation: "stack", left: first.shape, right: part.shape)
    }
    var extents = first.shape.extents
    extents.insert(1, at: position)
    let widened = Shape(extents)
    return try concatenated(parts.map { $0.viewed(as: widened) }, axis: position)
  }

  /// A copy that reads this array with other strides (0 repeats); `from` is in elements.
  package func gathered(shape target: Shape, strides: [Int], from start: Int = 0) -> NDArray {
    let result = NDArray(uninitialized: target, elementType)
    guard target.count > 0 else { return result }
    let source = UnsafeRawPointer(storage.pointer) + (offset + start) * elementType.byteSize
    switch elementType.byteSize {
    case 4:
      StridedCopy.run(
        source.assumingMemoryBound(to: UInt32.self),
        result.storage.pointer.assumingMemoryBound(to: UInt32.self), target.extents, strides)
    default:
      StridedCopy.run(
        source.assumingMemoryBound(to: UInt8.self),
        result.storage.pointer.assumingMemoryBound(to: UInt8.self), target.extents, strides)
    }
    return result
  }
}

/// Copies a strided view into dense memory, the last two axes in the inner loops.
private enum StridedCopy {
  static func run<T: BitwiseCopyable>(
    _ source: UnsafePointer<T>, _ target: UnsafeMutablePointer<T>, _ extents: [Int],
    _ strides: [Int]
  ) {
    guard let columns = extents.last, let columnStride = strides.last else {
      target.pointee = source.pointee
      return
    }
    let outerExtents = extents.dropLast()
    let rows = outerExtents.reduce(1, *)
    var index = [Int](repeating: 0, count: outerExtents.count)
    var start = 0
    for row in 0..<rows {
      let out = target + row * columns
      switch columnStride {
      case 1: out.update(from: source + start, count: columns)
      case 0: out.update(repeating: source[start], count: columns)
      default: for column in 0..<columns { out[column] = source[start + column * columnStride] }
      }
      var axis = outerExtents.count - 1
      while axis >= 0 {
        index[axis] += 1
        start += strides[axis]
        if index[axis] < outerExtents[axis] { break }
        start -= strides[axis] * outerExtents[axis]
        index[axis] = 0
        axis -= 1
      }
    }
  }
}

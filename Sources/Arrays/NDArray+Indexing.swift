/// How one axis is read by a subscript.
public enum AxisIndex: Sendable, Equatable {
  /// One position, the axis goes away; negative counts from the end.
  case position(Int)
  /// Positions `from`, `from + by`, ... below `to`; the axis stays. `by` is at least 1.
  case span(from: Int, to: Int, by: Int = 1)
  /// The whole axis.
  case all
}

extension NDArray {
  /// The part of the array that one index per leading axis picks; axes without an index stay whole.
  public func slice(_ indices: [AxisIndex]) throws(ShapeError) -> NDArray {
    let window = try Window(indices, of: shape)
    if window.isContiguousPrefix {
      return NDArray(
        storage: storage, offset: offset + window.start, shape: window.shape,
        elementType: elementType)
    }
    return gathered(shape: window.shape, strides: window.strides, from: window.start)
  }

  /// One element along the first axis, sharing memory.
  public func row(_ index: Int) throws(ShapeError) -> NDArray {
    try slice([.position(index)])
  }

  /// Writes `values` (broadcast to the picked part) over the part that the indices pick.
  public mutating func replace(
    _ indices: [AxisIndex], with values: NDArray
  ) throws(ShapeError) {
    let window = try Window(indices, of: shape)
    let source = try values.converted(to: elementType).broadcast(to: window.shape)
    switch elementType.byteSize {
    case 4: write(window, from: source, as: UInt32.self)
    default: write(window, from: source, as: UInt8.self)
    }
  }

  private mutating func write<T: BitwiseCopyable>(
    _ window: Window, from source: NDArray, as _: T.Type
  ) {
    let input = (source.storage.pointer + source.offset * MemoryLayout<T>.size)
      .assumingMemoryBound(to: T.self)
    withMutableBytesOwned { base in
      let output = base.assumingMemoryBound(to: T.self) + window.start
      window.forEachOffset { position, offset in output[offset] = input[position] }
    }
  }

  private mutating func withMutableBytesOwned(_ body: (UnsafeMutableRawPointer) -> Void) {
    switch elementType {
    case .float32: withMutableElements(of: Float.self) { if let p = $0.baseAddress { body(p) } }
    case .int32: withMutableElements(of: Int32.self) { if let p = $0.baseAddress { body(p) } }
    case .uint8: withMutableElements(of: UInt8.self) { if let p = $0.baseAddress { body(p) } }
    case .bool: withMutableElements(of: Bool.self) { if let p = $0.baseAddress { body(p) } }
    }
  }

  /// Rows (slices of the first axis) picked by index, in the order given.
  ///
  /// - Shapes: self [R, ...], indices [..n..] int32 -> [..n.., ...].
  /// - Throws: `indexOutOfRange`; negative indices count from the end.
  public func rows(at indices: NDArray) throws(ShapeError) -> NDArray {
    let rowShape = try rowShape(for: "gather")
    let picked = try resolvedRows(indices)
    let result = NDArray(
      uninitialized: Shape(indices.shape.extents + rowShape.extents), elementType)
    let size = rowShape.count * elementType.byteSize
    let source = storage.pointer + offset * elementType.byteSize
    for (position, row) in picked.enumerated() {
      (result.storage.pointer + position * size)
        .copyMemory(from: source + row * size, byteCount: size)
    }
    return result
  }

  /// Zeros of `count` rows to which row `i` of self was added at `indices[i]`: the transpose of
  /// `rows(at:)`. Rows that are named more than once are added in the order given.
  ///
  /// - Shapes: self [..n.., ...] float32, indices [..n..] int32 -> [count, ...].
  public func scatterAdded(at indices: NDArray, count rowCount: Int) throws(ShapeError) -> NDArray {
    guard elementType == .float32 else {
      throw ShapeError.wrongElementType(
        operation: "scatter", seen: elementType, wanted: "float32")
    }
    guard shape.extents.starts(with: indices.shape.extents) else {
      throw ShapeError.mismatch(operation: "scatter", left: shape, right: indices.shape)
    }
    let rowShape = Shape(Array(shape.extents.dropFirst(indices.rank)))
    let result = NDArray(zeros: Shape([rowCount] + rowShape.extents))
    let picked = try result.resolvedRows(indices)
    let width = rowShape.count
    let (source, target) = (floats, result.floats)
    for (position, row) in picked.enumerated() {
      let (from, to) = (source + position * width, target + row * width)
      for column in 0..<width { to[column] += from[column] }
    }
    return result
  }

  /// The positions (row-major) at which a mask is true, as int32.
  public func trueIndices() throws(ShapeError) -> NDArray {
    guard elementType == .bool else {
      throw ShapeError.wrongElementType(
        operation: "indices of a mask", seen: elementType, wanted: "bool")
    }
    return withElements(of: Bool.self) { mask in
      NDArray(mask.indices.lazy.filter { mask[$0] }.map { Int32($0) })
    }
  }

  private func rowShape(for operation: String) throws(ShapeError) -> Shape {
    guard rank >= 1 else {
      throw ShapeError.wrongRank(operation: operation, seen: shape, wanted: "at least one axis")
    }
    return Shape(Array(shape.extents.dropFirst()))
  }

  private func resolvedRows(_ indices: NDArray) throws(ShapeError) -> [Int] {
    guard indices.elementType == .int32 else {
      throw ShapeError.wrongElementType(
        operation: "index", seen: indices.elementType, wanted: "int32")
    }
    var rows = [Int]()
    rows.reserveCapacity(indices.count)
    for index in indices.elements(of: Int32.self) {
      let row = Int(index) < 0 ? Int(index) + shape[0] : Int(index)
      guard row >= 0, row < shape[0] else {
        throw ShapeError.indexOutOfRange(index: Int(index), axis: 0, shape: shape)
      }
      rows.append(row)
    }
    return rows
  }
}

/// A rectangular part of an array: where it starts and how its axes step through the memory.
private struct Window {
  let start: Int
  let shape: Shape
  let strides: [Int]
  /// Whether the part is one run of memory.
  let isContiguousPrefix: Bool

  init(_ indices: [AxisIndex], of whole: Shape) throws(ShapeError) {
    guard indices.count <= whole.rank else {
      throw ShapeError.wrongRank(
        operation: "index with \(indices.count) indices", seen: whole,
        wanted: "at least \(indices.count) axes")
    }
    let wholeStrides = whole.strides
    var (start, extents, strides) = (0, [Int](), [Int]())
    for axis in 0..<whole.rank {
      let extent = whole.extents[axis]
      switch axis < indices.count ? indices[axis] : .all {
      case .all:
        extents.append(extent)
        strides.append(wholeStrides[axis])
      case .position(let index):
        let resolved = index < 0 ? index + extent : index
        guard resolved >= 0, resolved < extent else {
          throw ShapeError.indexOutOfRange(index: index, axis: axis, shape: whole)
        }
        start += resolved * wholeStrides[axis]
      case .span(let from, let to, let by):
        guard from >= 0, to <= extent, by >= 1 else {
          throw ShapeError.indexOutOfRange(
            index: from < 0 ? from : to - 1, axis: axis, shape: whole)
        }
        start += from < extent ? from * wholeStrides[axis] : 0
        extents.append(to > from ? (to - from + by - 1) / by : 0)
        strides.append(wholeStrides[axis] * by)
      }
    }
    self.start = start
    self.shape = Shape(extents)
    self.strides = strides
    var expected = 1
    var contiguous = true
    for axis in stride(from: extents.count - 1, through: 0, by: -1) where extents[axis] != 1 {
      contiguous = contiguous && strides[axis] == expected
      expected *= extents[axis]
    }
    isContiguousPrefix = contiguous
  }

  /// Calls `body` with each row-major position of the part and its offset in the whole.
  func forEachOffset(_ body: (_ position: Int, _ offset: Int) -> Void) {
    var index = [Int](repeating: 0, count: shape.rank)
    var offset = 0
    for position in 0..<shape.count {
      body(position, offset)
      var axis = shape.rank - 1
      while axis >= 0 {
        index[axis] += 1
        offset += strides[axis]
        if index[axis] < shape.extents[axis] { break }
        offset -= strides[axis] * shape.extents[axis]
        index[axis] = 0
        axis -= 1
      }
    }
  }
}

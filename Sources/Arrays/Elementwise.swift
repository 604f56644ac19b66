import CKernels

/// A function of one number, applied to each element.
public enum UnaryOperation: UInt32, CaseIterable, Sendable {
  case negate, absolute, exp, log, sqrt, reciprocal, tanh, sigmoid, gelu, relu, square, sin, cos
  case floor, ceil, round

  /// Elements of plain arithmetic that cost as much as one of these.
  fileprivate var cost: Int {
    switch self {
    case .negate, .absolute, .relu, .square, .floor, .ceil, .round: 1
    case .sqrt, .reciprocal: 2
    case .exp, .log, .sigmoid, .tanh, .gelu: 8
    case .sin, .cos: 30
    }
  }
}

/// An operation on two numbers, applied to each pair of elements.
public enum BinaryOperation: UInt32, CaseIterable, Sendable {
  case add, subtract, multiply, divide, maximum, minimum, power

  /// The operator that a message names.
  public var symbol: String {
    switch self {
    case .add: "+"
    case .subtract: "-"
    case .multiply: "*"
    case .divide: "/"
    case .maximum: "max"
    case .minimum: "min"
    case .power: "^"
    }
  }
}

/// A comparison of two numbers; NaN is unequal to everything and neither less nor greater.
public enum Comparison: UInt32, CaseIterable, Sendable {
  case equal, notEqual, less, lessEqual, greater, greaterEqual

  /// The operator that a message names.
  public var symbol: String {
    switch self {
    case .equal: "=="
    case .notEqual: "!="
    case .less: "<"
    case .lessEqual: "<="
    case .greater: ">"
    case .greaterEqual: ">="
    }
  }
}

/// Applies a function to each element. Other element types are converted to float32 first.
public func elementwise(_ operation: UnaryOperation, _ x: NDArray) -> NDArray {
  let input = x.converted(to: .float32)
  let result = NDArray(uninitialized: x.shape)
  let (from, to) = (input.floats, result.floats)
  let code = ccv_unary(rawValue: operation.rawValue)
  Parallel.forEachSlice(of: x.count, grain: Parallel.elementsPerSlice / operation.cost) { slice in
    kernels.unary(code, Int64(slice.count), from + slice.lowerBound, to + slice.lowerBound)
  }
  withExtendedLifetime(input) {}
  return result
}

/// Combines two arrays element by element under the broadcasting rule (see Broadcasting).
public func elementwise(
  _ operation: BinaryOperation, _ a: NDArray, _ b: NDArray
) throws(ShapeError) -> NDArray {
  let shape = try Broadcasting.result(of: a.shape, and: b.shape, for: operation.symbol)
  let (left, right) = (a.converted(to: .float32), b.converted(to: .float32))
  let result = NDArray(uninitialized: shape)
  let code = ccv_binary(rawValue: operation.rawValue)
  let output = result.floats
  forEachAlignedRun(left, right, shape) { start, count, p, pStep, q, qStep in
    kernels.binary(code, Int64(count), p, pStep, q, qStep, output + start)
  }
  return result
}

/// Compares two arrays element by element under the broadcasting rule; the result is a mask.
///
/// Integers beyond 2^24 are compared as float32.
public func compare(
  _ comparison: Comparison, _ a: NDArray, _ b: NDArray
) throws(ShapeError) -> NDArray {
  let shape = try Broadcasting.result(of: a.shape, and: b.shape, for: comparison.symbol)
  let (left, right) = (a.converted(to: .float32), b.converted(to: .float32))
  let result = NDArray(uninitialized: shape, .bool)
  let code = ccv_comparison(rawValue: comparison.rawValue)
  let output = result.storage.pointer.assumingMemoryBound(to: UInt8.self)
  forEachAlignedRun(left, right, shape) { start, count, p, pStep, q, qStep in
    kernels.compare(code, Int64(count), p, pStep, q, qStep, output + start)
  }
  return result
}

/// `mask ? a : b` for each element; the three broadcast to one shape.
public func select(_ mask: NDArray, _ a: NDArray, _ b: NDArray) throws(ShapeError) -> NDArray {
  guard mask.elementType == .bool else {
    throw ShapeError.wrongElementType(operation: "where", seen: mask.elementType, wanted: "bool")
  }
  let values = try Broadcasting.result(of: a.shape, and: b.shape, for: "where")
  let shape = try Broadcasting.result(of: mask.shape, and: values, for: "where")
  let wide = try mask.broadcast(to: shape)
  let left = try a.converted(to: .float32).broadcastUnlessScalar(to: shape)
  let right = try b.converted(to: .float32).broadcastUnlessScalar(to: shape)
  let result = NDArray(uninitialized: shape)
  let flags = UnsafeRawPointer(wide.pointer(to: Bool.self)).assumingMemoryBound(to: UInt8.self)
  let (p, q, y) = (left.floats, right.floats, result.floats)
  let (pStep, qStep) = (left.count == shape.count ? 1 : 0, right.count == shape.count ? 1 : 0)
  Parallel.forEachSlice(of: shape.count, grain: Parallel.elementsPerSlice) { slice in
    let start = slice.lowerBound
    kernels.select(
      Int64(slice.count), flags + start, p + start * pStep, Int32(pStep), q + start * qStep,
      Int32(qStep), y + start)
  }
  withExtendedLifetime((wide, left, right)) {}
  return result
}

extension NDArray {
  /// The array under the target shape, copied if need be; one element stays one element.
  fileprivate func broadcastUnlessScalar(to target: Shape) throws(ShapeError) -> NDArray {
    count == 1 && target.count != 1 ? self : try broadcast(to: target)
  }

  /// self += factor * other, in place; the shapes are equal. For gradients and running sums.
  package mutating func addScaled(_ other: NDArray, by factor: Float = 1) {
    precondition(shape.count == other.shape.count, "in-place addition needs equal counts")
    withMutableElements(of: Float.self) { target in
      guard let to = target.baseAddress else { return }
      let from = other.floats
      Parallel.forEachSlice(of: target.count, grain: Parallel.elementsPerSlice) { slice in
        kernels.add_scaled(
          Int64(slice.count), factor, from + slice.lowerBound, to + slice.lowerBound)
      }
    }
  }
}

/// Calls `body` with runs along which each operand advances by one or stays: the whole array where
/// shapes are equal or an operand is one number, rows where an operand repeats along the tail.
private func forEachAlignedRun(
  _ a: NDArray, _ b: NDArray, _ shape: Shape,
  _ body: (Int, Int, UnsafePointer<Float>, Int32, UnsafePointer<Float>, Int32) -> Void
) {
  guard shape.count > 0 else { return }
  let (wideA, wideB, row) = alignedOperands(a, b, shape)
  let (p, q) = (UnsafePointer(wideA.floats), UnsafePointer(wideB.floats))
  let (aStep, bStep) = (wideA.count == 1 ? 0 : 1, wideB.count == 1 ? 0 : 1)
  if row == shape.count {
    Parallel.forEachSlice(of: shape.count, grain: Parallel.elementsPerSlice) { slice in
      let start = slice.lowerBound
      body(start, slice.count, p + start * aStep, Int32(aStep), q + start * bStep, Int32(bStep))
    }
  } else {
    // One operand is full, the other a tail of `row` elements ([columns]) or one per row ([rows, 1]).
    let rows = shape.count / row
    let aRow = operandRow(wideA, shape: shape, row: row)
    let bRow = operandRow(wideB, shape: shape, row: row)
    Parallel.forEachRowSlice(rows, columns: row) { slice in
      for index in slice {
        body(index * row, row, p + index * aRow.skip, aRow.step, q + index * bRow.skip, bRow.step)
      }
    }
  }
  withExtendedLifetime((wideA, wideB)) {}
}

/// How an operand moves: elements from row to row, and along a row.
private func operandRow(_ x: NDArray, shape: Shape, row: Int) -> (skip: Int, step: Int32) {
  if x.count == shape.count { return (row, 1) }
  if x.count == 1 { return (0, 0) }
  return x.count == row && x.shape[-1] == shape[-1] ? (0, 1) : (1, 0)
}

/// The operands in a form that runs can read, and the length of a run.
private func alignedOperands(
  _ a: NDArray, _ b: NDArray, _ shape: Shape
) -> (NDArray, NDArray, Int) {
  func isFull(_ x: NDArray) -> Bool { x.count == shape.count }
  if (isFull(a) || a.count == 1) && (isFull(b) || b.count == 1) { return (a, b, shape.count) }
  let (full, small) = isFull(a) ? (a, b) : (b, a)
  if isFull(full), small.count > 1 {
    let extents = small.shape.extents
    let trimmed = Array(extents.drop { $0 == 1 })
    if trimmed.isEmpty == false, shape.extents.suffix(trimmed.count).elementsEqual(trimmed) {
      return (a, b, small.count)
    }
    // [rows..., 1]: one number per row of the last axis.
    if small.rank == shape.rank, extents.last == 1,
      extents.dropLast().elementsEqual(shape.extents.dropLast()), shape[-1] > 1
    {
      return (a, b, shape[-1])
    }
  }
  // Both repeat somewhere, or along middle axes: written out first. Broadcasting was checked.
  guard let wideA = try? a.broadcast(to: shape), let wideB = try? b.broadcast(to: shape) else {
    preconditionFailure("operands broadcast to the shape that the rule gave")
  }
  return (wideA, wideB, shape.count)
}

public import Arrays
import CKernels

/// Softmax over the last axis; dx = y (dy - sum(dy y)).
public func softmax(_ x: Tensor) -> Tensor {
  let input = x.value.converted(to: .float32)
  let (rows, columns) = x.shape.rowsAndColumns
  let y = NDArray(uninitialized: x.shape)
  let (from, to) = (input.floats, y.floats)
  Parallel.forEachRowSlice(rows, columns: columns, costPerElement: 8) { slice in
    let start = slice.lowerBound * columns
    kernels.softmax(Int64(slice.count), Int64(columns), from + start, to + start)
  }
  withExtendedLifetime(input) {}
  return recorded(y, from: x) { dy, slots in
    let dx = NDArray(uninitialized: y.shape)
    let (p, slope, out) = (y.floats, dy.floats, dx.floats)
    Parallel.forEachRowSlice(rows, columns: columns) { slice in
      let start = slice.lowerBound * columns
      kernels.softmax_pullback(
        Int64(slice.count), Int64(columns), p + start, slope + start, out + start)
    }
    slots.add(to: x, dx)
  }
}

/// log(sum(exp(x))) over the last axis, which goes away; dx = dy softmax(x).
public func logSumExp(_ x: Tensor) -> Tensor {
  let input = x.value.converted(to: .float32)
  let (rows, columns) = x.shape.rowsAndColumns
  let y = NDArray(uninitialized: Shape(Array(x.shape.extents.dropLast())))
  let (from, to) = (input.floats, y.floats)
  Parallel.forEachRowSlice(rows, columns: columns, costPerElement: 8) { slice in
    kernels.log_sum_exp(
      Int64(slice.count), Int64(columns), from + slice.lowerBound * columns,
      to + slice.lowerBound)
  }
  return recorded(y, from: x) { dy, slots in
    slots.add(
      to: x,
      proven { () throws(ShapeError) in
        let wide = Shape(Array(x.shape.extents.dropLast()) + [1])
        let shifted = try elementwise(.subtract, input, y.viewed(as: wide))
        return elementwise(.exp, shifted).times(dy.viewed(as: wide))
      })
  }
}

/// The cross-entropy of each row, -log softmax(logits)[id]; dlogits = (softmax - one hot) dy.
///
/// - Shapes: logits [..., V], ids [...] int32, each in 0..<V -> [...], in nats.
public func crossEntropy(_ logits: Tensor, ids: NDArray) throws(ShapeError) -> Tensor {
  let (rows, columns) = logits.shape.rowsAndColumns
  guard ids.elementType == .int32 else {
    throw ShapeError.wrongElementType(
      operation: "cross_entropy", seen: ids.elementType, wanted: "int32 ids")
  }
  guard logits.shape.rank >= 1, ids.shape.extents == logits.shape.extents.dropLast() else {
    throw ShapeError.mismatch(operation: "cross_entropy", left: logits.shape, right: ids.shape)
  }
  try checkIds(ids, below: columns)
  let input = logits.value.converted(to: .float32)
  let (y, lse) = (NDArray(uninitialized: ids.shape), NDArray(uninitialized: ids.shape))
  let (from, id) = (input.floats, ids.pointer(to: Int32.self))
  let (loss, sums) = (y.floats, lse.floats)
  Parallel.forEachRowSlice(rows, columns: columns, costPerElement: 8) { slice in
    let start = slice.lowerBound
    kernels.cross_entropy(
      Int64(slice.count), Int64(columns), from + start * columns, id + start, loss + start,
      sums + start)
  }
  return recorded(y, from: logits) { dy, slots in
    let dx = NDArray(uninitialized: logits.shape)
    let (from, id, out) = (input.floats, ids.pointer(to: Int32.self), dx.floats)
    let (sums, scale) = (lse.floats, dy.floats)
    Parallel.forEachRowSlice(rows, columns: columns, costPerElement: 8) { slice in
      let start = slice.lowerBound
      kernels.cross_entropy_pullback(
        Int64(slice.count), Int64(columns), from + start * columns, id + start, sums + start,
        scale + start, out + start * columns)
    }
    slots.add(to: logits, dx)
  }
}

private func checkIds(_ ids: NDArray, below limit: Int) throws(ShapeError) {
  let worst = ids.withElements(of: Int32.self) { ids in
    ids.first { $0 < 0 || Int($0) >= limit }
  }
  guard let worst else { return }
  throw ShapeError.valueOutOfRange(
    operation: "cross_entropy", what: "an id", seen: String(worst),
    wanted: "0 to \(limit - 1), one of the \(limit) columns of the logits")
}

/// The mean squared difference over the last axis; da = 2 (a - b) dy / n.
///
/// - Shapes: a and b [..., n] -> [...].
public func meanSquaredError(_ a: Tensor, _ b: Tensor) throws(ShapeError) -> Tensor {
  guard a.shape == b.shape, a.shape.rank >= 1 else {
    throw ShapeError.mismatch(operation: "mse", left: a.shape, right: b.shape)
  }
  let difference = try elementwise(.subtract, a.value, b.value)
  let (rows, columns) = a.shape.rowsAndColumns
  guard columns > 0 else { throw ShapeError.empty(operation: "mse") }
  let y = NDArray(uninitialized: Shape(Array(a.shape.extents.dropLast())))
  let (d, out) = (difference.floats, y.floats)
  Parallel.forEachRowSlice(rows, columns: columns) { slice in
    let start = slice.lowerBound * columns
    kernels.dot_rows(
      Int64(slice.count), Int64(columns), d + start, d + start, out + slice.lowerBound)
    for row in slice { out[row] /= Float(columns) }
  }
  return recorded(y, from: a, b) { dy, slots in
    let wide = dy.viewed(as: Shape(y.shape.extents + [1])).affine(2 / Float(columns), 0)
    let da = difference.times(wide)
    slots.add(to: a, da)
    slots.add(to: b, elementwise(.negate, da))
  }
}

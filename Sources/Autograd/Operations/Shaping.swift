public import Arrays

/// The same elements under another shape (one extent may be -1).
public func reshape(_ x: Tensor, to extents: [Int]) throws(ShapeError) -> Tensor {
  recorded(try x.value.reshaped(to: extents), from: x) { dy, slots in
    slots.add(to: x, dy.viewed(as: x.shape))
  }
}

/// The axes in another order; dx puts them back.
public func permute(_ x: Tensor, _ axes: [Int]) throws(ShapeError) -> Tensor {
  let y = try x.value.permuted(axes)
  return recorded(y, from: x) { dy, slots in
    var inverse = [Int](repeating: 0, count: axes.count)
    for (position, axis) in axes.enumerated() {
      inverse[axis < 0 ? axis + axes.count : axis] = position
    }
    slots.add(to: x, proven { () throws(ShapeError) in try dy.permuted(inverse) })
  }
}

/// x repeated to a shape; dx sums over the repeats.
public func broadcast(_ x: Tensor, to shape: Shape) throws(ShapeError) -> Tensor {
  recorded(try x.value.broadcast(to: shape), from: x) { dy, slots in
    slots.add(to: x, dy.summed(to: x.shape))
  }
}

/// The part of x that the indices pick; dx is zero elsewhere.
public func slice(_ x: Tensor, _ indices: [AxisIndex]) throws(ShapeError) -> Tensor {
  recorded(try x.value.slice(indices), from: x) { dy, slots in
    slots.add(
      to: x,
      proven { () throws(ShapeError) in
        var dx = NDArray(zeros: x.shape)
        try dx.replace(indices, with: dy)
        return dx
      })
  }
}

/// Tensors joined along an axis; each gets its part of dy.
public func concatenate(_ parts: [Tensor], axis: Int) throws(ShapeError) -> Tensor {
  let y = try NDArray.concatenated(parts.map { $0.value.converted(to: .float32) }, axis: axis)
  let axis = try y.shape.resolvedAxis(axis, for: "concat")
  return recorded(y, fromAll: parts) { dy, slots in
    var start = 0
    for part in parts {
      let end = start + part.shape[axis]
      let window = [AxisIndex](repeating: .all, count: axis) + [.span(from: start, to: end)]
      slots.add(to: part, proven { () throws(ShapeError) in try dy.slice(window) })
      start = end
    }
  }
}

/// Tensors of one shape laid side by side on a new axis.
public func stack(_ parts: [Tensor], axis: Int = 0) throws(ShapeError) -> Tensor {
  guard let first = parts.first else { throw ShapeError.empty(operation: "stack") }
  let position = axis < 0 ? axis + first.shape.rank + 1 : axis
  guard position >= 0, position <= first.shape.rank else {
    throw ShapeError.axisOutOfRange(operation: "stack", axis: axis, shape: first.shape)
  }
  var extents = first.shape.extents
  extents.insert(1, at: position)
  var widened = [Tensor]()
  for part in parts {
    guard part.shape == first.shape else {
      throw ShapeError.mismatch(operation: "stack", left: first.shape, right: part.shape)
    }
    widened.append(try reshape(part, to: extents))
  }
  return try concatenate(widened, axis: position)
}

/// Rows of x (slices of its first axis) by int32 index; dx adds each row of dy where it came from.
public func gatherRows(_ x: Tensor, at indices: NDArray) throws(ShapeError) -> Tensor {
  recorded(try x.value.rows(at: indices), from: x) { dy, slots in
    slots.add(
      to: x,
      proven { () throws(ShapeError) in
        try dy.scatterAdded(at: indices, count: x.shape[0])
      })
  }
}

/// Zeros of `count` rows to which the rows of x were added by index; dx gathers them again.
public func scatterRows(
  _ x: Tensor, at indices: NDArray, count: Int
) throws(ShapeError) -> Tensor {
  recorded(try x.value.scatterAdded(at: indices, count: count), from: x) { dy, slots in
    slots.add(to: x, proven { () throws(ShapeError) in try dy.rows(at: indices) })
  }
}

/// The rows of x for which a mask over its leading axes is true.
///
/// - Shapes: x [..m.., ...], mask [..m..] -> [n, ...], n the number of true elements.
public func selectRows(_ x: Tensor, where mask: NDArray) throws(ShapeError) -> Tensor {
  guard x.shape.extents.starts(with: mask.shape.extents), mask.rank > 0 else {
    throw ShapeError.mismatch(operation: "index by a mask", left: x.shape, right: mask.shape)
  }
  let rest = Array(x.shape.extents.dropFirst(mask.rank))
  let flat = try reshape(x, to: [mask.count] + rest)
  return try gatherRows(flat, at: try mask.trueIndices())
}

public import Arrays
import CKernels

extension NDArray {
  /// A gradient summed over the axes along which an operand of this shape was repeated.
  package func summed(to shape: Shape) -> NDArray {
    if self.shape == shape { return self }
    let axes = Broadcasting.repeatedAxes(of: shape, in: self.shape)
    return proven { () throws(ShapeError) in try reduced(.sum, axes: axes) }.viewed(as: shape)
  }

  package func times(_ other: NDArray) -> NDArray {
    proven { () throws(ShapeError) in try elementwise(.multiply, self, other) }
  }
}

/// y = a + b; da = dy, db = dy, each summed over the axes it was repeated along.
public func add(_ a: Tensor, _ b: Tensor) throws(ShapeError) -> Tensor {
  recorded(try elementwise(.add, a.value, b.value), from: a, b) { dy, slots in
    slots.add(to: a, dy.summed(to: a.shape))
    slots.add(to: b, dy.summed(to: b.shape))
  }
}

/// y = a - b; da = dy, db = -dy.
public func subtract(_ a: Tensor, _ b: Tensor) throws(ShapeError) -> Tensor {
  recorded(try elementwise(.subtract, a.value, b.value), from: a, b) { dy, slots in
    slots.add(to: a, dy.summed(to: a.shape))
    slots.add(to: b, elementwise(.negate, dy.summed(to: b.shape)))
  }
}

/// y = a b; da = dy b, db = dy a.
public func multiply(_ a: Tensor, _ b: Tensor) throws(ShapeError) -> Tensor {
  recorded(try elementwise(.multiply, a.value, b.value), from: a, b) { dy, slots in
    slots.add(to: a, dy.times(b.value).summed(to: a.shape))
    slots.add(to: b, dy.times(a.value).summed(to: b.shape))
  }
}

/// y = a / b; da = dy / b, db = -dy y / b.
public func divide(_ a: Tensor, _ b: Tensor) throws(ShapeError) -> Tensor {
  let y = try elementwise(.divide, a.value, b.value)
  return recorded(y, from: a, b) { dy, slots in
    let inverse = elementwise(.reciprocal, b.value)
    slots.add(to: a, dy.times(inverse).summed(to: a.shape))
    slots.add(
      to: b, elementwise(.negate, dy.times(y).times(inverse)).summed(to: b.shape))
  }
}

/// y = a^b; da = dy b a^(b - 1) (0 where b is 0, also at a = 0), db = dy y ln a (taken as 0 where a
/// is not positive).
public func power(_ a: Tensor, _ b: Tensor) throws(ShapeError) -> Tensor {
  let y = try elementwise(.power, a.value, b.value)
  return recorded(y, from: a, b) { dy, slots in
    slots.add(
      to: a,
      proven { () throws(ShapeError) in
        let (zero, one) = (NDArray(scalar: Float(0)), NDArray(scalar: Float(1)))
        let lower = try elementwise(.subtract, b.value, one)
        let slope = dy.times(b.value).times(try elementwise(.power, a.value, lower))
        return try select(try compare(.equal, b.value, zero), zero, slope)
      }.summed(to: a.shape))
    slots.add(
      to: b,
      proven { () throws(ShapeError) in
        let zero = NDArray(scalar: Float(0))
        let positive = try compare(.greater, a.value, zero)
        let logarithm = try select(positive, elementwise(.log, a.value), zero)
        return dy.times(y).times(logarithm)
      }.summed(to: b.shape))
  }
}

/// The larger (or smaller) of each pair; the gradient goes to the one chosen, to the first of equals.
public func extreme(
  _ a: Tensor, _ b: Tensor, smaller: Bool = false
) throws(ShapeError) -> Tensor {
  let y = try elementwise(smaller ? .minimum : .maximum, a.value, b.value)
  return recorded(y, from: a, b) { dy, slots in
    let first = proven { () throws(ShapeError) in
      try compare(smaller ? .lessEqual : .greaterEqual, a.value, b.value)
    }
    let zero = NDArray(scalar: Float(0))
    let (da, db) = proven { () throws(ShapeError) in
      (try select(first, dy, zero), try select(first, zero, dy))
    }
    slots.add(to: a, da.summed(to: a.shape))
    slots.add(to: b, db.summed(to: b.shape))
  }
}

/// `mask ? a : b` for each element; the mask is a constant.
public func select(_ mask: NDArray, _ a: Tensor, _ b: Tensor) throws(ShapeError) -> Tensor {
  recorded(try Arrays.select(mask, a.value, b.value), from: a, b) { dy, slots in
    let zero = NDArray(scalar: Float(0))
    slots.add(
      to: a,
      proven { () throws(ShapeError) in try Arrays.select(mask, dy, zero) }.summed(to: a.shape))
    slots.add(
      to: b,
      proven { () throws(ShapeError) in try Arrays.select(mask, zero, dy) }.summed(to: b.shape))
  }
}

/// y = f(x) for each element; dx = dy f'(x). floor, ceil and round have no slope: y is a constant.
public func apply(_ operation: UnaryOperation, _ x: Tensor) -> Tensor {
  let y = elementwise(operation, x.value)
  switch operation {
  case .floor, .ceil, .round: return Tensor(y)
  default:
    return recorded(y, from: x, operation: "\(operation)") { dy, slots in
      slots.add(to: x, slopeProduct(operation, x: x.value, y: y, dy: dy))
    }
  }
}

/// dy f'(x), with f(x) at hand as y.
private func slopeProduct(
  _ operation: UnaryOperation, x: NDArray, y: NDArray, dy: NDArray
) -> NDArray {
  switch operation {
  case .negate: return elementwise(.negate, dy)
  case .absolute: return dy.times(sign(of: x))
  case .exp: return dy.times(y)
  case .log: return dy.times(elementwise(.reciprocal, x))
  case .sqrt: return dy.times(elementwise(.reciprocal, y)).affine(0.5, 0)
  case .reciprocal: return elementwise(.negate, dy.times(elementwise(.square, y)))
  case .tanh: return dy.times(elementwise(.square, y).affine(-1, 1))
  case .sigmoid: return dy.times(y).times(y.affine(-1, 1))
  case .gelu: return geluPullback(x: x, dy: dy)
  case .relu: return dy.times(step(of: x))
  case .square: return dy.times(x).affine(2, 0)
  case .sin: return dy.times(elementwise(.cos, x))
  case .cos: return elementwise(.negate, dy.times(elementwise(.sin, x)))
  case .floor, .ceil, .round: return NDArray(zeros: x.shape)
  }
}

/// 1 where x > 0, else 0.
private func step(of x: NDArray) -> NDArray {
  proven { () throws(ShapeError) in
    try compare(.greater, x, NDArray(scalar: Float(0))).converted(to: .float32)
  }
}

private func sign(of x: NDArray) -> NDArray {
  proven { () throws(ShapeError) in
    try elementwise(.subtract, step(of: x), step(of: elementwise(.negate, x)))
  }
}

private func geluPullback(x: NDArray, dy: NDArray) -> NDArray {
  let result = NDArray(uninitialized: x.shape)
  let (from, slope, to) = (x.floats, dy.floats, result.floats)
  Parallel.forEachRowSlice(x.count, columns: 1, costPerElement: 8) { slice in
    let start = slice.lowerBound
    kernels.gelu_pullback(
      1, Int64(slice.count), from + start, slope + start, to + start, nil, nil)
  }
  return result
}

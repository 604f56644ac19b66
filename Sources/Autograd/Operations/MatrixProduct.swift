public import Arrays
import CKernels

/// y = a b over the last two axes (see NDArray.multiplied); da = dy b^T, db = a^T dy.
public func matrixProduct(_ a: Tensor, _ b: Tensor) throws(ShapeError) -> Tensor {
  let y = try a.value.multiplied(by: b.value)
  return recorded(y, from: a, b) { dy, slots in
    let (first, second) = (a.value.converted(to: .float32), b.value.converted(to: .float32))
    // One-dimensional operands as a row and a column.
    let left = a.shape.rank == 1 ? first.viewed(as: [1, a.shape.count]) : first
    let right = b.shape.rank == 1 ? second.viewed(as: [b.shape.count, 1]) : second
    let (m, k, n) = (left.shape[-2], left.shape[-1], right.shape[-1])
    let shared = right.rank == 2
    let batch = left.shape.extents.dropLast(2).reduce(1, *)
    let rows = shared ? batch * m : m
    slots.accumulate(into: a) { target, adding in
      for index in 0..<(shared ? 1 : batch) {
        MatrixProduct.multiply(
          transposeB: true, m: rows, n: k, k: n, dy.floats + index * m * n,
          right.floats + index * k * n, accumulate: adding, target + index * m * k)
      }
    }
    slots.accumulate(into: b) { target, adding in
      for index in 0..<(shared ? 1 : batch) {
        MatrixProduct.multiply(
          transposeA: true, m: k, n: n, k: rows, left.floats + index * m * k,
          dy.floats + index * m * n, accumulate: adding, target + index * k * n)
      }
    }
    withExtendedLifetime((left, right)) {}
  }
}

/// y = x W^T + b, W stored [out, in]; dx = dy W, dW = dy^T x, db = column sums of dy.
///
/// - Shapes: x [..., I], weight [O, I], bias [O] -> [..., O].
public func linear(
  _ x: Tensor, weight: Tensor, bias: Tensor? = nil
) throws(ShapeError) -> Tensor {
  let (input, rows) = try linearInput(x, weight: weight, bias: bias)
  let (inner, outer) = (weight.shape[1], weight.shape[0])
  let y = NDArray(uninitialized: x.shape.replacing(axis: x.shape.rank - 1, with: outer))
  MatrixProduct.multiply(
    transposeB: true, m: rows, n: outer, k: inner, input.floats, weight.value.floats, y.floats)
  if let bias {
    let (target, offset) = (y.floats, bias.value.floats)
    Parallel.forEachRowSlice(rows, columns: outer) { slice in
      kernels.add_bias(
        Int64(slice.count), Int64(outer), offset, target + slice.lowerBound * outer)
    }
  }
  return recorded(y, from: x, weight, bias) { dy, slots in
    linearPullback(dy, input: input, x: x, weight: weight, slots: &slots)
    if let bias { slots.add(to: bias, columnSums(dy, rows: rows, columns: outer)) }
  }
}

/// y = gelu(x W^T + b): the bias and GELU in one pass; keeps the pre-activation.
///
/// - Shapes: as `linear`.
public func linearGELU(
  _ x: Tensor, weight: Tensor, bias: Tensor
) throws(ShapeError) -> Tensor {
  let (input, rows) = try linearInput(x, weight: weight, bias: bias)
  let (inner, outer) = (weight.shape[1], weight.shape[0])
  let before = NDArray(uninitialized: x.shape.replacing(axis: x.shape.rank - 1, with: outer))
  let y = NDArray(uninitialized: before.shape)
  MatrixProduct.multiply(
    transposeB: true, m: rows, n: outer, k: inner, input.floats, weight.value.floats,
    before.floats)
  let (z, offset, target) = (before.floats, bias.value.floats, y.floats)
  Parallel.forEachRowSlice(rows, columns: outer, costPerElement: 8) { slice in
    let start = slice.lowerBound * outer
    kernels.bias_gelu(Int64(slice.count), Int64(outer), offset, z + start, target + start)
  }
  return recorded(y, from: x, weight, bias) { dy, slots in
    let dz = NDArray(uninitialized: before.shape)
    let (z, slope, out) = (before.floats, dy.floats, dz.floats)
    let biasGradient = sumOverRowBlocks(rows: rows, width: outer) { block, partial in
      let start = block.lowerBound * outer
      kernels.gelu_pullback(
        Int64(block.count), Int64(outer), z + start, slope + start, out + start, partial)
    }
    slots.add(to: bias, biasGradient)
    linearPullback(dz, input: input, x: x, weight: weight, slots: &slots)
    withExtendedLifetime((before, dz)) {}
  }
}

private func linearInput(
  _ x: Tensor, weight: Tensor, bias: Tensor?
) throws(ShapeError) -> (NDArray, rows: Int) {
  guard weight.shape.rank == 2, x.shape.rank >= 1, x.shape[-1] == weight.shape[1] else {
    throw ShapeError.wrongShape(
      operation: "linear", argument: "the input", seen: x.shape,
      wanted: "... x \(weight.shape.extents.last ?? 0)")
  }
  if let bias, bias.shape != [weight.shape[0]] {
    throw ShapeError.wrongShape(
      operation: "linear", argument: "the bias", seen: bias.shape, wanted: "\(weight.shape[0])")
  }
  let input = x.value.converted(to: .float32)
  return (input, weight.shape[1] == 0 ? 0 : input.count / weight.shape[1])
}

private func linearPullback(
  _ dy: NDArray, input: NDArray, x: Tensor, weight: Tensor, slots: inout GradientSlots
) {
  let (inner, outer) = (weight.shape[1], weight.shape[0])
  let rows = outer == 0 ? 0 : dy.count / outer
  slots.accumulate(into: x) { target, adding in
    MatrixProduct.multiply(
      m: rows, n: inner, k: outer, dy.floats, weight.value.floats, accumulate: adding, target)
  }
  slots.accumulate(into: weight) { target, adding in
    MatrixProduct.multiply(
      transposeA: true, m: outer, n: inner, k: rows, dy.floats, input.floats, accumulate: adding, target)
  }
}

/// The sum of each column.
package func columnSums(_ x: NDArray, rows: Int, columns: Int) -> NDArray {
  let from = x.floats
  defer { withExtendedLifetime(x) {} }
  return sumOverRowBlocks(rows: rows, width: columns) { block, partial in
    kernels.add_column_sums(
      Int64(block.count), Int64(columns), from + block.lowerBound * columns, partial)
  }
}

/// Runs `body` over blocks of rows, each adding to its own zeroed vector of `width` floats, and adds
/// the vectors in order. The blocks depend on `rows` alone, so the result does not depend on threads.
package func sumOverRowBlocks(
  rows: Int, width: Int, _ body: (Range<Int>, UnsafeMutablePointer<Float>) -> Void
) -> NDArray {
  let blockRows = max(32, (rows + 15) / 16)
  let blocks = max(1, (rows + blockRows - 1) / blockRows)
  let partial = NDArray(zeros: [blocks, width])
  let sums = partial.floats
  Parallel.forEachSlice(of: blocks, grain: max(1, 8192 / max(1, blockRows * width))) { slice in
    for block in slice {
      let start = block * blockRows
      body(start..<min(rows, start + blockRows), sums + block * width)
    }
  }
  if blocks == 1 { return partial.viewed(as: [width]) }
  return proven { () throws(ShapeError) in try partial.reduced(.sum, axes: [0]) }
}

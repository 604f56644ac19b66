public import Arrays
import CKernels

/// y = x W^T + b, W stored [out, in]; dx = dy W, dW = dy^T x, db = column sums of dy.
///
/// - Shapes: x [..., I], weight [O, I], bias [O] -> [..., O].
/// - Keeps: x and W as the products read them (`Operand`).
public func linear(
  _ x: Tensor, weight: Tensor, bias: Tensor? = nil
) throws(ShapeError) -> Tensor {
  let map = try LinearMap(x, weight: weight, bias: bias)
  let y = NDArray(uninitialized: x.shape.replacing(axis: x.shape.rank - 1, with: map.outputs))
  map.forward(into: y)
  if let bias { addBias(bias.value, to: y) }
  return recorded(y, from: x, weight, bias) { dy, slots in
    map.pullback(Operand(dy, map.precision), to: x, weight, slots: &slots)
    if let bias { slots.add(to: bias, columnSums(dy, rows: map.rows, columns: map.outputs)) }
  }
}

/// The feed-forward part of a transformer block: y = gelu(x W1^T + b1) W2^T + b2.
///
/// - Shapes: x [..., I], W1 [H, I], b1 [H], W2 [O, H], b2 [O] -> [..., O].
/// - Keeps: x, W1, W2 and z = x W1^T + b1, H numbers a row, in the precision of the products. The
///   pullback makes gelu(z) anew beside its slope, from one exponential, where z lay.
public func feedForward(
  _ x: Tensor, _ w1: Tensor, _ b1: Tensor, _ w2: Tensor, _ b2: Tensor
) throws(ShapeError) -> Tensor {
  let first = try LinearMap(x, weight: w1, bias: b1)
  let (rows, hidden, precision) = (first.rows, first.outputs, first.precision)
  let sums = NDArray(uninitialized: x.shape.replacing(axis: x.shape.rank - 1, with: hidden))
  first.forward(into: sums)
  let (z, active) = activated(sums, bias: b1.value, precision)
  let second = try LinearMap(active, shape: sums.shape, weight: w2, bias: b2)
  let y = NDArray(uninitialized: x.shape.replacing(axis: x.shape.rank - 1, with: second.outputs))
  second.forward(into: y)
  addBias(b2.value, to: y)
  let (outputs, weights) = (second.outputs, second.weight)
  return recorded(y, from: x, w1, b1, w2, b2) { dy, slots in
    let slope = Operand(dy, precision)
    slots.add(to: b2, columnSums(dy, rows: rows, columns: outputs))
    let dActive = NDArray(uninitialized: [rows, hidden])
    MatrixProduct.multiply(m: rows, n: hidden, k: outputs, slope, weights, dActive.floats)
    let (dz, db1) = activationPullback(z, dActive)
    slots.add(to: b1, db1)
    let active = z
    slots.accumulate(into: w2) { target, adding in
      MatrixProduct.multiply(
        transposeA: true, m: outputs, n: hidden, k: rows, slope, active, accumulate: adding, target)
    }
    first.pullback(dz, to: x, w1, slots: &slots)
  }
}

/// A product with a weight matrix, forward and back.
private struct LinearMap {
  let input: Operand, weight: Operand
  let rows: Int, inputs: Int, outputs: Int
  var precision: Precision { input.precision }

  init(_ x: Tensor, weight: Tensor, bias: Tensor?) throws(ShapeError) {
    try self.init(
      Operand(x.value.converted(to: .float32), Precision(of: x, weight, bias)), shape: x.shape,
      weight: weight, bias: bias)
  }

  init(_ input: Operand, shape: Shape, weight: Tensor, bias: Tensor?) throws(ShapeError) {
    guard weight.shape.rank == 2, shape.rank >= 1, shape[-1] == weight.shape[1] else {
      throw ShapeError.wrongShape(
        operation: "linear", argument: "the input", seen: shape,
        wanted: "... x \(weight.shape.extents.last ?? 0)")
    }
    if let bias, bias.shape != [weight.shape[0]] {
      throw ShapeError.wrongShape(
        operation: "linear", argument: "the bias", seen: bias.shape, wanted: "\(weight.shape[0])")
    }
    self.input = input
    self.weight = Operand(weight.value.converted(to: .float32), input.precision)
    (inputs, outputs) = (weight.shape[1], weight.shape[0])
    rows = inputs == 0 ? 0 : shape.count / inputs
  }

  func forward(into y: NDArray) {
    MatrixProduct.multiply(
      transposeB: true, m: rows, n: outputs, k: inputs, input, weight, y.floats)
  }

  func pullback(_ dy: Operand, to x: Tensor, _ w: Tensor, slots: inout GradientSlots) {
    slots.accumulate(into: x) { target, adding in
      MatrixProduct.multiply(
        m: rows, n: inputs, k: outputs, dy, weight, accumulate: adding, target)
    }
    slots.accumulate(into: w) { target, adding in
      MatrixProduct.multiply(
        transposeA: true, m: outputs, n: inputs, k: rows, dy, input, accumulate: adding, target)
    }
  }
}

private func addBias(_ bias: NDArray, to y: NDArray) {
  let (rows, columns) = y.shape.rowsAndColumns
  let (target, offset) = (y.floats, bias.floats)
  Parallel.forEachRowSlice(rows, columns: columns) { slice in
    kernels.add_bias(
      Int64(slice.count), Int64(columns), offset, target + slice.lowerBound * columns)
  }
  withExtendedLifetime((y, bias)) {}
}

/// Rows taken at once where each takes several passes: about 16 kB, which stay in the first cache.
private func rowsAtOnce(_ columns: Int) -> Int { max(1, 4096 / max(1, columns)) }

/// z = sums + bias and gelu(z), in the precision asked for; `sums` is used up.
private func activated(
  _ sums: NDArray, bias: NDArray, _ precision: Precision
) -> (z: Operand, active: Operand) {
  let (rows, columns) = sums.shape.rowsAndColumns
  let (from, offset) = (sums.floats, bias.floats)
  let active = Operand(uninitialized: sums.count, precision)
  let z = precision == .float32 ? Operand(sums, .float32) : Operand(uninitialized: sums.count, precision)
  Parallel.forEachRowSlice(rows, columns: columns, costPerElement: 8) { slice in
    if precision == .float32 {
      let start = slice.lowerBound * columns
      kernels.bias_gelu(
        Int64(slice.count), Int64(columns), offset, from + start, active.floats + start)
      return
    }
    let step = rowsAtOnce(columns)
    let scratch = NDArray(uninitialized: [step, columns])
    for first in stride(from: slice.lowerBound, to: slice.upperBound, by: step) {
      let count = min(step, slice.upperBound - first)
      let start = first * columns
      kernels.bias_gelu(Int64(count), Int64(columns), offset, from + start, scratch.floats)
      z.write(from + start, count: count * columns, at: start)
      active.write(scratch.floats, count: count * columns, at: start)
    }
    withExtendedLifetime(scratch) {}
  }
  withExtendedLifetime((sums, bias)) {}
  return (z, active)
}

/// dz = dActive gelu'(z) and its column sums; z becomes gelu(z), and `slope` is used up.
private func activationPullback(_ z: Operand, _ slope: NDArray) -> (dz: Operand, dBias: NDArray) {
  let (rows, columns) = slope.shape.rowsAndColumns
  let dActive = slope.floats
  let dz =
    z.precision == .float32
    ? Operand(slope, .float32) : Operand(uninitialized: slope.count, z.precision)
  let dBias = sumOverRowBlocks(rows: rows, width: columns) { block, partial in
    if z.precision == .float32 {
      let start = block.lowerBound * columns
      kernels.gelu_pullback(
        Int64(block.count), Int64(columns), z.floats + start, dActive + start, dActive + start,
        z.floats + start, partial)
      return
    }
    let step = rowsAtOnce(columns)
    let scratch = NDArray(uninitialized: [step, columns])
    for first in stride(from: block.lowerBound, to: block.upperBound, by: step) {
      let count = min(step, block.upperBound - first)
      let start = first * columns
      z.read(scratch.floats, count: count * columns, at: start)
      kernels.gelu_pullback(
        Int64(count), Int64(columns), scratch.floats, dActive + start, dActive + start,
        scratch.floats, partial)
      z.write(scratch.floats, count: count * columns, at: start)
      dz.write(dActive + start, count: count * columns, at: start)
    }
    withExtendedLifetime(scratch) {}
  }
  withExtendedLifetime(slope) {}
  return (dz, dBias)
}

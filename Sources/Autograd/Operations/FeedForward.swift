public import Arrays
import CKernels

/// The feed-forward part of a transformer block: y = gelu(x W1^T + b1) W2^T + b2.
///
/// - Shapes: x [..., I], W1 [H, I], b1 [H], W2 [O, H], b2 [O] -> [..., O].
/// - Keeps: x, W1, W2 and z = x W1^T + b1, H numbers a row, in the precision of the products.
public func feedForward(
  _ x: Tensor, _ w1: Tensor, _ b1: Tensor, _ w2: Tensor, _ b2: Tensor
) throws(ShapeError) -> Tensor {
  let (hidden, active) = try HiddenLayer.forward(x, w1, b1)
  let second = try LinearMap(active, shape: hidden.shape, weight: w2, bias: b2)
  let y = NDArray(uninitialized: x.shape.replacing(axis: x.shape.rank - 1, with: second.outputs))
  second.forward(into: y)
  addBias(b2.value, to: y)
  let (rows, outputs, weights) = (second.rows, second.outputs, second.weight)
  return recorded(y, from: x, w1, b1, w2, b2) { dy, slots in
    let slope = Operand(dy, weights.precision)
    slots.add(to: b2, columnSums(dy, rows: rows, columns: outputs))
    let dActive = NDArray(uninitialized: hidden.shape)
    MatrixProduct.multiply(
      m: rows, n: hidden.map.outputs, k: outputs, slope, weights, dActive.floats)
    var products = ProductGroup()
    let active = hidden.pullback(dActive, to: x, w1, b1, slots: &slots, &products)
    slots.accumulate(into: w2) { target, adding in
      products.add(
        transposeA: true, m: outputs, n: hidden.map.outputs, k: rows, slope, active,
        accumulate: adding, target)
    }
    products.compute()
  }
}

/// The first half of a feed-forward part, z = x W1^T + b1 and gelu(z), and its way back.
///
/// The pullback makes gelu(z) anew beside its slope, from one exponential, where z lay.
struct HiddenLayer {
  let map: LinearMap
  let shape: Shape
  private let z: Operand

  static func forward(
    _ x: Tensor, _ w1: Tensor, _ b1: Tensor
  ) throws(ShapeError) -> (layer: HiddenLayer, active: Operand) {
    let map = try LinearMap(x, weight: w1, bias: b1)
    let sums = NDArray(
      uninitialized: x.shape.replacing(axis: x.shape.rank - 1, with: map.outputs))
    map.forward(into: sums)
    let (z, active) = activated(sums, bias: b1.value, map.precision)
    return (HiddenLayer(map: map, shape: sums.shape, z: z), active)
  }

  /// Gives b1 its gradient and puts the products for dx and dW1 into the group; `dActive` and z are used
  /// up. Returns gelu(z).
  func pullback(
    _ dActive: NDArray, to x: Tensor, _ w1: Tensor, _ b1: Tensor, slots: inout GradientSlots,
    _ products: inout ProductGroup
  ) -> Operand {
    let (dz, db1) = activationPullback(z, dActive)
    slots.add(to: b1, db1)
    map.pullback(dz, to: x, w1, slots: &slots, &products)
    return z
  }
}

/// A few rows at a time where each takes several passes: about 16 kB, which stay in the first cache,
/// with scratch memory for as many.
private func forEachFewRows(
  of rows: Range<Int>, columns: Int,
  _ body: (_ start: Int, _ count: Int, _ scratch: UnsafeMutablePointer<Float>) -> Void
) {
  let step = max(1, 4096 / max(1, columns))
  let scratch = NDArray(uninitialized: [step, columns])
  for first in stride(from: rows.lowerBound, to: rows.upperBound, by: step) {
    body(first * columns, min(step, rows.upperBound - first), scratch.floats)
  }
  withExtendedLifetime(scratch) {}
}

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
    forEachFewRows(of: slice, columns: columns) { start, count, scratch in
      kernels.bias_gelu(Int64(count), Int64(columns), offset, from + start, scratch)
      z.write(from + start, count: count * columns, at: start)
      active.write(scratch, count: count * columns, at: start)
    }
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
    forEachFewRows(of: block, columns: columns) { start, count, scratch in
      z.read(scratch, count: count * columns, at: start)
      kernels.gelu_pullback(
        Int64(count), Int64(columns), scratch, dActive + start, dActive + start, scratch, partial)
      z.write(scratch, count: count * columns, at: start)
      dz.write(dActive + start, count: count * columns, at: start)
    }
  }
  withExtendedLifetime(slope) {}
  return (dz, dBias)
}

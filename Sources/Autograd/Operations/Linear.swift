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
    var products = ProductGroup()
    map.pullback(Operand(dy, map.precision), to: x, weight, slots: &slots, &products)
    products.compute()
    if let bias { slots.add(to: bias, columnSums(dy, rows: map.rows, columns: map.outputs)) }
  }
}

/// A product with a weight matrix, forward and back.
struct LinearMap {
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
    rows = shape.rowsAndColumns.rows
  }

  func forward(into y: NDArray) {
    MatrixProduct.multiply(
      transposeB: true, m: rows, n: outputs, k: inputs, input, weight, y.floats)
  }

  /// Puts the products for dx and dW into the group.
  func pullback(
    _ dy: Operand, to x: Tensor, _ w: Tensor, slots: inout GradientSlots,
    _ products: inout ProductGroup
  ) {
    slots.accumulate(into: x) { target, adding in
      products.add(m: rows, n: inputs, k: outputs, dy, weight, accumulate: adding, target)
    }
    slots.accumulate(into: w) { target, adding in
      products.add(
        transposeA: true, m: outputs, n: inputs, k: rows, dy, input, accumulate: adding, target)
    }
  }
}

func addBias(_ bias: NDArray, to y: NDArray) {
  let (rows, columns) = y.shape.rowsAndColumns
  let (target, offset) = (y.floats, bias.floats)
  Parallel.forEachRowSlice(rows, columns: columns) { slice in
    kernels.add_bias(
      Int64(slice.count), Int64(columns), offset, target + slice.lowerBound * columns)
  }
  withExtendedLifetime((y, bias)) {}
}

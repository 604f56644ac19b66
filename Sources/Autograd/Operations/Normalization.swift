public import Arrays
import CKernels

/// y = (x - mean(x)) / sqrt(var(x) + epsilon) scale + offset over the last axis.
///
/// - Shapes: x [..., D], scale [D], offset [D] -> [..., D]; population variance.
/// - Keeps: x, and mean and 1/std of each row.
/// - Source: Ba, Kiros, Hinton 2016, eq. 3-4.
public func layerNorm(
  _ x: Tensor, scale: Tensor, offset: Tensor, epsilon: Float = 1e-6
) throws(ShapeError) -> Tensor {
  let (rows, columns) = x.shape.rowsAndColumns
  guard scale.shape == [columns], offset.shape == [columns], columns > 0 else {
    throw ShapeError.wrongShape(
      operation: "layer_norm", argument: "the input", seen: x.shape,
      wanted: "... x \(scale.shape.count)")
  }
  let input = x.value.converted(to: .float32)
  let y = NDArray(uninitialized: x.shape)
  let (means, rstds) = (NDArray(uninitialized: [rows]), NDArray(uninitialized: [rows]))
  let (from, to, m, s) = (input.floats, y.floats, means.floats, rstds.floats)
  let (g, b) = (scale.value.floats, offset.value.floats)
  Parallel.forEachRowSlice(rows, columns: columns, costPerElement: 2) { slice in
    let (row, start) = (slice.lowerBound, slice.lowerBound * columns)
    kernels.layer_norm(
      Int64(slice.count), Int64(columns), epsilon, from + start, g, b, to + start, m + row,
      s + row)
  }
  return recorded(y, from: x, scale, offset) { dy, slots in
    // One vector for both gradients: [scale | offset]. dx joins what the residual connection gave.
    var both = NDArray(zeros: [2 * columns])
    slots.accumulate(into: x, evenIfConstant: true) { out, adding in
      let (from, slope) = (input.floats, dy.floats)
      let (m, s, g) = (means.floats, rstds.floats, scale.value.floats)
      both = sumOverRowBlocks(rows: rows, width: 2 * columns) { block, partial in
        let (row, start) = (block.lowerBound, block.lowerBound * columns)
        kernels.layer_norm_pullback(
          Int64(block.count), Int64(columns), from + start, g, m + row, s + row, slope + start,
          adding, out + start, partial, partial + columns)
      }
    }
    slots.add(to: scale, half(of: both, 0, columns))
    slots.add(to: offset, half(of: both, 1, columns))
    withExtendedLifetime((means, rstds)) {}
  }
}

private func half(of both: NDArray, _ index: Int, _ columns: Int) -> NDArray {
  proven { () throws(ShapeError) in try both.viewed(as: [2, columns]).row(index) }
}

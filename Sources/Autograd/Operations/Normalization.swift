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
    let dx = NDArray(uninitialized: x.shape)
    let (from, slope, out) = (input.floats, dy.floats, dx.floats)
    let (m, s, g) = (means.floats, rstds.floats, scale.value.floats)
    // One vector for both gradients: [scale | offset].
    let both = sumOverRowBlocks(rows: rows, width: 2 * columns) { block, partial in
      let (row, start) = (block.lowerBound, block.lowerBound * columns)
      kernels.layer_norm_pullback(
        Int64(block.count), Int64(columns), from + start, g, m + row, s + row, slope + start,
        out + start, partial, partial + columns)
    }
    slots.add(to: x, dx)
    slots.add(to: scale, half(of: both, 0, columns))
    slots.add(to: offset, half(of: both, 1, columns))
    withExtendedLifetime((means, rstds)) {}
  }
}

private func half(of both: NDArray, _ index: Int, _ columns: Int) -> NDArray {
  proven { () throws(ShapeError) in try both.viewed(as: [2, columns]).row(index) }
}

/// y = x + factor scale branch: the residual connection with layer scale and drop path in one pass.
///
/// - Shapes: x and branch [B, ..., D], scale [D], factors [B] or nil (1 for every image).
/// - Source: Touvron et al. 2021 (layer scale); Huang et al. 2016 (drop path: a factor is 0 or
///   1 / (1 - rate)).
public func scaledResidual(
  _ x: Tensor, _ branch: Tensor, scale: Tensor, factors: [Float]? = nil
) throws(ShapeError) -> Tensor {
  let (rows, columns) = x.shape.rowsAndColumns
  guard x.shape == branch.shape else {
    throw ShapeError.mismatch(operation: "residual", left: x.shape, right: branch.shape)
  }
  guard scale.shape == [columns] else {
    throw ShapeError.wrongShape(
      operation: "residual", argument: "the layer scale", seen: scale.shape, wanted: "\(columns)")
  }
  let group = factors.map { rows / max(1, $0.count) } ?? rows
  let (main, side) = (x.value.converted(to: .float32), branch.value.converted(to: .float32))
  let y = NDArray(uninitialized: x.shape)
  let (a, b, g, out) = (main.floats, side.floats, scale.value.floats, y.floats)
  Parallel.forEachRowSlice(rows, columns: columns) { slice in
    forEachGroup(in: slice, of: group, factors) { range, factor in
      let start = range.lowerBound * columns
      kernels.scaled_residual(
        Int64(range.count), Int64(columns), factor, a + start, b + start, g, out + start)
    }
  }
  withExtendedLifetime((main, side)) {}
  return recorded(y, from: x, branch, scale) { dy, slots in
    let dBranch = NDArray(uninitialized: x.shape)
    let (b, g, slope, out) = (
      side.floats, scale.value.floats, dy.floats, dBranch.floats
    )
    let dScale = sumOverRowBlocks(rows: rows, width: columns) { block, partial in
      forEachGroup(in: block, of: group, factors) { range, factor in
        let start = range.lowerBound * columns
        kernels.scaled_residual_pullback(
          Int64(range.count), Int64(columns), factor, b + start, g, slope + start, out + start,
          partial)
      }
    }
    slots.add(to: x, dy)
    slots.add(to: branch, dBranch)
    slots.add(to: scale, dScale)
  }
}

/// The part of `rows` in each group of `size` rows, with that group's factor.
private func forEachGroup(
  in rows: Range<Int>, of size: Int, _ factors: [Float]?, _ body: (Range<Int>, Float) -> Void
) {
  guard let factors else {
    body(rows, 1)
    return
  }
  var start = rows.lowerBound
  while start < rows.upperBound {
    let group = start / size
    let end = min(rows.upperBound, (group + 1) * size)
    body(start..<end, factors[group])
    start = end
  }
}

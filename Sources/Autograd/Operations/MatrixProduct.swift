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

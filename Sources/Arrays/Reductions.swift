import CKernels

/// What a reduction does with the elements along an axis.
public enum Reduction: Sendable {
  case sum, mean, maximum, minimum

  fileprivate var code: ccv_reduction {
    switch self {
    case .sum, .mean: CCV_SUM
    case .maximum: CCV_MAX
    case .minimum: CCV_MIN
    }
  }
  fileprivate var name: String {
    switch self {
    case .sum: "sum"
    case .mean: "mean"
    case .maximum: "max"
    case .minimum: "min"
    }
  }
}

extension NDArray {
  /// The array reduced along axes (all of them when nil); reduced axes go away, or stay with extent
  /// 1 when `keepsAxes`.
  ///
  /// - Accuracy: float32 partial sums in a fixed tree: error at most (n / 16 + 8) u sum|x| for n
  ///   elements, u = 2^-24. The order does not depend on the number of threads.
  /// - Throws: `empty` for the mean, maximum or minimum of nothing.
  public func reduced(
    _ reduction: Reduction, axes: [Int]? = nil, keepsAxes: Bool = false
  ) throws(ShapeError) -> NDArray {
    var chosen = Set<Int>()
    for axis in axes ?? Array(0..<rank) {
      chosen.insert(try shape.resolvedAxis(axis, for: reduction.name))
    }
    if reduction != .sum, chosen.contains(where: { shape.extents[$0] == 0 }) {
      throw ShapeError.empty(operation: reduction.name)
    }
    var current = converted(to: .float32)
    var divisor = 1
    for (start, end) in runs(of: chosen) {
      let extents = current.shape.extents
      let outer = extents[..<start].reduce(1, *)
      let extent = extents[start...end].reduce(1, *)
      let inner = extents[(end + 1)...].reduce(1, *)
      divisor *= extent
      var kept = extents
      for axis in start...end { kept[axis] = 1 }
      current = current.reduceMiddle(reduction, outer, extent, inner, into: Shape(kept))
    }
    if reduction == .mean, divisor > 1 { current = current.affine(1 / Float(divisor), 0) }
    if keepsAxes { return current }
    let remaining = shape.extents.indices.filter { !chosen.contains($0) }
    return current.viewed(as: Shape(remaining.map { shape.extents[$0] }))
  }

  /// factor * x + offset for each element.
  package func affine(_ factor: Float, _ offset: Float) -> NDArray {
    let result = NDArray(uninitialized: shape)
    let (from, to) = (floats, result.floats)
    Parallel.forEachSlice(of: count, grain: Parallel.elementsPerSlice) { slice in
      kernels.affine(
        Int64(slice.count), factor, offset, from + slice.lowerBound, to + slice.lowerBound)
    }
    return result
  }

  /// The position along an axis of the largest element (of the smallest with `smallest`), the first
  /// of equals; a NaN counts as the extreme. Without an axis: the row-major position in the array.
  public func argExtreme(axis: Int? = nil, smallest: Bool = false) throws(ShapeError) -> NDArray {
    guard let axis else { return try viewed(as: [count]).argExtreme(axis: 0, smallest: smallest) }
    let resolved = try shape.resolvedAxis(axis, for: smallest ? "argmin" : "argmax")
    guard shape.extents[resolved] > 0 else {
      throw ShapeError.empty(operation: smallest ? "argmin" : "argmax")
    }
    let last = rank - 1
    let rows: NDArray
    if resolved == last {
      rows = converted(to: .float32)
    } else {
      var order = Array(0..<rank).filter { $0 != resolved }
      order.append(resolved)
      rows = try converted(to: .float32).permuted(order)
    }
    let (count, columns) = rows.shape.rowsAndColumns
    let result = NDArray(uninitialized: shape.removing(axis: resolved), .int32)
    let (from, to) = (rows.floats, result.pointer(to: Int32.self))
    Parallel.forEachRowSlice(count, columns: columns) { slice in
      kernels.arg_extreme(
        smallest ? -1 : 1, Int64(slice.count), Int64(columns), from + slice.lowerBound * columns,
        to + slice.lowerBound)
    }
    withExtendedLifetime(rows) {}
    return result
  }

  /// The sum of squares of all elements in double precision, in blocks that do not depend on the
  /// number of threads.
  package var sumOfSquares: Double {
    let block = 1 << 16
    let blocks = (count + block - 1) / block
    let from = floats
    var partial = [Double](repeating: 0, count: blocks)
    partial.withUnsafeMutableBufferPointer { partial in
      guard let sums = partial.baseAddress else { return }
      Parallel.forEachSlice(of: blocks) { slice in
        for index in slice {
          let start = index * block
          sums[index] = kernels.sum_of_squares(Int64(min(block, count - start)), from + start)
        }
      }
    }
    return partial.reduce(0, +)
  }

  /// Neighbouring axes of the set as runs, the last run first, so that each is one pass.
  private func runs(of axes: Set<Int>) -> [(Int, Int)] {
    var runs = [(Int, Int)]()
    for axis in axes.sorted(by: >) {
      if let last = runs.last, last.0 == axis + 1 {
        runs[runs.count - 1].0 = axis
      } else {
        runs.append((axis, axis))
      }
    }
    return runs
  }

  private func reduceMiddle(
    _ reduction: Reduction, _ outer: Int, _ extent: Int, _ inner: Int, into shape: Shape
  ) -> NDArray {
    let result = NDArray(uninitialized: shape)
    let (from, to) = (floats, result.floats)
    if inner == 1, outer == 1, extent > 2 * Self.rowBlock {
      return reduceLongRow(reduction, extent, into: shape)
    }
    if inner == 1 {
      Parallel.forEachRowSlice(outer, columns: extent) { slice in
        kernels.reduce_rows(
          reduction.code, Int64(slice.count), Int64(extent), from + slice.lowerBound * extent,
          to + slice.lowerBound)
      }
    } else if outer > 1 {
      Parallel.forEachRowSlice(outer, columns: extent * inner) { slice in
        for index in slice {
          kernels.reduce_columns(
            reduction.code, Int64(extent), Int64(inner), from + index * extent * inner,
            to + index * inner)
        }
      }
    } else {
      kernels.reduce_columns(reduction.code, Int64(extent), Int64(inner), from, to)
    }
    return result
  }

  private static var rowBlock: Int { 1 << 15 }

  /// One long row in blocks: parallel, and more accurate than one run of additions.
  private func reduceLongRow(
    _ reduction: Reduction, _ extent: Int, into shape: Shape
  ) -> NDArray {
    let blocks = (extent + Self.rowBlock - 1) / Self.rowBlock
    let partial = NDArray(uninitialized: [blocks])
    let (from, to) = (floats, partial.floats)
    Parallel.forEachSlice(of: blocks) { slice in
      for index in slice {
        let start = index * Self.rowBlock
        kernels.reduce_rows(
          reduction.code, 1, Int64(min(Self.rowBlock, extent - start)), from + start, to + index)
      }
    }
    let result = NDArray(uninitialized: shape)
    kernels.reduce_rows(reduction.code, 1, Int64(blocks), to, result.floats)
    withExtendedLifetime(partial) {}
    return result
  }
}

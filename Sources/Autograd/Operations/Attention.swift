public import Arrays
import CKernels
import COneDNN

/// Multi-head self-attention with an additive bias, from packed queries, keys and values.
///
///     out[b, :, h] = softmax(q k^T / sqrt(d) + bias[h]) v          for each image b and head h
///
/// - Shapes: qkv [B, N, 3 D] (queries, keys, values, each as h heads of d = D / h), bias [h, N, N] or
///   nil -> [B, N, D].
/// - Keeps: qkv and the attention weights, B h N N numbers, in the precision of the products.
/// - Source: Vaswani et al. 2017, eq. 1; the bias as in Bao et al. 2022 (BEiT).
///
/// An (image, head) pair is one tile: its N x N scores stay in the cache of the core that makes them.
public func attention(
  _ qkv: Tensor, heads: Int, bias: Tensor? = nil
) throws(ShapeError) -> Tensor {
  let layout = try AttentionLayout(qkv.shape, heads: heads, bias: bias?.shape)
  let input = Operand(qkv.value.converted(to: .float32), Precision(of: qkv, bias))
  let weights = Operand(
    uninitialized: layout.batch * heads * layout.tokens * layout.tokens, input.precision)
  let y = NDArray(uninitialized: [layout.batch, layout.tokens, layout.width])
  layout.forward(input, bias: bias?.value.converted(to: .float32), weights: weights, into: y)
  return recorded(y, from: qkv, bias) { dy, slots in
    let dqkv = NDArray(uninitialized: qkv.shape)
    let dBias = layout.pullback(
      input, weights: weights, dy: Operand(dy, input.precision), into: dqkv,
      wantsBias: bias?.isTracked == true)
    slots.add(to: qkv, dqkv)
    if let bias, let dBias { slots.add(to: bias, dBias) }
  }
}

/// The extents of one attention, and its two passes over tiles.
private struct AttentionLayout {
  let batch: Int, tokens: Int, width: Int, heads: Int, depth: Int
  var scale: Float { 1 / Float(depth).squareRoot() }

  init(_ qkv: Shape, heads: Int, bias: Shape?) throws(ShapeError) {
    guard qkv.rank == 3, qkv[2] % 3 == 0, qkv[2] > 0 else {
      throw ShapeError.wrongShape(
        operation: "attention", argument: "the input", seen: qkv, wanted: "B x N x 3 D")
    }
    guard heads >= 1, (qkv[2] / 3) % heads == 0 else {
      throw ShapeError.notDivisible(
        operation: "attention", extent: qkv[2] / 3, by: heads, what: "a width")
    }
    if let bias, bias != [heads, qkv[1], qkv[1]] {
      throw ShapeError.wrongShape(
        operation: "attention", argument: "the bias", seen: bias,
        wanted: "\(heads) x \(qkv[1]) x \(qkv[1])")
    }
    (batch, tokens, width, self.heads) = (qkv[0], qkv[1], qkv[2] / 3, heads)
    depth = qkv[2] / 3 / heads
  }

  func forward(_ qkv: Operand, bias: NDArray?, weights: Operand, into y: NDArray) {
    let (n, row, element) = (tokens, 3 * width, qkv.precision.element)
    let scoring = ccv_product(n, n, depth, transposeB: true, element: element, lda: row, ldb: row)
    let mixing = ccv_product(n, depth, n, element: element, ldb: row, ldc: width)
    let (out, biases) = (y.floats, bias?.floats)
    Parallel.forEachSlice(of: batch * heads) { tiles in
      let scratch = Scores(tokens, weights.precision)
      for tile in tiles {
        let (image, head) = (tile / heads, tile % heads)
        let q = image * n * row + head * depth
        let scores = scratch.floats(for: weights, at: tile * n * n)
        MatrixProduct.tile(scoring, qkv.pointer(at: q), qkv.pointer(at: q + width), scores)
        kernels.attention_softmax(
          Int64(n), Int64(n), scale, biases.map { $0 + head * n * n }, scores)
        scratch.store(into: weights, at: tile * n * n)
        MatrixProduct.tile(
          mixing, weights.pointer(at: tile * n * n), qkv.pointer(at: q + 2 * width),
          out + image * n * width + head * depth)
      }
    }
    withExtendedLifetime((bias, y)) {}
  }

  /// The bias gradient is summed over images within each group, then over the groups in order: the
  /// groups depend on the batch alone.
  func pullback(
    _ qkv: Operand, weights: Operand, dy: Operand, into dqkv: NDArray, wantsBias: Bool
  ) -> NDArray? {
    let groups = min(batch, 4)
    let partial = wantsBias ? NDArray(zeros: [groups, heads, tokens, tokens]) : nil
    let sums = partial?.floats
    Parallel.forEachSlice(of: groups * heads) { items in
      let (p, ds) = (Scores(tokens, weights.precision), Scores(tokens, weights.precision))
      for item in items {
        let (group, head) = (item / heads, item % heads)
        for image in (batch * group / groups)..<(batch * (group + 1) / groups) {
          pullbackTile(
            image, head, qkv, weights, dy, dqkv, p, ds, sums.map { $0 + item * tokens * tokens })
        }
      }
    }
    guard let partial else { return nil }
    return proven { () throws(ShapeError) in try partial.reduced(.sum, axes: [0]) }
  }

  /// dv = p^T dout; dp = dout v^T; ds through the softmax; dq = ds k; dk = ds^T q.
  private func pullbackTile(
    _ image: Int, _ head: Int, _ qkv: Operand, _ weights: Operand, _ dy: Operand,
    _ dqkv: NDArray, _ p: Scores, _ ds: Scores, _ dBias: UnsafeMutablePointer<Float>?
  ) {
    let (n, row, element) = (tokens, 3 * width, qkv.precision.element)
    let start = image * n * row + head * depth
    let (q, k, v) = (
      qkv.pointer(at: start), qkv.pointer(at: start + width), qkv.pointer(at: start + 2 * width)
    )
    let (dq, tile) = (dqkv.floats + start, (image * heads + head) * n * n)
    let slope = dy.pointer(at: image * n * width + head * depth)
    MatrixProduct.tile(
      ccv_product(n, depth, n, transposeA: true, element: element, ldb: width, ldc: row),
      weights.pointer(at: tile), slope, dq + 2 * width)
    let scores = ds.floats
    MatrixProduct.tile(
      ccv_product(n, n, depth, transposeB: true, element: element, lda: width, ldb: row), slope, v,
      scores)
    kernels.attention_softmax_pullback(
      Int64(n), Int64(n), scale, p.loaded(from: weights, at: tile), scores, dBias)
    let rounded = ds.rounded
    MatrixProduct.tile(
      ccv_product(n, depth, n, element: element, ldb: row, ldc: row), rounded, k, dq)
    MatrixProduct.tile(
      ccv_product(n, depth, n, transposeA: true, element: element, ldb: row, ldc: row), rounded, q,
      dq + width)
  }
}

/// One thread's scores of one tile: floats to compute with, and the numbers that products read.
private struct Scores {
  let floats: UnsafeMutablePointer<Float>
  private let array: NDArray
  private let operand: Operand
  private let count: Int

  init(_ tokens: Int, _ precision: Precision) {
    count = tokens * tokens
    array = NDArray(uninitialized: [tokens, tokens])
    floats = array.floats
    operand =
      precision == .float32
      ? Operand(array, .float32) : Operand(uninitialized: count, precision)
  }

  /// Where a tile's scores are made: in their place if that holds floats.
  func floats(for weights: Operand, at start: Int) -> UnsafeMutablePointer<Float> {
    weights.precision == .float32 ? weights.floats + start : floats
  }

  func store(into weights: Operand, at start: Int) {
    if weights.precision != .float32 { weights.write(floats, count: count, at: start) }
  }

  func loaded(from weights: Operand, at start: Int) -> UnsafePointer<Float> {
    if weights.precision == .float32 { return UnsafePointer(weights.floats + start) }
    weights.read(floats, count: count, at: start)
    return UnsafePointer(floats)
  }

  /// The scores as a product reads them.
  var rounded: UnsafeMutableRawPointer {
    if operand.precision != .float32 { operand.write(floats, count: count, at: 0) }
    return operand.pointer()
  }
}

/// One relative-position bias a pair of tokens, looked up in a table and laid out by head.
///
/// - Shapes: table [R, h], index [N, N] int32 in 0..<R -> [h, N, N].
/// - Source: Bao et al. 2022 (BEiT), after Liu et al. 2021 (Swin).
public func positionBias(_ table: Tensor, index: NDArray) throws(ShapeError) -> Tensor {
  guard table.shape.rank == 2, index.elementType == .int32 else {
    throw ShapeError.wrongShape(
      operation: "position_bias", argument: "the table", seen: table.shape, wanted: "R x heads")
  }
  let heads = table.shape[1]
  let flat = try gatherRows(table, at: index.viewed(as: [index.count]))
  let turned = try permute(flat, [1, 0])
  return try reshape(turned, to: [heads] + index.shape.extents)
}

public import Arrays
import CKernels
import COneDNN

/// Multi-head self-attention with an additive bias, from packed queries, keys and values.
///
///     out[b, :, h] = softmax(q k^T / sqrt(d) + bias[h]) v          for each image b and head h
///
/// - Shapes: qkv [B, N, 3 D] (queries, keys, values, each as h heads of d = D / h), bias [h, N, N] or
///   nil -> [B, N, D].
/// - Keeps: qkv and the attention weights, B h N N floats.
/// - Source: Vaswani et al. 2017, eq. 1; the bias as in Bao et al. 2022 (BEiT).
///
/// An (image, head) pair is one tile: its N x N scores stay in the cache of the core that makes them.
public func attention(
  _ qkv: Tensor, heads: Int, bias: Tensor? = nil
) throws(ShapeError) -> Tensor {
  let layout = try AttentionLayout(qkv.shape, heads: heads, bias: bias?.shape)
  let input = qkv.value.converted(to: .float32)
  let weights = NDArray(uninitialized: [layout.batch, heads, layout.tokens, layout.tokens])
  let y = NDArray(uninitialized: [layout.batch, layout.tokens, layout.width])
  layout.forward(input, bias: bias?.value.converted(to: .float32), weights: weights, into: y)
  return recorded(y, from: qkv, bias) { dy, slots in
    let dqkv = NDArray(uninitialized: qkv.shape)
    let dBias = layout.pullback(
      input, weights: weights, dy: dy, into: dqkv, wantsBias: bias?.isTracked == true)
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

  // q k^T, p v, and their pullbacks, within the packed rows of queries, keys and values.
  private var scoring: ccv_product {
    ccv_product(tokens, tokens, depth, transposeB: true, lda: 3 * width, ldb: 3 * width)
  }
  private var mixing: ccv_product {
    ccv_product(tokens, depth, tokens, ldb: 3 * width, ldc: width)
  }

  func forward(_ qkv: NDArray, bias: NDArray?, weights: NDArray, into y: NDArray) {
    let n = Int64(tokens)
    let (source, p, out) = (qkv.floats, weights.floats, y.floats)
    let biases = bias?.floats
    Parallel.forEachSlice(of: batch * heads) { tiles in
      for tile in tiles {
        let (image, head) = (tile / heads, tile % heads)
        let q = source + image * tokens * 3 * width + head * depth
        let scores = p + tile * tokens * tokens
        MatrixProduct.tile(scoring, q, q + width, scores)
        kernels.attention_softmax(
          n, n, scale, biases.map { $0 + head * tokens * tokens }, scores)
        MatrixProduct.tile(
          mixing, scores, q + 2 * width, out + image * tokens * width + head * depth)
      }
    }
    withExtendedLifetime((qkv, bias)) {}
  }

  /// The bias gradient is summed over images within each group, then over the groups in order: the
  /// groups depend on the batch alone.
  func pullback(
    _ qkv: NDArray, weights: NDArray, dy: NDArray, into dqkv: NDArray, wantsBias: Bool
  ) -> NDArray? {
    let groups = min(batch, 4)
    let partial = wantsBias ? NDArray(zeros: [groups, heads, tokens, tokens]) : nil
    let sums = partial?.floats
    Parallel.forEachSlice(of: groups * heads) { items in
      let scratch = NDArray(uninitialized: [tokens, tokens])
      for item in items {
        let (group, head) = (item / heads, item % heads)
        for image in (batch * group / groups)..<(batch * (group + 1) / groups) {
          pullbackTile(
            image, head, qkv, weights, dy, dqkv, scratch.floats,
            sums.map { $0 + item * tokens * tokens })
        }
      }
      withExtendedLifetime(scratch) {}
    }
    guard let partial else { return nil }
    return proven { () throws(ShapeError) in try partial.reduced(.sum, axes: [0]) }
  }

  private func pullbackTile(
    _ image: Int, _ head: Int, _ qkv: NDArray, _ weights: NDArray, _ dy: NDArray,
    _ dqkv: NDArray, _ dp: UnsafeMutablePointer<Float>, _ dBias: UnsafeMutablePointer<Float>?
  ) {
    let (n, row) = (Int64(tokens), 3 * width)
    let start = image * tokens * row + head * depth
    let (q, dq) = (qkv.floats + start, dqkv.floats + start)
    let p = weights.floats + (image * heads + head) * tokens * tokens
    let slope = dy.floats + image * tokens * width + head * depth
    // dv = p^T dout; dp = dout v^T; then through the softmax; dq = ds k; dk = ds^T q.
    let turned = ccv_product(tokens, depth, tokens, transposeA: true, ldb: width, ldc: row)
    MatrixProduct.tile(turned, p, slope, dq + 2 * width)
    MatrixProduct.tile(
      ccv_product(tokens, tokens, depth, transposeB: true, lda: width, ldb: row), slope,
      q + 2 * width, dp)
    kernels.attention_softmax_pullback(n, n, scale, p, dp, dBias)
    MatrixProduct.tile(ccv_product(tokens, depth, tokens, ldb: row, ldc: row), dp, q + width, dq)
    MatrixProduct.tile(
      ccv_product(tokens, depth, tokens, transposeA: true, ldb: row, ldc: row), dp, q, dq + width)
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

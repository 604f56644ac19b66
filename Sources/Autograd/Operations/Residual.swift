public import Arrays
import CKernels

/// y = x + f g (h W^T + b): a residual connection whose branch ends in a linear map, with layer scale g
/// and drop path f.
///
/// - Shapes: x [B, ..., D], h [B, ..., I], weight [D, I], bias and scale [D], factors [B] or nil (1 for
///   every image) -> [B, ..., D].
/// - Keeps: h and W; not the branch. With S = (f dy)^T h the pullback has dW = g S, and
///   dg = sum over I of W S, plus b times the column sums of f dy.
/// - Source: Touvron et al. 2021 (layer scale); Huang et al. 2016 (drop path: a factor is 0 or
///   1 / (1 - rate)).
public func scaledResidual(
  _ x: Tensor, _ h: Tensor, weight: Tensor, bias: Tensor, scale: Tensor, factors: [Float]? = nil
) throws(ShapeError) -> Tensor {
  let map = try LinearMap(h, weight: weight, bias: bias)
  let branch = try ResidualBranch(map, h.shape, to: x, weight, bias, scale, factors)
  let (y, input) = (branch.forward(map), map.input)
  return recorded(y, from: x, h, weight, bias, scale) { dy, slots in
    let slope = branch.slope(dy)
    var products = ProductGroup()
    slots.accumulate(into: h) { branch.inputPullback(slope, into: $0, adding: $1, &products) }
    let sums = branch.outerSums(slope, input, &products)
    products.compute()
    branch.pullback(slope, sums, slots: &slots)
    slots.add(to: x, dy)
  }
}

/// y = x + f g (gelu(h W1^T + b1) W2^T + b2): the feed-forward half of a transformer block.
///
/// - Shapes: x [B, ..., D], h [B, ..., I], W1 [H, I], b1 [H], W2 [D, H], b2 and scale [D], factors [B] or
///   nil -> [B, ..., D].
/// - Keeps: as `feedForward`, and not the branch (see `scaledResidual`).
public func scaledFeedForward(
  _ x: Tensor, _ h: Tensor, _ w1: Tensor, _ b1: Tensor, _ w2: Tensor, _ b2: Tensor, scale: Tensor,
  factors: [Float]? = nil
) throws(ShapeError) -> Tensor {
  let (hidden, active) = try HiddenLayer.forward(h, w1, b1)
  let map = try LinearMap(active, shape: hidden.shape, weight: w2, bias: b2)
  let branch = try ResidualBranch(map, hidden.shape, to: x, w2, b2, scale, factors)
  return recorded(branch.forward(map), fromAll: [x, h, w1, b1, w2, b2, scale]) { dy, slots in
    let slope = branch.slope(dy)
    let dActive = NDArray(uninitialized: hidden.shape)
    var products = ProductGroup()
    branch.inputPullback(slope, into: dActive.floats, adding: false, &products)
    products.compute()
    let active = hidden.pullback(dActive, to: h, w1, b1, slots: &slots, &products)
    let sums = branch.outerSums(slope, active, &products)
    products.compute()
    branch.pullback(slope, sums, slots: &slots)
    slots.add(to: x, dy)
  }
}

/// What a residual connection keeps of its branch's last linear map.
private struct ResidualBranch {
  let x: NDArray
  let weight: Tensor, bias: Tensor, scale: Tensor
  let factors: [Float]?
  let precision: Precision
  let rows: Int, inputs: Int, outputs: Int

  init(
    _ map: LinearMap, _ input: Shape, to x: Tensor, _ weight: Tensor, _ bias: Tensor,
    _ scale: Tensor, _ factors: [Float]?
  ) throws(ShapeError) {
    let branch = input.replacing(axis: input.rank - 1, with: map.outputs)
    guard x.shape == branch else {
      throw ShapeError.mismatch(operation: "residual", left: x.shape, right: branch)
    }
    if let factors, factors.count != x.shape.extents.first {
      throw ShapeError.wrongShape(
        operation: "residual", argument: "the factors", seen: [factors.count],
        wanted: "one for each of the \(x.shape.extents.first ?? 0) images")
    }
    guard scale.shape == [map.outputs] else {
      throw ShapeError.wrongShape(
        operation: "residual", argument: "the layer scale", seen: scale.shape,
        wanted: "\(map.outputs)")
    }
    self.x = x.value.converted(to: .float32)
    (self.weight, self.bias, self.scale, self.factors) = (weight, bias, scale, factors)
    (precision, rows, inputs, outputs) = (map.precision, map.rows, map.inputs, map.outputs)
  }

  func forward(_ map: LinearMap) -> NDArray {
    let y = NDArray(uninitialized: x.shape)
    map.forward(into: y)
    let (stem, out) = (x.floats, y.floats)
    let (b, g) = (bias.value.floats, scale.value.floats)
    forEachGroup { range, factor in
      let start = range.lowerBound * outputs
      kernels.scaled_residual(
        Int64(range.count), Int64(outputs), factor, stem + start, out + start, b, g, out + start)
    }
    return y
  }

  /// f dy, and as the products read it.
  func slope(_ dy: NDArray) -> (array: NDArray, operand: Operand) {
    guard factors != nil else { return (dy, Operand(dy, precision)) }
    let scaled = NDArray(uninitialized: dy.shape)
    let (from, to) = (dy.floats, scaled.floats)
    forEachGroup { range, factor in
      let start = range.lowerBound * outputs
      kernels.affine(Int64(range.count * outputs), factor, 0, from + start, to + start)
    }
    return (scaled, Operand(scaled, precision))
  }

  /// Puts S = (f dy)^T h into the group, and returns where it will be.
  func outerSums(
    _ slope: (array: NDArray, operand: Operand), _ input: Operand, _ products: inout ProductGroup
  ) -> NDArray {
    let sums = NDArray(uninitialized: [outputs, inputs])
    products.add(
      transposeA: true, m: outputs, n: inputs, k: rows, slope.operand, input, sums.floats)
    return sums
  }

  /// dW, db and dg from S, which becomes dW.
  func pullback(
    _ slope: (array: NDArray, operand: Operand), _ products: NDArray, slots: inout GradientSlots
  ) {
    let sums = columnSums(slope.array, rows: rows, columns: outputs)
    let along = NDArray(uninitialized: [outputs])
    let (w, s, dots) = (weight.value.floats, products.floats, along.floats)
    let g = scale.value.floats
    Parallel.forEachRowSlice(outputs, columns: inputs) { slice in
      let start = slice.lowerBound * inputs
      kernels.dot_rows(
        Int64(slice.count), Int64(inputs), w + start, s + start, dots + slice.lowerBound)
      for row in slice {
        kernels.affine(Int64(inputs), g[row], 0, s + row * inputs, s + row * inputs)
      }
    }
    slots.add(to: weight, products)
    slots.add(to: bias, sums.times(scale.value))
    var dScale = sums.times(bias.value)
    dScale.addScaled(along)
    slots.add(to: scale, dScale)
  }

  /// Puts the product for the gradient of the map's input, f dy (g W), into the group.
  func inputPullback(
    _ slope: (array: NDArray, operand: Operand), into target: UnsafeMutablePointer<Float>,
    adding: Bool, _ products: inout ProductGroup
  ) {
    let scaled = NDArray(uninitialized: weight.shape)
    let (from, to, g) = (weight.value.floats, scaled.floats, scale.value.floats)
    Parallel.forEachRowSlice(outputs, columns: inputs) { slice in
      for row in slice {
        kernels.affine(Int64(inputs), g[row], 0, from + row * inputs, to + row * inputs)
      }
    }
    products.add(
      m: rows, n: inputs, k: outputs, slope.operand, Operand(scaled, precision),
      accumulate: adding, target)
  }

  /// Rows on all threads, in runs of one image's, with that image's factor.
  private func forEachGroup(_ body: (Range<Int>, Float) -> Void) {
    Parallel.forEachRowSlice(rows, columns: outputs) { slice in
      guard let factors else {
        body(slice, 1)
        return
      }
      let size = rows / max(1, factors.count)
      var start = slice.lowerBound
      while start < slice.upperBound {
        let end = min(slice.upperBound, (start / size + 1) * size)
        body(start..<end, factors[start / size])
        start = end
      }
    }
  }
}

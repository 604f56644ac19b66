public import Arrays

/// The sum or mean over axes (all when nil); dx repeats dy along them, over n for the mean.
public func sum(
  _ x: Tensor, axes: [Int]? = nil, keepsAxes: Bool = false, mean: Bool = false
) throws(ShapeError) -> Tensor {
  let y = try x.value.reduced(mean ? .mean : .sum, axes: axes, keepsAxes: keepsAxes)
  let kept = try keptShape(x.shape, axes, mean ? "mean" : "sum")
  return recorded(y, from: x) { dy, slots in
    var scaled = dy
    if mean { scaled = dy.affine(Float(kept.count) / Float(max(1, x.shape.count)), 0) }
    slots.add(
      to: x,
      proven { () throws(ShapeError) in try scaled.viewed(as: kept).broadcast(to: x.shape) })
  }
}

/// The largest (smallest) element over axes; the gradient is shared equally by equal extremes.
public func extreme(
  of x: Tensor, axes: [Int]? = nil, keepsAxes: Bool = false, smallest: Bool = false
) throws(ShapeError) -> Tensor {
  let name = smallest ? "min" : "max"
  let y = try x.value.reduced(smallest ? .minimum : .maximum, axes: axes, keepsAxes: keepsAxes)
  let kept = try keptShape(x.shape, axes, name)
  return recorded(y, from: x) { dy, slots in
    slots.add(
      to: x,
      proven { () throws(ShapeError) in
        let hits = try compare(.equal, x.value, y.viewed(as: kept)).converted(to: .float32)
        let share = try elementwise(
          .divide, dy.viewed(as: kept), try hits.reduced(.sum, axes: axes, keepsAxes: true))
        return try elementwise(.multiply, hits, share)
      })
  }
}

/// The shape with reduced axes kept as 1.
private func keptShape(
  _ shape: Shape, _ axes: [Int]?, _ operation: String
) throws(ShapeError) -> Shape {
  var extents = shape.extents
  for axis in axes ?? Array(0..<shape.rank) {
    extents[try shape.resolvedAxis(axis, for: operation)] = 1
  }
  return Shape(extents)
}

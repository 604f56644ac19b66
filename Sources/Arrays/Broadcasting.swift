/// The broadcasting rule, here and nowhere else.
///
/// Equal ranks: each pair of extents is equal, or one of the two is 1. Different ranks: the smaller
/// shape equals the tail of the larger. Nothing else lines up: (N, 1) against (N) is an error, not
/// a silent N x N.
public enum Broadcasting {
  /// The shape that two shapes combine to.
  public static func result(
    of left: Shape, and right: Shape, for operation: String
  ) throws(ShapeError) -> Shape {
    if left.extents == right.extents { return left }
    if left.rank == right.rank {
      var extents = [Int]()
      extents.reserveCapacity(left.rank)
      for (a, b) in zip(left.extents, right.extents) {
        guard a == b || a == 1 || b == 1 else {
          throw ShapeError.mismatch(operation: operation, left: left, right: right)
        }
        extents.append(a == 1 ? b : a)
      }
      return try Shape.validated(extents)
    }
    let (small, large) = left.rank < right.rank ? (left, right) : (right, left)
    guard large.extents.suffix(small.rank).elementsEqual(small.extents) else {
      throw ShapeError.mismatch(operation: operation, left: left, right: right)
    }
    return large
  }

  /// The axes of `result` over which `operand` was repeated: those that its gradient is summed over.
  public static func repeatedAxes(of operand: Shape, in result: Shape) -> [Int] {
    let missing = result.rank - operand.rank
    let stretched = operand.extents.indices.filter {
      operand.extents[$0] == 1 && result.extents[$0 + missing] != 1
    }
    return Array(0..<missing) + stretched.map { $0 + missing }
  }
}

/// What can be wrong with the extents, axes, indices or element types given to an array operation.
///
/// Each case carries its operands, so that a caller can point at them; `description` is the text.
public enum ShapeError: Error, Equatable, Sendable, CustomStringConvertible {
  case mismatch(operation: String, left: Shape, right: Shape)
  case innerExtents(operation: String, left: Shape, right: Shape)
  case wrongShape(operation: String, argument: String, seen: Shape, wanted: String)
  case wrongRank(operation: String, seen: Shape, wanted: String)
  case axisOutOfRange(operation: String, axis: Int, shape: Shape)
  case indexOutOfRange(index: Int, axis: Int, shape: Shape)
  case reshape(from: Shape, to: [Int])
  case notDivisible(operation: String, extent: Int, by: Int, what: String)
  case wrongElementType(operation: String, seen: ElementType, wanted: String)
  case valueOutOfRange(operation: String, what: String, seen: String, wanted: String)
  case negativeExtent([Int])
  case tooLarge([Int])
  case empty(operation: String)

  /// One sentence that names the operation, what was seen and what was wanted.
  public var description: String {
    switch self {
    case .mismatch(let operation, let left, let right):
      "\(operation): shapes do not line up: \(left) and \(right)"
    case .innerExtents(let operation, let left, let right):
      "\(operation): inner extents differ: \(left) times \(right)"
        + Self.innerDetail(left, right)
    case .wrongShape(let operation, let argument, let seen, let wanted):
      "\(operation): \(argument) is \(seen), wanted \(wanted)"
    case .wrongRank(let operation, let seen, let wanted):
      "\(operation): got an array of shape \(seen), wanted \(wanted)"
    case .axisOutOfRange(let operation, let axis, let shape):
      "\(operation): there is no axis \(axis) in a shape of \(shape.rank) axes (\(shape))"
    case .indexOutOfRange(let index, let axis, let shape):
      "index \(index) is out of range on axis \(axis) of shape \(shape)"
        + " (0 to \(shape[axis] - 1), or -1 to -\(shape[axis]) from the end)"
    case .reshape(let from, let to):
      "reshape: \(from) has \(from.count) elements, which do not fill"
        + " \(to.map { $0 == -1 ? "?" : String($0) }.joined(separator: " x "))"
    case .notDivisible(let operation, let extent, let by, let what):
      "\(operation): \(what) of \(extent) is not a multiple of \(by)"
    case .wrongElementType(let operation, let seen, let wanted):
      "\(operation): elements are \(seen.name), wanted \(wanted)"
    case .valueOutOfRange(let operation, let what, let seen, let wanted):
      "\(operation): \(what) is \(seen), wanted \(wanted)"
    case .negativeExtent(let extents):
      "a shape cannot have a negative extent: \(extents)"
    case .tooLarge(let extents):
      "a tensor of \(extents.map(String.init).joined(separator: " x ")) is more than this machine's memory holds"
    case .empty(let operation):
      "\(operation): there are no elements to work on"
    }
  }

  private static func innerDetail(_ left: Shape, _ right: Shape) -> String {
    guard left.rank >= 1, right.rank >= 2 else { return "" }
    return " (\(left[-1]) against \(right[-2]))"
  }
}

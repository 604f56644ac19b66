public import Arrays
public import Autograd
public import Interpreter
import Syntax
public import Training

/// The engine's errors in the language's words: wrapped once, here.
extension ShapeError: DiagnosableError {
  public var diagnosis: Diagnosis {
    switch self {
    case .mismatch("index by a mask", let left, let right):
      Diagnosis(
        "E021", "a mask of \(right) does not pick from a tensor of \(left)",
        arguments: [(0, "\(left)"), (1, "\(right)")],
        notes: ["A mask picks elements where it has the shape of the tensor."],
        hint: "`cover(image, mask, size: 4)` hides the patches of an image.")
    case .mismatch("concat", _, _), .mismatch("stack", _, _), .mismatch("scatter", _, _):
      Diagnosis(
        "E021", description, arguments: [(0, "")],
        notes: ["Parts that are put together have equal shapes, but for the axis along which."])
    case .mismatch(let operation, let left, let right):
      Diagnosis(
        "E021", "shapes do not line up in \"\(operation)\": \(left) and \(right)",
        arguments: [(0, "\(left)"), (1, "\(right)")],
        notes: [
          "Element-wise work needs equal shapes, axes of 1 in equal ranks, or one shape equal to the tail of the other."
        ], hint: Self.lineUp(operation, left, right), cure: Self.cure(operation, left, right))
    case .innerExtents(_, let left, let right):
      Diagnosis(
        "E021", description, arguments: [(0, "\(left)"), (1, "\(right)")],
        hint: left.rank > 0 && right.rank > 1 && left[-1] == right[-1]
          ? "`a @ transpose(b)`." : nil,
        cure: left.rank > 0 && right.rank > 1 && left[-1] == right[-1]
          ? .rewrite("transpose({1})") : nil)
    case .indexOutOfRange(let index, let axis, let shape):
      Diagnosis(
        "E108", "index \(index) is out of range: axis \(axis) of \(shape) has \(shape[axis])",
        arguments: [
          (
            1,
            shape[axis] == 0
              ? "it is empty" : "0 to \(shape[axis] - 1), or -1 to -\(shape[axis]) from the end"
          )
        ])
    case .notDivisible(_, let extent, let by, _):
      Diagnosis(
        "E021", description, arguments: [(0, "")], notes: Self.isChannels(extent),
        hint: extent == 3 ? "`permute(image, [2, 0, 1])`." : Self.divisors(of: extent, near: by))
    case .wrongShape, .wrongRank, .reshape:
      Diagnosis("E021", description, arguments: [(0, "")])
    case .tooLarge: Diagnosis("E131", description, hint: "smaller batches or sizes.")
    default: Diagnosis("E119", description, arguments: [(0, "")])
    }
  }

  /// Operators, whose two sides the source shows.
  private static let signs: Set = [
    "+", "-", "*", "/", "^", "==", "!=", "<", "<=", ">", ">=",
  ]

  private static func lineUp(_ operation: String, _ left: Shape, _ right: Shape) -> String? {
    let (small, large) = left.rank < right.rank ? (left, right) : (right, left)
    guard small.rank < large.rank, let extent = small.extents.first, small.rank == 1,
      let axis = large.extents.firstIndex(of: extent)
    else { return operation == "*" ? product(left, right) : nil }
    let shape = large.extents.indices.map { $0 == axis ? String(extent) : "1" }
    return "`reshape(x, [\(shape.joined(separator: ", "))])`."
  }

  private static func product(_ left: Shape, _ right: Shape) -> String? {
    left.rank == 2 && right.rank == 2 && left[-1] == right[0]
      ? "`a @ b` is the matrix product." : nil
  }

  private static func cure(_ operation: String, _ left: Shape, _ right: Shape) -> Cure? {
    if operation == "*", product(left, right) != nil { return .rewrite("{0} @ {1}") }
    guard signs.contains(operation) else { return nil }
    let index = left.rank < right.rank ? 0 : 1
    return lineUp(operation, left, right).map { hint in
      .rewrite(
        String(hint.dropFirst().dropLast(2))
          .replacing("reshape(x,", with: "reshape({\(index)},"))
    }
  }

  /// Images whose last axis holds the colours fail where their height or width is wanted.
  private static func isChannels(_ extent: Int) -> [String] {
    extent == 3 || extent == 1
      ? ["Images are channels x height x width here, not height x width x channels."] : []
  }

  private static func divisors(of extent: Int, near wanted: Int) -> String? {
    let all = (2...max(2, extent)).filter { extent % $0 == 0 && $0 < extent }
    let near = all.sorted { abs($0 - wanted) < abs($1 - wanted) }.prefix(3).sorted()
    let sides = wanted > 0 ? [extent / wanted * wanted, (extent / wanted + 1) * wanted] : []
    let fits = sides.filter { $0 > 0 }.map(String.init).joined(separator: " or ")
    return near.isEmpty
      ? nil
      : "a size that divides \(extent): \(near.map(String.init).joined(separator: ", "))"
        + (fits.isEmpty ? "." : "; or images of \(fits).")
  }
}

extension GradientError: DiagnosableError {
  public var diagnosis: Diagnosis {
    switch self {
    case .notScalar: Diagnosis("E133", description, hint: "`mean(loss)`.")
    case .noBFloat16: Diagnosis("E137", description, hint: "`precision: \"float32\"`.")
    case .nested, .noParameters: Diagnosis("E133", description)
    case .constantLoss:
      Diagnosis(
        "E133", description,
        hint: "the function uses what it is given: `gradients(net, n => mean(n(x)))`.")
    }
  }
}

extension TrainingError: DiagnosableError {
  public var diagnosis: Diagnosis { Diagnosis("E134", description) }
}

public import Arrays
public import Autograd
public import Interpreter
public import Training

/// The engine's errors in the language's words: wrapped once, here.
extension ShapeError: DiagnosableError {
  public var diagnosis: Diagnosis {
    switch self {
    case .mismatch(let operation, let left, let right):
      Diagnosis(
        "E021", "shapes do not line up in \"\(operation)\": \(left) and \(right)",
        arguments: [(0, "\(left)"), (1, "\(right)")],
        notes: [
          "Element-wise work needs equal shapes, axes of 1 in equal ranks, or one shape equal to the tail of the other."
        ], hint: Self.lineUp(left, right))
    case .innerExtents(_, let left, let right):
      Diagnosis(
        "E021", description, arguments: [(0, "\(left)"), (1, "\(right)")],
        hint: left.rank > 0 && right.rank > 1 && left[-1] == right[-1] ? "`a @ transpose(b)`." : nil
      )
    case .indexOutOfRange: Diagnosis("E108", description, arguments: [(1, ""), (0, "")])
    case .wrongShape, .wrongRank, .reshape, .notDivisible:
      Diagnosis("E021", description, arguments: [(0, "")])
    case .tooLarge: Diagnosis("E131", description, hint: "smaller batches or sizes.")
    default: Diagnosis("E119", description, arguments: [(0, "")])
    }
  }

  private static func lineUp(_ left: Shape, _ right: Shape) -> String? {
    let (small, large) = left.rank < right.rank ? (left, right) : (right, left)
    guard small.rank < large.rank, let extent = small.extents.first, small.rank == 1,
      let axis = large.extents.firstIndex(of: extent)
    else { return nil }
    let shape = large.extents.indices.map { $0 == axis ? String(extent) : "1" }
    return "`reshape(x, [\(shape.joined(separator: ", "))])`."
  }
}

extension GradientError: DiagnosableError {
  public var diagnosis: Diagnosis {
    switch self {
    case .notScalar: Diagnosis("E133", description, hint: "`mean(loss)`.")
    case .noBFloat16: Diagnosis("E137", description, hint: "`precision: \"float32\"`.")
    default: Diagnosis("E133", description)
    }
  }
}

extension TrainingError: DiagnosableError {
  public var diagnosis: Diagnosis { Diagnosis("E134", description) }
}

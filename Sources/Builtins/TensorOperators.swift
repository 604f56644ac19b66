import Arrays
import Autograd
import Interpreter

/// Operators on tensors, and on lists in arithmetic.
enum TensorOperators {
  static func install(in machine: Machine) {
    machine.operators.binary = binary
    machine.operators.negate = { value in
      Tensors.optional(value).map { Tensors.owned(apply(.negate, $0)) }
    }
    machine.operators.matrix = { rows in Tensors.owned(try Tensors.list(rows)) }
  }

  private static func binary(_ code: BinaryOperatorCode, _ a: Value, _ b: Value) throws -> Value? {
    guard let x = Tensors.optional(a), let y = Tensors.optional(b) else {
      // A tensor equals nothing that is no tensor.
      return code == .equal ? Value(false) : code == .notEqual ? Value(true) : nil
    }
    if let comparison = comparisons[code] {
      return Tensors.owned(try compare(comparison, x.value, y.value))
    }
    return Tensors.owned(try arithmetic(code, x, y))
  }

  private static let comparisons: [BinaryOperatorCode: Comparison] = [
    .equal: .equal, .notEqual: .notEqual, .less: .less, .lessEqual: .lessEqual,
    .greater: .greater, .greaterEqual: .greaterEqual,
  ]

  private static func arithmetic(
    _ code: BinaryOperatorCode, _ x: Tensor, _ y: Tensor
  ) throws -> Tensor {
    switch code {
    case .add: return try add(x, y)
    case .subtract: return try subtract(x, y)
    case .multiply: return try multiply(x, y)
    case .divide: return try divide(x, y)
    case .power: return try raised(x, y)
    case .matrixProduct: return try matrixProduct(x, y)
    case .integerDivide: return apply(.floor, try divide(x, y))
    case .modulo: return try subtract(x, multiply(y, apply(.floor, try divide(x, y))))
    default: preconditionFailure("comparisons were handled")
    }
  }

  /// Squares and roots by their own functions: faster, and exact for negative numbers.
  private static func raised(_ x: Tensor, _ y: Tensor) throws -> Tensor {
    if y.shape.rank == 0, !y.isTracked {
      switch y.value.scalarValue {
      case 1: return x
      case 2: return apply(.square, x)
      case 0.5: return apply(.sqrt, x)
      case -1: return apply(.reciprocal, x)
      default: break
      }
    }
    return try power(x, y)
  }
}

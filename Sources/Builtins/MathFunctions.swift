import Arrays
import Autograd
import Glibc
import Interpreter

/// Functions of numbers and, element by element, of tensors.
enum MathFunctions {
  private static let group = "mathematics"

  static func functions() -> [NativeFunction] {
    elementwiseTable.map(elementwise) + [
      clamp(), whereFunction(), isNaN(), near(), isFinite(), normalizePower(),
      pairwise("max", smallest: false),
      pairwise("min", smallest: true),
    ]
  }

  private struct Elementwise {
    let name: String
    let operation: UnaryOperation
    let number: (Double) -> Double
    let summary: String
    let example: String
    let related: [String]
  }

  private static var elementwiseTable: [Elementwise] {
    [
      Elementwise(
        name: "abs", operation: .absolute, number: { Swift.abs($0) },
        summary: "The absolute value of each element.", example: "abs(-3)  # => 3",
        related: ["norm_of", "clamp"]),
      Elementwise(
        name: "exp", operation: .exp, number: { Glibc.exp($0) },
        summary: "e to the power of each element.", example: "exp(0)  # => 1",
        related: ["log", "softmax"]),
      Elementwise(
        name: "log", operation: .log, number: { Glibc.log($0) },
        summary:
          "The natural logarithm of each element; of 0 it is -inf, of a negative number nan.",
        example: "log(1)  # => 0", related: ["exp", "logsumexp"]),
      Elementwise(
        name: "sqrt", operation: .sqrt, number: { $0.squareRoot() },
        summary: "The square root of each element; of a negative number it is nan.",
        example: "sqrt(9)  # => 3", related: ["square", "norm_of"]),
      Elementwise(
        name: "sin", operation: .sin, number: { Glibc.sin($0) },
        summary: "The sine of angles in radians.", example: "sin(0)  # => 0", related: ["cos"]),
      Elementwise(
        name: "cos", operation: .cos, number: { Glibc.cos($0) },
        summary: "The cosine of angles in radians.", example: "cos(0)  # => 1", related: ["sin"]),
      Elementwise(
        name: "tanh", operation: .tanh, number: { Glibc.tanh($0) },
        summary: "The hyperbolic tangent of each element, -1 to 1.", example: "tanh(0)  # => 0",
        related: ["sigmoid", "gelu"]),
      Elementwise(
        name: "sigmoid", operation: .sigmoid, number: { 1 / (1 + Glibc.exp(-$0)) },
        summary: "1 / (1 + exp(-x)) of each element x, 0 to 1.", example: "sigmoid(0)  # => 0.5",
        related: ["tanh", "softmax"]),
      Elementwise(
        name: "relu", operation: .relu, number: { Swift.max(0, $0) },
        summary: "Each element, 0 where it is negative.", example: "relu(-2)  # => 0",
        related: ["gelu", "clamp"]),
      Elementwise(
        name: "gelu", operation: .gelu, number: { 0.5 * $0 * Glibc.erfc(-$0 / 2.0.squareRoot()) },
        summary: "x Phi(x) of each element x, Phi the normal distribution function"
          + " (the exact form; Hendrycks, Gimpel 2016).",
        example: "gelu(0)  # => 0", related: ["relu", "mlp"]),
      Elementwise(
        name: "square", operation: .square, number: { $0 * $0 },
        summary: "Each element times itself.", example: "square(3)  # => 9",
        related: ["sqrt", "mse"]),
      Elementwise(
        name: "floor", operation: .floor, number: { $0.rounded(.down) },
        summary: "The largest whole number that is not above, of each element.",
        example: "floor(-1.5)  # => -2", related: ["ceil", "round"]),
      Elementwise(
        name: "ceil", operation: .ceil, number: { $0.rounded(.up) },
        summary: "The smallest whole number that is not below, of each element.",
        example: "ceil(1.2)  # => 2", related: ["floor", "round"]),
      Elementwise(
        name: "round", operation: .round, number: { $0.rounded(.toNearestOrEven) },
        summary: "The nearest whole number of each element; halves go to the even one.",
        example: "round(2.5)  # => 2", related: ["floor", "ceil", "numbers"]),
    ]
  }

  private static func elementwise(_ entry: Elementwise) -> NativeFunction {
    NativeFunction(
      entry.name, "x: number or tensor", group: group, summary: entry.summary,
      details: """
        x: a number, a tensor or a list of numbers.
        Gives a number for a number (64-bit), else a tensor of the same shape (float32).
        """,
      example: entry.example, related: entry.related
    ) { call in
      if let number = call[0].number { return Value(entry.number(number)) }
      return Tensors.owned(apply(entry.operation, try Tensors.argument(call, 0)))
    }
  }

  private static func clamp() -> NativeFunction {
    NativeFunction(
      "clamp", "x: tensor, low=-inf number, high=inf number", group: group,
      summary: "Each element brought between two bounds.",
      details: """
        x: a number, tensor or list of numbers.
        low: nothing comes below it.
        high: nothing comes above it.
        Gives a number for a number, else a tensor of the same shape.
        """,
      example: "list(clamp([-1, 0.5, 2], low: 0, high: 1))  # => [0, 0.5, 1]",
      related: ["min", "max", "relu"]
    ) { call in
      let (low, high) = (
        try call.number(1, default: -.infinity), try call.number(2, default: .infinity)
      )
      if let number = call[0].number { return Value(Swift.min(Swift.max(number, low), high)) }
      let lifted = try extreme(try Tensors.argument(call, 0), Tensor(Float(low)))
      return Tensors.owned(try extreme(lifted, Tensor(Float(high)), smaller: true))
    }
  }

  private static func whereFunction() -> NativeFunction {
    NativeFunction(
      "where", "mask: mask, a: tensor, b: tensor", group: group,
      summary: "Chooses element by element: a where a mask is true, b elsewhere.",
      details: """
        The three line up to one shape, as in arithmetic.
        mask: true and false.
        a: what is taken where the mask is true: numbers or a tensor.
        b: what is taken where it is false.
        Gives a tensor.
        """,
      example: "list(where(tensor([1, -1]) > 0, 10, 20))  # => [10, 20]",
      related: ["masks", "cover", "if"]
    ) { call in
      Tensors.owned(
        try select(
          try Tensors.mask(call, 0), try Tensors.argument(call, 1), try Tensors.argument(call, 2)))
    }
  }

  private static func near() -> NativeFunction {
    NativeFunction(
      "near", "a: number or tensor, b: number or tensor, tolerance=1e-5 number", group: group,
      summary: "Whether two values are the same up to rounding, for tests.",
      details: """
        a: a number, tensor or list of numbers.
        b: what it should be; of the same shape.
        tolerance: the difference that is allowed, times the larger of 1, |a| and |b|, for each element.
        Gives true or false. Other shapes, nan and an infinity with anything but itself are not near.
        """,
      example: "near(0.1 + 0.2, 0.3)  # => true", related: ["assert", "abs"]
    ) { call in
      let tolerance = try call.number(2, default: 1e-5)
      func isNear(_ a: Double, _ b: Double) -> Bool {
        a == b || a.isFinite && b.isFinite && abs(a - b) <= tolerance * max(1, abs(a), abs(b))
      }
      if let a = call[0].number, let b = call[1].number { return Value(isNear(a, b)) }
      let a = try Tensors.argument(call, 0).value.converted(to: .float32)
      let b = try Tensors.argument(call, 1).value.converted(to: .float32)
      guard a.shape == b.shape else { return Value(false) }
      return Value(
        (0..<a.shape.count).allSatisfy { isNear(Double(a.floats[$0]), Double(b.floats[$0])) })
    }
  }

  private static func isNaN() -> NativeFunction {
    NativeFunction(
      "is_nan", "x: number or tensor", group: group,
      summary: "Whether something is not a number, such as 0 / 0.",
      details: """
        x: a number, tensor or list of numbers.
        Gives true or false for a number, else a mask of the same shape.
        """,
      example: "is_nan(0 / 0)  # => true",
      related: ["is_finite", "any"]
    ) { call in
      if let number = call[0].number { return Value(number.isNaN) }
      let x = try Tensors.argument(call, 0).value
      return Tensors.owned(try compare(.notEqual, x, x))
    }
  }

  private static func isFinite() -> NativeFunction {
    NativeFunction(
      "is_finite", "x: number or tensor", group: group,
      summary: "Whether something is neither infinite nor nan.",
      details: """
        x: a number, tensor or list of numbers.
        Gives true or false for a number, else a mask of the same shape.
        """,
      example: "is_finite(1 / 0)  # => false",
      related: ["is_nan", "all"]
    ) { call in
      if let number = call[0].number { return Value(number.isFinite) }
      let size = Arrays.elementwise(.absolute, try Tensors.argument(call, 0).value)
      return Tensors.owned(try compare(.less, size, NDArray(scalar: Float.infinity)))
    }
  }

  private static func normalizePower() -> NativeFunction {
    NativeFunction(
      "norm_of", "x: tensor", group: group,
      summary: "The Euclidean length of all elements together.",
      details: """
        x: a tensor or list of numbers, of any shape.
        Gives a tensor of one number, the square root of the sum of squares.
        """,
      example: "norm_of([3, 4])  # => 5",
      related: ["sum", "square"]
    ) { call in
      let x = try Tensors.argument(call, 0)
      return Tensors.owned(apply(.sqrt, try sum(apply(.square, x))))
    }
  }

  /// `max(3, 5)`, `max(list)`, `max(tensor, axis: 1)`.
  private static func pairwise(_ name: String, smallest: Bool) -> NativeFunction {
    NativeFunction(
      name, "..., axis=nil number or list, keep=false bool", group: "reductions",
      summary: "The \(smallest ? "smallest" : "largest") of numbers, or of a tensor's elements.",
      details: """
        ...: one list or tensor, or several numbers or tensors of one shape, which are compared
        element by element.
        axis: of one tensor: the axes to go along, a number or a list; all when left out.
        keep: whether these axes stay, with extent 1.
        Gives a number; of a tensor and axes, or of several tensors, a tensor.
        """,
      example: """
        \(name)([3, 1, 2])  # => \(smallest ? 1 : 3)
        list(\(name)([3, 1; 2, 4], axis: 1))  # => \(smallest ? "[1, 2]" : "[3, 4]")
        """,
      related: ["arg\(name)", "clamp", "sort"]
    ) { call in
      let values = call.extras
      guard let first = values.first else {
        throw Diagnosis("E105", "\(name) needs a value", hint: "`\(name)([1, 2])`.")
      }
      if values.count == 1 {
        if let list = first.list, list.isNumeric, list.count > 0, !call.has(0) {
          let numbers = list.values.map(\.double)
          return Value((smallest ? numbers.min() : numbers.max()) ?? .nan)
        }
        let x = try Tensors.tensor(first)
        return Tensors.owned(
          try extreme(
            of: x, axes: try Tensors.axes(call, 0), keepsAxes: try call.flag(1, default: false),
            smallest: smallest))
      }
      if values.allSatisfy(\.isNumber) {
        let numbers = values.map(\.double)
        return Value((smallest ? numbers.min() : numbers.max()) ?? .nan)
      }
      var result = try Tensors.tensor(first)
      for value in values.dropFirst() {
        result = try extreme(result, try Tensors.tensor(value), smaller: smallest)
      }
      return Tensors.owned(result)
    }
  }
}

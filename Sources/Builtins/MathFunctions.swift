import Arrays
import Autograd
import Glibc
import Interpreter

/// Functions of numbers and, element by element, of tensors.
enum MathFunctions {
  private static let group = "mathematics"

  static func functions() -> [NativeFunction] {
    elementwiseTable.map(elementwise) + [
      clamp(), whereFunction(), isNaN(), isFinite(), normalizePower(),
      pairwise("max", smallest: false),
      pairwise("min", smallest: true),
    ]
  }

  private static var elementwiseTable:
    [(name: String, operation: UnaryOperation, number: (Double) -> Double, summary: String)]
  {
    [
      ("abs", .absolute, { Swift.abs($0) }, "The absolute value."),
      ("exp", .exp, { Glibc.exp($0) }, "e to the power x."),
      (
        "log", .log, { Glibc.log($0) },
        "The natural logarithm; of 0 -inf, of a negative number nan."
      ),
      ("sqrt", .sqrt, { $0.squareRoot() }, "The square root; of a negative number nan."),
      ("sin", .sin, { Glibc.sin($0) }, "The sine of an angle in radians."),
      ("cos", .cos, { Glibc.cos($0) }, "The cosine of an angle in radians."),
      ("tanh", .tanh, { Glibc.tanh($0) }, "The hyperbolic tangent."),
      ("sigmoid", .sigmoid, { 1 / (1 + Glibc.exp(-$0)) }, "1 / (1 + exp(-x))."),
      ("relu", .relu, { Swift.max(0, $0) }, "max(x, 0)."),
      (
        "gelu", .gelu, { 0.5 * $0 * Glibc.erfc(-$0 / 2.0.squareRoot()) },
        "x Phi(x), Phi the normal distribution function (the exact form; Hendrycks, Gimpel 2016)."
      ),
      ("square", .square, { $0 * $0 }, "x x."),
      ("floor", .floor, { $0.rounded(.down) }, "The largest whole number not above x."),
      ("ceil", .ceil, { $0.rounded(.up) }, "The smallest whole number not below x."),
      (
        "round", .round, { $0.rounded(.toNearestOrEven) },
        "The nearest whole number; halves go to the even one."
      ),
    ]
  }

  private static func elementwise(
    _ entry: (name: String, operation: UnaryOperation, number: (Double) -> Double, summary: String)
  ) -> NativeFunction {
    NativeFunction(
      entry.name, "x: number or tensor", group: group, summary: entry.summary,
      details: "Numbers give a number (64-bit), tensors a tensor of the same shape (float32).",
      example: "\(entry.name)([0.5, 1, 2])", related: ["clamp", "where"]
    ) { call in
      if let number = call[0].number { return Value(entry.number(number)) }
      return Tensors.owned(apply(entry.operation, try Tensors.argument(call, 0)))
    }
  }

  private static func clamp() -> NativeFunction {
    NativeFunction(
      "clamp", "x: tensor, low=-inf number, high=inf number", group: group,
      summary: "Each element brought into low ... high.",
      example: "clamp([-1, 0.5, 2], low: 0, high: 1)",
      related: ["min", "max"]
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
      summary: "a where the mask is true, b elsewhere.",
      details: "The three broadcast to one shape.", example: "where(tensor([1, -1]) > 0, 1, 0)",
      related: ["cover", "union"]
    ) { call in
      Tensors.owned(
        try select(
          try Tensors.mask(call, 0), try Tensors.argument(call, 1), try Tensors.argument(call, 2)))
    }
  }

  private static func isNaN() -> NativeFunction {
    NativeFunction(
      "is_nan", "x: number or tensor", group: group, summary: "Where x is not a number.",
      example: "is_nan(0 / 0)", related: ["is_finite"]
    ) { call in
      if let number = call[0].number { return Value(number.isNaN) }
      let x = try Tensors.argument(call, 0).value
      return Tensors.owned(try compare(.notEqual, x, x))
    }
  }

  private static func isFinite() -> NativeFunction {
    NativeFunction(
      "is_finite", "x: number or tensor", group: group,
      summary: "Where x is neither infinite nor nan.", example: "is_finite(1 / 0)",
      related: ["is_nan"]
    ) { call in
      if let number = call[0].number { return Value(number.isFinite) }
      let size = Arrays.elementwise(.absolute, try Tensors.argument(call, 0).value)
      return Tensors.owned(try compare(.less, size, NDArray(scalar: Float.infinity)))
    }
  }

  private static func normalizePower() -> NativeFunction {
    NativeFunction(
      "norm_of", "x: tensor", group: group,
      summary: "The Euclidean norm of all elements.", example: "norm_of([3, 4])", related: ["sum"]
    ) { call in
      let x = try Tensors.argument(call, 0)
      return Tensors.owned(apply(.sqrt, try sum(apply(.square, x))))
    }
  }

  /// `max(3, 5)`, `max(list)`, `max(tensor, axis: 1)`.
  private static func pairwise(_ name: String, smallest: Bool) -> NativeFunction {
    NativeFunction(
      name, "..., axis=nil number, keep=false bool", group: "reductions",
      summary:
        "The \(smallest ? "smallest" : "largest") of several numbers, or of the elements of a list or tensor.",
      details:
        "axis: a number or a list of axes to reduce (all when left out), keep: leaves them with extent 1.",
      example: "\(name)([3, 1, 2])", related: ["arg\(name)", "clamp"]
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

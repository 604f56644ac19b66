import Arrays
import Autograd
import Interpreter

/// Functions that bring axes together.
enum ReductionFunctions {
  private static let group = "reductions"
  /// What the options of all of them mean.
  private static let axis =
    "axis: the axes to go along, a number or a list of them; all when left out."
  private static let keep = "keep: whether these axes stay, with extent 1."

  static func functions() -> [NativeFunction] {
    [
      sumOrMean("sum", mean: false), sumOrMean("mean", mean: true),
      spread("std", isVariance: false),
      spread("var", isVariance: true), argExtreme("argmax", smallest: false),
      argExtreme("argmin", smallest: true), anyOrAll("any"), anyOrAll("all"), count(),
      logSumExpFunction(),
    ]
  }

  private static func sumOrMean(_ name: String, mean: Bool) -> NativeFunction {
    NativeFunction(
      name, "x: tensor, axis=nil number or list, keep=false bool, where=nil mask", group: group,
      summary: "The \(mean ? "mean" : "sum") of the elements of a tensor or list.",
      details: """
        x: a tensor or list of numbers.
        \(axis)
        \(keep)
        where: a mask over the leading axes: only rows where it is true count\(
          mean ? "; where none does, the mean is nan" : "").
        Gives a number of a list of numbers, else a tensor without the axes.
        """,
      example: """
        \(name)([1, 2, 3])  # => \(mean ? 2 : 6)
        list(\(name)([1, 3; 5, 7], axis: 0))  # => \(mean ? "[3, 5]" : "[6, 10]")
        """,
      related: mean ? ["sum", "std", "max"] : ["mean", "count", "max"]
    ) { call in
      if let list = call[0].list, list.isNumeric, !call.has(1), !call.has(3) {
        let total = list.values.reduce(0.0) { $0 + $1.double }
        guard mean else { return Value(total) }
        guard list.count > 0 else { throw ShapeError.empty(operation: name) }
        return Value(total / Double(list.count))
      }
      if let number = call[0].number { return Value(number) }
      var x = try Tensors.argument(call, 0)
      if call.has(3) {
        x = try selectRows(x, where: try Tensors.mask(call, 3))
        // No row: a mean over nothing is nan, as a metric that does not apply.
        if x.shape.count == 0, mean { return Value(Double.nan) }
      }
      return Tensors.owned(
        try sum(
          x, axes: try Tensors.axes(call, 1), keepsAxes: try call.flag(2, default: false),
          mean: mean))
    }
  }

  private static func spread(_ name: String, isVariance: Bool) -> NativeFunction {
    NativeFunction(
      name, "x: tensor, axis=nil number or list, keep=false bool, unbiased=true bool", group: group,
      summary: isVariance
        ? "The variance of the elements." : "The standard deviation of the elements.",
      details: """
        x: a tensor or list of numbers.
        \(axis)
        \(keep)
        unbiased: whether the squares are divided by n - 1, else by n.
        Gives a tensor without the axes.
        """,
      example: "\(name)([1, 3], unbiased: false)  # => 1",
      related: [isVariance ? "std" : "var", "mean"]
    ) { call in
      let x = try Tensors.argument(call, 0)
      let axes = try Tensors.axes(call, 1)
      let center = try sum(x, axes: axes, keepsAxes: true, mean: true)
      let squares = apply(.square, try subtract(x, center))
      let total = try sum(squares, axes: axes, keepsAxes: try call.flag(2, default: false))
      let n = x.shape.count / Swift.max(1, center.shape.count)
      let divisor = try call.flag(3, default: true) ? n - 1 : n
      let variance = try multiply(total, Tensor(1 / Float(divisor)))
      return Tensors.owned(isVariance ? variance : apply(.sqrt, variance))
    }
  }

  private static func argExtreme(_ name: String, smallest: Bool) -> NativeFunction {
    NativeFunction(
      name, "x: tensor, axis=nil number", group: group,
      summary:
        "The position of the \(smallest ? "smallest" : "largest") element, the first of equals.",
      details: """
        x: a tensor or list of numbers.
        axis: the axis to go along; when left out all elements are counted in row-major order.
        Gives a tensor of whole numbers from 0, int32, without the axis.
        """,
      example: "\(name)([3, 1, 2])  # => \(smallest ? 1 : 0)",
      related: [smallest ? "min" : "max", smallest ? "argmax" : "argmin", "sort"]
    ) { call in
      let x = try Tensors.argument(call, 0).value
      let axis = call.has(1) ? try call.integer(1) : nil
      return Tensors.owned(try x.argExtreme(axis: axis, smallest: smallest))
    }
  }

  private static func anyOrAll(_ name: String) -> NativeFunction {
    NativeFunction(
      name, "mask: mask", group: group,
      summary: name == "any"
        ? "Whether a mask is true anywhere." : "Whether a mask is true everywhere.",
      details: """
        mask: true and false, of any shape.
        Gives true or false; of a mask without elements \(name == "any" ? "false" : "true").
        """,
      example: "\(name)(tensor([1, 2]) > 1)  # => \(name == "any")",
      related: [name == "any" ? "all" : "any", "count", "masks"]
    ) { call in
      if call[0].isBool { return call[0] }
      let mask = try Tensors.mask(call, 0)
      return Value(
        mask.withElements(of: Bool.self) {
          name == "any" ? $0.contains(true) : $0.allSatisfy { $0 }
        })
    }
  }

  private static func count() -> NativeFunction {
    NativeFunction(
      "count", "mask: mask", group: group,
      summary: "How many elements of a mask are true.",
      details: """
        mask: true and false, of any shape.
        Gives a whole number.
        """,
      example: "count(tensor([1, 2, 3]) > 1)  # => 2",
      related: ["any", "all", "len", "masks"]
    ) { call in
      let mask = try Tensors.mask(call, 0)
      return Value(mask.withElements(of: Bool.self) { $0.lazy.filter { $0 }.count })
    }
  }

  private static func logSumExpFunction() -> NativeFunction {
    NativeFunction(
      "logsumexp", "x: tensor", group: group,
      summary: "The logarithm of the sum of exp(x) over the last axis, without overflow.",
      details: """
        x: [..., n], numbers of any size.
        Gives a tensor [...].
        """,
      example: "\"{logsumexp([0, 0]):.3}\"  # => \"0.693\"",
      related: ["softmax", "log_softmax", "exp"]
    ) { call in Tensors.owned(logSumExp(try Tensors.argument(call, 0))) }
  }
}

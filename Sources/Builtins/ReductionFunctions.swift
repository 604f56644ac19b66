import Arrays
import Autograd
import Interpreter

/// Functions that bring axes together.
enum ReductionFunctions {
  private static let group = "reductions"
  private static let details =
    "axis: a number or a list of axes (all when left out; negative ones count from the end). keep: leaves reduced axes with extent 1. where: a mask over the leading axes; only rows where it is true count."

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
      name, "x: tensor, axis=nil number, keep=false bool, where=nil mask", group: group,
      summary: "The \(mean ? "mean" : "sum") of the elements of a tensor or list.",
      details: details,
      example: "\(name)([1, 2, 3])", related: ["max", "std"]
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
      name, "x: tensor, axis=nil number, keep=false bool, unbiased=true bool", group: group,
      summary: isVariance
        ? "The variance of the elements." : "The standard deviation of the elements.",
      details: "unbiased: divides by n - 1, otherwise by n.", example: "\(name)([1, 2, 3, 4])",
      related: ["mean"]
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
        "The position of the \(smallest ? "smallest" : "largest") element along an axis, the first of equals.",
      details: "Without an axis: the position in row-major order.", example: "\(name)([3, 1, 2])",
      related: [smallest ? "min" : "max"]
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
      example: "\(name)(tensor([1, 2]) > 1)", related: ["count"]
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
      "count", "mask: mask", group: group, summary: "How many elements of a mask are true.",
      example: "count(tensor([1, 2, 3]) > 1)", related: ["any", "all", "len"]
    ) { call in
      let mask = try Tensors.mask(call, 0)
      return Value(mask.withElements(of: Bool.self) { $0.lazy.filter { $0 }.count })
    }
  }

  private static func logSumExpFunction() -> NativeFunction {
    NativeFunction(
      "logsumexp", "x: tensor", group: group,
      summary: "log(sum(exp(x))) over the last axis, without overflow.",
      example: "logsumexp([1000, 1000])", related: ["softmax"]
    ) { call in Tensors.owned(logSumExp(try Tensors.argument(call, 0))) }
  }
}

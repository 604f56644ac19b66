import Arrays
import Autograd
import Interpreter

/// Functions that make tensors and arrange their elements.
enum ShapingFunctions {
  private static let making = "making tensors"
  private static let shaping = "shapes"

  static func functions() -> [NativeFunction] {
    [
      tensor(), filled("zeros", 0), filled("ones", 1), full(), arange(), linspace(), eye(), cast(),
      number(), list(), oneHot(), reshapeFunction(), transposeFunction(), permuteFunction(),
      concatFunction(), stackFunction(), squeeze(), unsqueeze(), flatten(), rows(), expand(),
      gather(), scatter(), maskFunction("union"), maskFunction("intersect"), complement(),
    ]
  }

  // MARK: - Making

  private static func tensor() -> NativeFunction {
    NativeFunction(
      "tensor", "x: list, type=\"float32\" \(elementTypes)", group: making,
      summary: "A tensor of nested lists of numbers, of a number or of a range.",
      details: "type: \"float32\", \"int32\" (indices), \"uint8\" (pixels) or \"bool\" (masks).",
      example: "tensor([[1, 2], [3, 4]])", related: ["zeros", "cast"]
    ) { call in
      let value: Tensor
      if let list = call[0].list {
        value = try Tensors.list(list)
      } else {
        value = try Tensors.argument(call, 0)
      }
      guard call.has(1) else { return Tensors.owned(value) }
      return Tensors.owned(value.value.converted(to: try elementType(call, 1)))
    }
  }

  private static let elementTypes = NativeFunction.oneOf(ElementType.allCases.map(\.name))

  private static func elementType(_ call: Call, _ index: Int) throws -> ElementType {
    let name = try call.word(index, default: "float32")
    return ElementType.allCases.first { $0.name == name } ?? .float32
  }

  private static func filled(_ name: String, _ value: Float) -> NativeFunction {
    NativeFunction(
      name, "shape: list", group: making, summary: "A tensor of \(name).",
      example: "\(name)([2, 3])", related: ["full"]
    ) { call in
      Tensors.owned(NDArray(repeating: value, shape: try Tensors.shape(call, 0)))
    }
  }

  private static func full() -> NativeFunction {
    NativeFunction(
      "full", "shape: list, value: number", group: making,
      summary: "A tensor with one value everywhere.", example: "full([2, 3], 0.5)",
      related: ["zeros"]
    ) { call in
      let shape = try Tensors.shape(call, 0)
      if call[1].isBool { return Tensors.owned(NDArray(repeating: call[1].isTrue, shape: shape)) }
      return Tensors.owned(NDArray(repeating: Float(try call.number(1)), shape: shape))
    }
  }

  private static func arange() -> NativeFunction {
    NativeFunction(
      "arange", "n: number", group: making, summary: "The numbers 0 ... n - 1 as a tensor.",
      details: "For other steps: tensor(0..<10 by 2).", example: "arange(4)", related: ["linspace"]
    ) { call in
      let count = try call.integer(0, in: 0...(1 << 30))
      return Tensors.owned(NDArray((0..<count).map { Float($0) }))
    }
  }

  private static func linspace() -> NativeFunction {
    NativeFunction(
      "linspace", "from: number, to: number, count=50 number", group: making,
      summary: "Numbers at equal distances from one to another, both included.",
      example: "linspace(0, 1, count: 5)", related: ["arange"]
    ) { call in
      let (from, to) = (try call.number(0), try call.number(1))
      let count = try call.integer(2, default: 50, in: 2...(1 << 30))
      return Tensors.owned(
        NDArray((0..<count).map { Float(from + (to - from) * Double($0) / Double(count - 1)) }))
    }
  }

  private static func eye() -> NativeFunction {
    NativeFunction(
      "eye", "n: number", group: making, summary: "The n x n identity matrix.", example: "eye(2)",
      related: ["zeros"]
    ) { call in
      let n = try call.integer(0, in: 0...32768)
      var result = NDArray(zeros: [n, n])
      result.withMutableElements(of: Float.self) { values in
        for index in 0..<n { values[index * n + index] = 1 }
      }
      return Tensors.owned(result)
    }
  }

  private static func cast() -> NativeFunction {
    NativeFunction(
      "cast", "x: tensor, type: \(elementTypes)", group: making,
      summary: "The same numbers as another element type.",
      details:
        "To int32 and uint8 numbers are rounded to the nearest and clamped; to bool any number but 0 is true.",
      example: "cast([0.4, 1.6], \"int32\")", related: ["tensor"]
    ) { call in
      Tensors.owned(
        try Tensors.argument(call, 0).value.converted(to: try elementType(call, 1)))
    }
  }

  private static func number() -> NativeFunction {
    NativeFunction(
      "number", "x: tensor or string", group: making,
      summary: "The number in a tensor of one element, or the number that a string spells.",
      example: "number(\"2.5e-3\")", related: ["string", "list"]
    ) { call in
      if let number = call[0].number { return Value(number) }
      if call[0].isBool { return Value(call[0].isTrue ? 1 : 0) }
      if let text = (call[0].string)?.string {
        let trimmed = text.filter { !$0.isWhitespace && $0 != "_" }
        if trimmed.hasSuffix("%"), let value = Double(trimmed.dropLast()) {
          return Value(value / 100)
        }
        guard let value = Double(trimmed) else {
          throw call.wrongType(0, wanted: "a string that spells a number")
        }
        return Value(value)
      }
      let array = try Tensors.argument(call, 0).value
      guard array.count == 1 else {
        throw ShapeError.wrongShape(
          operation: "number", argument: "the tensor", seen: array.shape, wanted: "one element")
      }
      return Value(array.scalarValue)
    }
  }

  private static func list() -> NativeFunction {
    NativeFunction(
      "list", "x: tensor", group: making,
      summary: "The elements of a tensor, range, string or record as (nested) lists.",
      example: "list(tensor([1, 2]))", related: ["tensor"]
    ) { call in
      if let tensor = call[0].object as? TensorObject { return nested(tensor.array) }
      if let range = call[0].object as? RangeObject, range.count > ListObject.countMax {
        throw call.outOfRange(
          0, wanted: "a range of at most \(ListObject.countMax) numbers, which the memory holds")
      }
      return try CoreLists.collected { try CoreLists.each(call, 0, $0.append) }
    }
  }

  private static func nested(_ array: NDArray) -> Value {
    if array.rank == 0 {
      return array.elementType == .bool ? Value(array.scalarValue != 0) : Value(array.scalarValue)
    }
    let result = ListObject(capacity: array.shape[0])
    for index in 0..<array.shape[0] {
      guard let row = try? array.row(index) else { continue }
      let value = nested(row)
      result.append(value)
      value.release()
    }
    return .owning(result)
  }

  private static func oneHot() -> NativeFunction {
    NativeFunction(
      "one_hot", "ids: tensor, classes= number", group: making,
      summary: "1 in the column of each id, 0 elsewhere.",
      details: "ids [...] in 0 ... classes - 1 -> [..., classes].",
      example: "one_hot([0, 2], classes: 3)", related: ["argmax"]
    ) { call in
      let ids = try Tensors.ids(call, 0)
      let classes = try call.integer(1, in: 1...(1 << 24))
      var result = NDArray(zeros: try Shape.validated(ids.shape.extents + [classes]))
      let bad = ids.elements(of: Int32.self).first { $0 < 0 || Int($0) >= classes }
      if let bad {
        throw ShapeError.valueOutOfRange(
          operation: "one_hot", what: "an id", seen: "\(bad)", wanted: "0 to \(classes - 1)")
      }
      result.withMutableElements(of: Float.self) { values in
        for (row, id) in ids.elements(of: Int32.self).enumerated() {
          values[row * classes + Int(id)] = 1
        }
      }
      return Tensors.owned(result)
    }
  }

  // MARK: - Shaping

  private static func reshapeFunction() -> NativeFunction {
    NativeFunction(
      "reshape", "x: tensor, shape: list", group: shaping,
      summary: "The same elements in the same order under another shape; one extent may be -1.",
      example: "reshape(arange(6), [2, -1])", related: ["flatten", "permute"]
    ) { call in
      Tensors.owned(
        try reshape(try Tensors.argument(call, 0), to: try Tensors.integers(call, 1)))
    }
  }

  private static func transposeFunction() -> NativeFunction {
    NativeFunction(
      "transpose", "x: tensor, a?: number, b?: number", group: shaping,
      summary: "Two axes swapped: the last two, or the two named.",
      example: "transpose([1, 2; 3, 4])", related: ["permute"]
    ) { call in
      let x = try Tensors.argument(call, 0)
      guard x.shape.rank >= 2 else {
        throw ShapeError.wrongRank(
          operation: "transpose", seen: x.shape, wanted: "at least two axes")
      }
      let a = try x.shape.resolvedAxis(try call.integer(1, default: -2), for: "transpose")
      let b = try x.shape.resolvedAxis(try call.integer(2, default: -1), for: "transpose")
      var axes = Array(0..<x.shape.rank)
      axes.swapAt(a, b)
      return Tensors.owned(try permute(x, axes))
    }
  }

  private static func permuteFunction() -> NativeFunction {
    NativeFunction(
      "permute", "x: tensor, axes: list", group: shaping,
      summary: "The axes in another order.", example: "permute(zeros([2, 3, 4]), [2, 0, 1]).shape",
      related: ["transpose", "reshape"]
    ) { call in
      Tensors.owned(
        try permute(try Tensors.argument(call, 0), try Tensors.integers(call, 1)))
    }
  }

  private static func tensors(_ call: Call, _ index: Int) throws -> [Tensor] {
    try call.list(index).values.map(Tensors.tensor)
  }

  private static func concatFunction() -> NativeFunction {
    NativeFunction(
      "concat", "parts: list, axis=0 number", group: shaping,
      summary: "Tensors joined along an axis.", example: "concat([[1, 2], [3]])",
      related: ["stack"]
    ) { call in
      let parts = try tensors(call, 0)
      if let first = parts.first, !parts.contains(where: \.isTracked),
        parts.allSatisfy({ $0.value.elementType == first.value.elementType })
      {
        let axis = try call.integer(1, default: 0)
        return Tensors.owned(try NDArray.concatenated(parts.map(\.value), axis: axis))
      }
      return Tensors.owned(try concatenate(parts, axis: try call.integer(1, default: 0)))
    }
  }

  private static func stackFunction() -> NativeFunction {
    NativeFunction(
      "stack", "parts: list, axis=0 number", group: shaping,
      summary: "Tensors of one shape side by side on a new axis.",
      example: "stack([[1, 2], [3, 4]])", related: ["concat"]
    ) { call in
      Tensors.owned(try stack(try tensors(call, 0), axis: try call.integer(1, default: 0)))
    }
  }

  private static func squeeze() -> NativeFunction {
    NativeFunction(
      "squeeze", "x: tensor, axis=nil number", group: shaping,
      summary: "Without axes of extent 1: all of them, or the one named.",
      example: "squeeze(zeros([1, 3, 1])).shape", related: ["unsqueeze"]
    ) { call in
      let x = try Tensors.argument(call, 0)
      var extents = x.shape.extents
      if call.has(1) {
        let axis = try x.shape.resolvedAxis(try call.integer(1), for: "squeeze")
        guard extents[axis] == 1 else {
          throw ShapeError.wrongShape(
            operation: "squeeze", argument: "axis \(axis)", seen: [extents[axis]], wanted: "1")
        }
        extents.remove(at: axis)
      } else {
        extents.removeAll { $0 == 1 }
      }
      return Tensors.owned(try reshape(x, to: extents))
    }
  }

  private static func unsqueeze() -> NativeFunction {
    NativeFunction(
      "unsqueeze", "x: tensor, axis= number", group: shaping,
      summary: "With a new axis of extent 1 at a place; negative places count from the end.",
      example: "unsqueeze([1, 2], axis: 1).shape", related: ["squeeze", "expand"]
    ) { call in
      let x = try Tensors.argument(call, 0)
      let axis = try call.integer(1, in: (-x.shape.rank - 1)...x.shape.rank)
      var extents = x.shape.extents
      extents.insert(1, at: axis < 0 ? axis + x.shape.rank + 1 : axis)
      return Tensors.owned(try reshape(x, to: extents))
    }
  }

  private static func flatten() -> NativeFunction {
    NativeFunction(
      "flatten", "x: tensor, from=0 number", group: shaping,
      summary: "The axes from one on as a single axis.",
      example: "flatten(zeros([2, 3, 4]), from: 1).shape", related: ["reshape", "rows"]
    ) { call in
      let x = try Tensors.argument(call, 0)
      let from = try call.integer(1, default: 0, in: 0...max(0, x.shape.rank))
      let rest = x.shape.extents[from...].reduce(1, *)
      return Tensors.owned(try reshape(x, to: Array(x.shape.extents[..<from]) + [rest]))
    }
  }

  private static func rows() -> NativeFunction {
    NativeFunction(
      "rows", "x: tensor", group: shaping,
      summary: "All axes but the last as one: [..., D] -> [n, D].",
      example: "rows(zeros([2, 3, 4])).shape", related: ["flatten"]
    ) { call in
      let x = try Tensors.argument(call, 0)
      guard let columns = x.shape.extents.last else {
        throw ShapeError.wrongRank(operation: "rows", seen: x.shape, wanted: "at least one axis")
      }
      return Tensors.owned(
        try reshape(x, to: [x.shape.extents.dropLast().reduce(1, *), columns]))
    }
  }

  private static func expand() -> NativeFunction {
    NativeFunction(
      "expand", "x: tensor, shape: list", group: shaping,
      summary: "Repeated along axes of extent 1, and along new axes in front, to a shape.",
      example: "expand([1, 2], [3, 2])", related: ["unsqueeze"]
    ) { call in
      Tensors.owned(
        try broadcast(try Tensors.argument(call, 0), to: try Tensors.shape(call, 1)))
    }
  }

  private static func gather() -> NativeFunction {
    NativeFunction(
      "gather", "x: tensor, indices: tensor", group: shaping,
      summary: "Rows of x (slices of its first axis) by index, in the order given.",
      details: "x [R, ...], indices [..n..] -> [..n.., ...]. x[indices] is the same.",
      example: "gather([10, 20, 30], [2, 0])", related: ["scatter"]
    ) { call in
      Tensors.owned(
        try gatherRows(try Tensors.argument(call, 0), at: try Tensors.ids(call, 1)))
    }
  }

  private static func scatter() -> NativeFunction {
    NativeFunction(
      "scatter", "x: tensor, indices: tensor, count= number", group: shaping,
      summary: "Zeros of `count` rows to which each row of x is added at its index.",
      example: "scatter([1, 2, 3], [0, 0, 2], count: 4)", related: ["gather"]
    ) { call in
      Tensors.owned(
        try scatterRows(
          try Tensors.argument(call, 0), at: try Tensors.ids(call, 1),
          count: try call.integer(2, in: 0...(1 << 30))))
    }
  }

  // MARK: - Masks

  private static func maskFunction(_ name: String) -> NativeFunction {
    NativeFunction(
      name, "a: mask, b: mask", group: "masks",
      summary: name == "union" ? "Where a or b is true." : "Where a and b are both true.",
      example: "\(name)(tensor([1, 0]) > 0, tensor([1, 1]) > 0)", related: ["complement"]
    ) { call in
      let (a, b) = (try Tensors.mask(call, 0), try Tensors.mask(call, 1))
      guard a.shape == b.shape else {
        throw ShapeError.mismatch(operation: name, left: a.shape, right: b.shape)
      }
      let isUnion = name == "union"
      let flags = zip(a.elements(of: Bool.self), b.elements(of: Bool.self))
        .map { isUnion ? $0 || $1 : $0 && $1 }
      return Tensors.owned(NDArray(flags, shape: a.shape))
    }
  }

  private static func complement() -> NativeFunction {
    NativeFunction(
      "complement", "mask: mask", group: "masks", summary: "Where a mask is false.",
      example: "complement(tensor([1, 0]) > 0)", related: ["union"]
    ) { call in
      let mask = try Tensors.mask(call, 0)
      return Tensors.owned(
        NDArray(mask.elements(of: Bool.self).map { !$0 }, shape: mask.shape))
    }
  }
}

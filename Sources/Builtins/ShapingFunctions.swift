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
      summary: "A tensor of nested lists, of a number or of a range.",
      details: """
        x: nested lists of numbers of one shape, a range, a number, or a tensor.
        type: "float32" for numbers, "int32" for ids, "uint8" for pixels 0 to 255, "bool" for masks;
        of a tensor and no type, the one that it has.
        Gives a tensor.
        """,
      example: """
        tensor([[1, 2], [3, 4]]).shape  # => [2, 2]
        tensor(0..<6 by 2, type: "int32").type  # => "int32"
        """,
      related: ["list", "cast", "zeros", "tensors"]
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
      details: """
        shape: a list of extents, such as [2, 3].
        Gives a tensor, float32.
        """,
      example: "sum(\(name)([2, 3]))  # => \(Int(value) * 6)",
      related: [value == 0 ? "ones" : "zeros", "full", "tensors"]
    ) { call in
      Tensors.owned(NDArray(repeating: value, shape: try Tensors.shape(call, 0)))
    }
  }

  private static func full() -> NativeFunction {
    NativeFunction(
      "full", "shape: list, value: number", group: making,
      summary: "A tensor with one value everywhere.",
      details: """
        shape: a list of extents, such as [2, 3].
        value: a number (float32), or true or false (a mask).
        Gives a tensor.
        """,
      example: "list(full([2, 2], 0.5))  # => [[0.5, 0.5], [0.5, 0.5]]",
      related: ["zeros", "ones"]
    ) { call in
      let shape = try Tensors.shape(call, 0)
      if call[1].isBool { return Tensors.owned(NDArray(repeating: call[1].isTrue, shape: shape)) }
      return Tensors.owned(NDArray(repeating: Float(try call.number(1)), shape: shape))
    }
  }

  private static func arange() -> NativeFunction {
    NativeFunction(
      "arange", "n: number", group: making,
      summary: "The numbers 0, 1, ... n - 1 as a tensor.",
      details: """
        For other beginnings and steps: tensor(2..<10 by 2).
        n: how many, a whole number from 0 to 2^30.
        Gives a tensor [n], float32.
        """,
      example: "list(arange(4))  # => [0, 1, 2, 3]",
      related: ["linspace", "tensor", "for"]
    ) { call in
      let count = try call.integer(0, in: 0...(1 << 30))
      return Tensors.owned(NDArray((0..<count).map { Float($0) }))
    }
  }

  private static func linspace() -> NativeFunction {
    NativeFunction(
      "linspace", "from: number, to: number, count=50 number", group: making,
      summary: "Numbers at equal distances from one to another, both included.",
      details: """
        from: the first number.
        to: the last number.
        count: how many, 2 or more.
        Gives a tensor [count], float32.
        """,
      example: "list(linspace(0, 1, count: 5))  # => [0, 0.25, 0.5, 0.75, 1]",
      related: ["arange"]
    ) { call in
      let (from, to) = (try call.number(0), try call.number(1))
      let count = try call.integer(2, default: 50, in: 2...(1 << 30))
      return Tensors.owned(
        NDArray((0..<count).map { Float(from + (to - from) * Double($0) / Double(count - 1)) }))
    }
  }

  private static func eye() -> NativeFunction {
    NativeFunction(
      "eye", "n: number", group: making,
      summary: "The identity matrix: ones on the diagonal, zeros elsewhere.",
      details: """
        n: rows and columns, 0 to 32768.
        Gives a tensor [n, n], float32.
        """,
      example: "list(eye(2))  # => [[1, 0], [0, 1]]",
      related: ["zeros", "ones"]
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
      summary: "A tensor with another type of elements.",
      details: """
        To int32 and uint8, numbers are rounded to the nearest and brought into the type's range; to
        bool, all but 0 is true.
        x: a tensor or list of numbers.
        type: the type of the elements.
        Gives a tensor of the same shape.
        """,
      example: "list(cast([0.4, 1.6], \"int32\"))  # => [0, 2]",
      related: ["tensor", "number"]
    ) { call in
      Tensors.owned(
        try Tensors.argument(call, 0).value.converted(to: try elementType(call, 1)))
    }
  }

  private static func number() -> NativeFunction {
    NativeFunction(
      "number", "x: tensor or string", group: making,
      summary: "Converts a string, or a tensor of one element, to a number.",
      details: """
        x: a tensor of one element; a string, in which blanks and _ do not count and % divides by
        100; a number; true (1) or false (0).
        Gives a number.
        """,
      example: "number(\"2.5e-3\")  # => 0.0025",
      related: ["string", "list", "numbers"]
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
      summary: "The elements of a tensor, range, string or record as a list.",
      details: """
        x: a tensor (lists within lists, by its shape), a range, string (characters), record (name
        and value) or anything else that `for` goes through.
        Gives a list.
        """,
      example: "list([1, 2; 3, 4])  # => [[1, 2], [3, 4]]",
      related: ["tensor", "lists"]
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
      summary: "Ids as rows that are 1 in the id's column and 0 elsewhere.",
      details: """
        ids: [...], whole numbers 0 to classes - 1.
        classes: how many columns, 1 or more.
        Gives a tensor [..., classes], float32.
        """,
      example: "list(one_hot([0, 2], classes: 3))  # => [[1, 0, 0], [0, 0, 1]]",
      related: ["argmax", "scatter"]
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
      summary: "The same elements in the same row-major order under another shape.",
      details: """
        x: a tensor or list of numbers.
        shape: a list of extents with as many elements; one may be -1, which is found from the
        others.
        Gives a tensor of that shape.
        """,
      example: "reshape(arange(6), [2, -1]).shape  # => [2, 3]",
      related: ["flatten", "permute", "unsqueeze"]
    ) { call in
      Tensors.owned(
        try reshape(try Tensors.argument(call, 0), to: try Tensors.integers(call, 1)))
    }
  }

  private static func transposeFunction() -> NativeFunction {
    NativeFunction(
      "transpose", "x: tensor, a?: number, b?: number", group: shaping,
      summary: "A tensor with two axes swapped.",
      details: """
        x: a tensor of two axes or more.
        a: an axis; the last but one when left out. Negative ones count from the end.
        b: the axis to swap it with; the last when left out.
        Gives a tensor.
        """,
      example: "list(transpose([1, 2; 3, 4]))  # => [[1, 3], [2, 4]]",
      related: ["permute", "reshape"]
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
      summary: "A tensor with its axes in another order.",
      details: """
        x: a tensor.
        axes: a list that names each axis once, in the order in which they shall stand.
        Gives a tensor.
        """,
      example: "permute(zeros([2, 3, 4]), [2, 0, 1]).shape  # => [4, 2, 3]",
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
      summary: "Tensors joined along an axis that they have.",
      details: """
        parts: a list of tensors, or of lists of numbers, equal in all axes but one.
        axis: the axis along which they are joined; negative ones count from the end.
        Gives a tensor, whose extent along the axis is the sum of the parts'.
        """,
      example: "list(concat([[1, 2], [3]]))  # => [1, 2, 3]",
      related: ["stack", "push"]
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
      details: """
        parts: a list of tensors, or of lists of numbers, of one shape.
        axis: where the new axis stands; negative ones count from the end.
        Gives a tensor of one axis more, whose extent is the number of parts.
        """,
      example: "stack([[1, 2], [3, 4]]).shape  # => [2, 2]",
      related: ["concat", "unsqueeze"]
    ) { call in
      Tensors.owned(try stack(try tensors(call, 0), axis: try call.integer(1, default: 0)))
    }
  }

  private static func squeeze() -> NativeFunction {
    NativeFunction(
      "squeeze", "x: tensor, axis=nil number", group: shaping,
      summary: "A tensor without its axes of extent 1.",
      details: """
        x: a tensor.
        axis: the axis to drop, of extent 1; all those of extent 1 when left out.
        Gives a tensor with the same elements.
        """,
      example: "squeeze(zeros([1, 3, 1])).shape  # => [3]",
      related: ["unsqueeze", "reshape"]
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
      summary: "A tensor with a new axis of extent 1.",
      details: """
        x: a tensor or list of numbers.
        axis: where the new axis stands, from 0 to the rank; negative ones count from the end.
        Gives a tensor with the same elements.
        """,
      example: "unsqueeze([1, 2], axis: 1).shape  # => [2, 1]",
      related: ["squeeze", "expand", "reshape"]
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
      summary: "A tensor with its last axes as a single one.",
      details: """
        x: a tensor.
        from: the first of the axes that become one.
        Gives a tensor with the same elements.
        """,
      example: "flatten(zeros([2, 3, 4]), from: 1).shape  # => [2, 12]",
      related: ["reshape", "rows"]
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
      summary: "A tensor with all axes but the last as one.",
      details: """
        x: [..., D].
        Gives a tensor [n, D] with the same elements.
        """,
      example: "rows(zeros([2, 3, 4])).shape  # => [6, 4]",
      related: ["flatten", "reshape"]
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
      summary: "A tensor repeated along axes of extent 1 and along new axes in front.",
      details: """
        x: a tensor or list of numbers.
        shape: a list of extents; where x has 1, or in front has no axis, it is repeated.
        Gives a tensor of that shape.
        """,
      example: "list(expand([1, 2], [2, 2]))  # => [[1, 2], [1, 2]]",
      related: ["unsqueeze", "tensors"]
    ) { call in
      Tensors.owned(
        try broadcast(try Tensors.argument(call, 0), to: try Tensors.shape(call, 1)))
    }
  }

  private static func gather() -> NativeFunction {
    NativeFunction(
      "gather", "x: tensor, indices: tensor", group: shaping,
      summary: "Rows of a tensor by number, in the order given.",
      details: """
        `x[indices]` is the same.
        x: [R, ...].
        indices: whole numbers 0 to R - 1, of any shape; each may come several times.
        Gives a tensor of the shape of indices, with a row of x for each.
        """,
      example: "list(gather([10, 20, 30], [2, 0]))  # => [30, 10]",
      related: ["scatter", "indexing"]
    ) { call in
      Tensors.owned(
        try gatherRows(try Tensors.argument(call, 0), at: try Tensors.ids(call, 1)))
    }
  }

  private static func scatter() -> NativeFunction {
    NativeFunction(
      "scatter", "x: tensor, indices: tensor, count= number", group: shaping,
      summary: "Zeros to which each row of a tensor is added at its index.",
      details: """
        x: [n, ...], a row for each index.
        indices: n whole numbers 0 to count - 1; rows of one index are added.
        count: how many rows the answer has.
        Gives a tensor [count, ...].
        """,
      example: "list(scatter([1, 2, 3], [0, 0, 2], count: 4))  # => [3, 0, 3, 0]",
      related: ["gather", "one_hot"]
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
      summary: name == "union"
        ? "A mask that is true where one of two is." : "A mask that is true where two both are.",
      details: """
        a: true and false, of any shape.
        b: a mask of the same shape.
        Gives a mask of that shape.
        """,
      example: "count(\(name)(tensor([1, 0]) > 0, tensor([1, 1]) > 0))  # => "
        + (name == "union" ? "2" : "1"),
      related: [name == "union" ? "intersect" : "union", "complement", "masks"]
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
      "complement", "mask: mask", group: "masks",
      summary: "A mask that is true where another is false.",
      details: """
        mask: true and false, of any shape.
        Gives a mask of the same shape.
        """,
      example: "list(complement(tensor([1, 0]) > 0))  # => [false, true]",
      related: ["union", "intersect", "masks"]
    ) { call in
      let mask = try Tensors.mask(call, 0)
      return Tensors.owned(
        NDArray(mask.elements(of: Bool.self).map { !$0 }, shape: mask.shape))
    }
  }
}

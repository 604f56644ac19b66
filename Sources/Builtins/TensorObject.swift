public import Arrays
public import Autograd
public import Interpreter

/// A tensor of the language: an array, with its place on the tape while gradients are taken.
///
/// Tensors are values: `x[0] = 1` changes the variable x and nothing that once shared its elements.
public final class TensorObject: ForeignObject {
  /// The tensor itself.
  public private(set) var tensor: Tensor

  public init(_ tensor: Tensor) {
    self.tensor = tensor
  }

  public convenience init(_ array: NDArray) {
    self.init(Tensor(array))
  }

  /// The elements.
  public var array: NDArray { tensor.value }

  public override var typeName: String { array.elementType == .bool ? "mask" : "tensor" }
  public override func summary(width: Int) -> String { TensorSummary.text(array, width: width) }
  public override var brief: String? { TensorSummary.head(array, width: 60) }
  public override var text: String {
    guard array.rank == 0 else { return summary(width: 80) }
    // The digits of the element's own type: 0.2, not what a double makes of it.
    return array.elementType == .float32
      ? Display.number(Float(array.scalarValue)) : Display.text(scalar)
  }
  public override var byteCount: Int { 64 + array.byteCount }

  private var scalar: Value {
    array.elementType == .bool ? Value(array.scalarValue != 0) : Value(array.scalarValue)
  }
  public override var numberValue: Double? {
    array.rank == 0 && array.elementType != .bool ? array.scalarValue : nil
  }
  public override var truthValue: Bool? {
    array.rank == 0 && array.elementType == .bool ? array.scalarValue != 0 : nil
  }
  public override var elementCount: Int? { array.rank == 0 ? nil : array.shape[0] }

  public override var fieldNames: [String] { ["shape", "rank", "count", "type"] }
  public override func field(_ name: String) throws -> Value? {
    switch name {
    case "shape": .owning(ListObject(array.shape.extents.map { Value($0) }))
    case "rank": Value(array.rank)
    case "count": Value(array.count)
    case "type": .string(array.elementType.name)
    default: nil
    }
  }

  public override func index(_ items: [SubscriptItem]) throws -> Value {
    if items.count == 1, case .value(let value) = items[0] {
      if let key = value.object as? TensorObject, key.array.rank > 0 {
        let picked =
          key.array.elementType == .bool
          ? try selectRows(tensor, where: key.array)
          : try gatherRows(tensor, at: try rowNumbers(key.array))
        return .owning(TensorObject(picked))
      }
      if let list = value.list, list.isNumeric {
        let indices = try list.values.map { Int32(clamping: try whole($0, 0)) }
        return .owning(TensorObject(try gatherRows(tensor, at: NDArray(indices))))
      }
    }
    return .owning(TensorObject(try slice(tensor, try axes(items))))
  }

  public override func settingIndex(_ items: [SubscriptItem], to value: Value) throws -> Value {
    if tensor.isTracked {
      throw Diagnosis(
        "E132", "elements of a tensor that gradients flow through cannot be changed",
        arguments: [(0, "")],
        hint: "`where(mask, a, b)` or `concat([...])`, which make a new tensor.")
    }
    let source = try Tensors.tensor(value).value
    var changed = array
    if items.count == 1, case .value(let key) = items[0], let mask = key.object as? TensorObject,
      mask.array.elementType == .bool, mask.array.rank > 0
    {
      changed = try replacing(rowsOf: mask.array, with: source)
    } else {
      let places = try axes(items)
      if referenceCount == 1 {
        // Sole holder: the elements change where they are.
        tensor = Tensor(NDArray(scalar: Float(0)))
        defer { tensor = Tensor(changed) }
        try changed.replace(places, with: source)
        return Value.owning(self)
      }
      try changed.replace(places, with: source)
    }
    return .owning(TensorObject(changed))
  }

  /// Rows where the mask is true replaced by the rows of `source`, or by one row for all.
  private func replacing(rowsOf mask: NDArray, with source: NDArray) throws -> NDArray {
    guard array.shape.extents.starts(with: mask.shape.extents) else {
      throw ShapeError.mismatch(operation: "index by a mask", left: array.shape, right: mask.shape)
    }
    let rest = Array(array.shape.extents.dropFirst(mask.rank))
    let rows = try mask.trueIndices()
    let fill = try source.converted(to: .float32).broadcast(to: Shape([rows.count] + rest))
    var flat = try array.reshaped(to: [mask.count] + rest)
    for (position, row) in rows.elements(of: Int32.self).enumerated() {
      try flat.replace([.position(Int(row))], with: try fill.row(position))
    }
    return try flat.reshaped(to: array.shape.extents)
  }

  private func axes(_ items: [SubscriptItem]) throws -> [AxisIndex] {
    let given =
      items.count - (items.contains { if case .rest = $0 { true } else { false } } ? 1 : 0)
    guard given <= array.rank else {
      throw ShapeError.wrongRank(
        operation: "index with \(given) indices", seen: array.shape,
        wanted: "at least \(given) axes")
    }
    var result = [AxisIndex]()
    for item in items {
      switch item {
      case .rest: result += [AxisIndex](repeating: .all, count: array.rank - given)
      default: result.append(try axis(item, number: result.count))
      }
    }
    return result
  }

  /// Numbers of rows, each a whole one, as an int32 tensor.
  private func rowNumbers(_ key: NDArray) throws -> NDArray {
    guard key.elementType == .float32 else { return key.converted(to: .int32) }
    let numbers = try key.elements(of: Float.self).map { number in
      Int32(clamping: try whole(Value(Double(number)), 0))
    }
    return try NDArray(numbers).reshaped(to: key.shape.extents)
  }

  /// An index as it is written; what lies beyond every axis stays beyond.
  private func whole(_ value: Value, _ axis: Int) throws -> Int {
    guard let number = value.number ?? (value.object as? ForeignObject)?.numberValue,
      number == number.rounded()
    else {
      throw Diagnosis(
        "E109", "an index of a tensor is a whole number, not \(Display.described(value))",
        arguments: [(1, "axis \(axis) of \(array.shape)")])
    }
    return Int(min(max(number, -0x1p53), 0x1p53))
  }

  private func positions(_ range: RangeObject, _ axis: Int) throws -> AxisIndex {
    let step = try whole(Value(range.step), axis)
    guard step > 0 else {
      throw Diagnosis(
        "E109", "a tensor is not indexed backwards", arguments: [(1, "a step of \(step)")],
        hint: "`x[[2, 1, 0]]`: a list of rows, in any order.")
    }
    let first = try whole(Value(range.first), axis)
    guard range.count > 0 else { return .span(from: first, to: first) }
    let last = try whole(Value(range.element(range.count - 1)), axis)
    return .span(from: first, to: last + 1, by: step)
  }

  private func axis(_ item: SubscriptItem, number axis: Int) throws -> AxisIndex {
    let extent = array.shape[axis]
    switch item {
    case .all, .rest: return .all
    case .value(let value):
      if let range = value.object as? RangeObject {
        return try positions(range, axis)
      }
      return .position(try whole(value, axis))
    case .span(let lower, let upper, let isClosed):
      func bound(_ value: Value?, _ standard: Int, isEnd: Bool) throws -> Int {
        guard let value else { return standard }
        let index = try whole(value, axis)
        let resolved = index + (index < 0 ? extent : 0) + (isEnd && isClosed ? 1 : 0)
        guard resolved >= 0, resolved <= extent else {
          throw ShapeError.indexOutOfRange(index: index, axis: axis, shape: array.shape)
        }
        return resolved
      }
      let start = try bound(lower, 0, isEnd: false)
      return .span(from: start, to: max(start, try bound(upper, extent, isEnd: true)))
    }
  }

  public override func makeIterator(machine: Machine) throws -> (any ValueIterator)? {
    array.rank == 0 ? nil : RowIterator(tensor)
  }

  public override func isEqual(to other: HeapObject) -> Bool {
    (other as? TensorObject)?.array == array
  }
}

/// Slices of the first axis, as numbers when they have no axes.
private final class RowIterator: ValueIterator {
  /// The value as it was when the loop began, not the object, whose elements a sole holder changes in place.
  private let tensor: Tensor
  private var position = 0

  init(_ tensor: Tensor) {
    self.tensor = tensor
  }

  func next() throws -> Value? {
    guard position < tensor.value.shape[0] else { return nil }
    defer { position += 1 }
    return .owning(TensorObject(try slice(tensor, [.position(position)])))
  }
}

/// A trainable tensor outside a layer: `parameter(zeros([4]))`.
public final class ParameterObject: ForeignObject {
  /// The parameter itself.
  public let parameter: Parameter

  public init(_ parameter: Parameter) {
    self.parameter = parameter
  }

  public override var typeName: String { "parameter" }
  public override func summary(width: Int) -> String {
    "parameter: " + TensorSummary.text(parameter.value, width: width - 11)
  }
  public override var brief: String? {
    "parameter: " + TensorSummary.head(parameter.value, width: 49)
  }
  public override var byteCount: Int { 64 + parameter.value.byteCount }
  public override var fieldNames: [String] { ["value", "shape", "decay"] }
  public override func field(_ name: String) throws -> Value? {
    switch name {
    case "value": .owning(TensorObject(parameter.tensor))
    case "shape": .owning(ListObject(parameter.shape.extents.map { Value($0) }))
    case "decay": Value(parameter.decays)
    default: nil
    }
  }
  public override func setField(_ name: String, to value: Value) throws -> Bool {
    switch name {
    case "value":
      parameter.value = try Tensors.replacement(value, for: parameter)
      return true
    case "decay" where value.isBool:
      parameter.decays = value.isTrue
      return true
    default: return false
    }
  }
  public override func index(_ items: [SubscriptItem]) throws -> Value {
    try TensorObject(parameter.tensor).index(items)
  }
}

/// Values to tensors.
enum Tensors {
  /// A tensor, a parameter, a number, a bool or nested lists of numbers, as a tensor.
  static func tensor(_ value: Value) throws -> Tensor {
    if let tensor = optional(value) { return tensor }
    throw Diagnosis(
      "E107", "\(Display.described(value)) is not a tensor", arguments: [(0, "")],
      hint: "`tensor([1, 2, 3])`.")
  }

  /// - Parameter depth: how many lists the value stands in.
  static func optional(_ value: Value, depth: Int = 0) -> Tensor? {
    if let number = value.number { return Tensor(Float(number)) }
    if value.isBool { return Tensor(NDArray(scalar: value.isTrue)) }
    switch value.object {
    case let tensor as TensorObject: return tensor.tensor
    case let parameter as ParameterObject: return parameter.parameter.tensor
    case let list as ListObject: return try? self.list(list, depth: depth)
    case let range as RangeObject:
      guard range.count <= Shape.countMax else { return nil }
      return Tensor(NDArray((0..<range.count).map { Float(range.element($0)) }))
    default: return nil
    }
  }

  /// No tensor has more axes; a list that holds itself has no end of them.
  private static let axesMax = 32

  /// Numbers become one axis, lists and tensors of one shape one more axis than they have.
  static func list(_ list: ListObject, depth: Int = 0) throws -> Tensor {
    guard depth < axesMax else {
      throw Diagnosis(
        "E107", "a list nested deeper than \(axesMax) levels is no tensor", arguments: [(0, "")])
    }
    if list.count > 0, list.isNumeric {
      return Tensor(NDArray(list.values.map { Float($0.double) }))
    }
    if list.count > 0, list.values.allSatisfy({ $0.isBool }) {
      return Tensor(NDArray(list.values.map(\.isTrue)))
    }
    if list.count == 0 { return Tensor(NDArray([Float]())) }
    var parts = [Tensor]()
    for (index, value) in list.values.enumerated() {
      guard let part = optional(value, depth: depth + 1) else {
        throw Diagnosis(
          "E107", "element \(index) of the list is \(Display.described(value)), wanted a number",
          arguments: [(0, "")])
      }
      if let first = parts.first, first.shape != part.shape {
        throw Diagnosis(
          "E021",
          "a tensor is rectangular: element 0 of the list is \(first.shape), element \(index) is \(part.shape)",
          arguments: [(0, "")])
      }
      parts.append(part)
    }
    return try stack(parts)
  }

  static func argument(_ call: Call, _ index: Int) throws -> Tensor {
    guard let tensor = optional(call[index]) else {
      throw call.wrongType(index, wanted: "a tensor")
    }
    return tensor
  }

  static func mask(_ call: Call, _ index: Int) throws -> NDArray {
    let array = try argument(call, index).value
    guard array.elementType == .bool else {
      throw call.wrongType(index, wanted: "a mask (bool): a comparison such as x > 0 makes one")
    }
    return array
  }

  static func ids(_ call: Call, _ index: Int) throws -> NDArray {
    let array = try argument(call, index).value
    if array.elementType == .float32 {
      let odd = array.withElements(of: Float.self) { values in
        values.first { $0 != $0.rounded() || abs($0) > 0x1p31 - 128 }
      }
      if let odd {
        throw call.outOfRange(
          index,
          wanted: abs(odd) < 0x1p31
            ? "whole numbers; there is \(TensorSummary.short(Double(odd)))"
            : "whole numbers below 2147483648")
      }
    }
    return array.elementType == .int32 ? array : array.converted(to: .int32)
  }

  static func shape(_ call: Call, _ index: Int) throws -> Shape {
    try Shape.validated(try integers(call, index))
  }

  /// A whole number or a list of them.
  static func integers(_ call: Call, _ index: Int) throws -> [Int] {
    if call[index].isNumber { return [try call.integer(index)] }
    let values: [Double?]
    switch call[index].object {
    case let list as ListObject: values = list.values.map(\.number)
    case let tensor as TensorObject where tensor.array.rank == 1:
      values = (0..<tensor.array.count).map { tensor.array.number(at: $0) }
    default: throw call.wrongType(index, wanted: "a list of whole numbers")
    }
    return try values.map { value in
      guard let value, value == value.rounded(), abs(value) < 1e12 else {
        throw call.wrongType(index, wanted: "a list of whole numbers")
      }
      return Int(value)
    }
  }

  static func axes(_ call: Call, _ index: Int) throws -> [Int]? {
    call.has(index) ? try integers(call, index) : nil
  }

  static func owned(_ tensor: Tensor) -> Value { .owning(TensorObject(tensor)) }
  static func owned(_ array: NDArray) -> Value { .owning(TensorObject(array)) }

  /// A new value for a parameter: the same shape, float32.
  static func replacement(_ value: Value, for parameter: Parameter) throws -> NDArray {
    let array = try tensor(value).value.converted(to: .float32)
    guard array.shape == parameter.shape else {
      throw ShapeError.wrongShape(
        operation: "set", argument: "the new value", seen: array.shape, wanted: "\(parameter.shape)"
      )
    }
    return array
  }
}

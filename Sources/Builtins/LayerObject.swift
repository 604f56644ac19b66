import Arrays
import Autograd
public import Interpreter
public import Layers

/// A layer of the language: called with tensors, its parameters are fields.
public final class LayerObject: ForeignObject {
  /// The layer itself.
  public let layer: any Layer
  let kind: String
  /// The numbers that describe the layer, enough to make it again.
  let config: [String: Double]
  let parameters: [NamedParameter]
  private let apply: ([Tensor]) throws -> Tensor
  private let inputs: ClosedRange<Int>

  init(
    _ layer: any Layer, kind: String, config: [String: Double], inputs: ClosedRange<Int>,
    _ apply: @escaping ([Tensor]) throws -> Tensor
  ) {
    self.layer = layer
    self.kind = kind
    self.config = config
    self.parameters = layer.parameters
    self.inputs = inputs
    self.apply = apply
  }

  public override var typeName: String { kind }
  /// On one line where there are few parameters, else as a tree by their paths.
  public override func summary(width: Int) -> String {
    let shapes = parameters.map { "\($0.name) \($0.parameter.shape)" }.joined(separator: ", ")
    if parameters.count <= 3 { return "\(head): \(shapes)" }
    return head + "\n" + ParameterTree(parameters).lines.map { "  \($0)" }.joined(separator: "\n")
  }
  /// `linear (40 parameters)`.
  public override var brief: String? { head }
  private var head: String {
    let count = parameters.reduce(0) { $0 + $1.parameter.value.count }
    return "\(kind) (\(TextNumber.grouped(count)) parameter\(count == 1 ? "" : "s"))"
  }
  public override var byteCount: Int {
    parameters.reduce(64) { $0 + $1.parameter.value.byteCount }
  }
  public override var isCallable: Bool { true }

  public override func call(_ arguments: [Value], machine: Machine) throws -> Value {
    guard inputs.contains(arguments.count) else {
      throw Diagnosis(
        "E105",
        "\(Display.withArticle(kind)) takes \(inputs.lowerBound)"
          + (inputs.count > 1 ? " to \(inputs.upperBound)" : "")
          + " tensors, not \(arguments.count)")
    }
    return Tensors.owned(try apply(arguments.map(Tensors.tensor)))
  }

  /// Fields by path: dots of a parameter's name are written as _ (`attn_qkv_weight`).
  public override var fieldNames: [String] {
    parameters.map { $0.name.replacing(".", with: "_") }
  }
  private func parameter(_ field: String) -> Parameter? {
    parameters.first { $0.name.replacing(".", with: "_") == field }?.parameter
  }
  public override func field(_ name: String) throws -> Value? {
    parameter(name).map { Tensors.owned($0.tensor) }
  }
  public override func setField(_ name: String, to value: Value) throws -> Bool {
    guard let parameter = parameter(name) else { return false }
    parameter.value = try Tensors.replacement(value, for: parameter)
    return true
  }
}

/// Numbers in summaries.
enum TextNumber {
  /// 106735184 as 106,735,184.
  static func grouped(_ number: Int) -> String {
    var text = String(Swift.abs(number))
    var end = text.count - 3
    while end > 0 {
      text.insert(",", at: text.index(text.startIndex, offsetBy: end))
      end -= 3
    }
    return number < 0 ? "-" + text : text
  }
}

/// The parameters of a model: a record or list of layers, parameters, and more such records and lists.
public enum ModelTree {
  /// Deeper than any model: what is nested further holds no parameters that count.
  static let depthMax = 200

  /// Each parameter once, under its path (`blocks.3.attn.qkv.weight`), in order of appearance.
  public static func parameters(_ model: Value) -> [NamedParameter] {
    var found = [NamedParameter]()
    var seen: Set<ObjectIdentifier> = [], open: Set<ObjectIdentifier> = []
    func walk(_ value: Value, _ path: String, _ depth: Int) {
      guard depth < depthMax else { return }
      func add(_ item: NamedParameter) {
        if seen.insert(ObjectIdentifier(item.parameter)).inserted { found.append(item) }
      }
      func child(_ name: String) -> String { path.isEmpty ? name : path + "." + name }
      switch value.object {
      case let layer as LayerObject:
        for item in layer.parameters { add(item.under(path)) }
      case let parameter as ParameterObject:
        add(NamedParameter(path.isEmpty ? "parameter" : path, parameter.parameter))
      case let record as RecordObject:
        guard open.insert(ObjectIdentifier(record)).inserted else { return }
        for field in record.fields { walk(field.value, child(field.name), depth + 1) }
      case let list as ListObject:
        guard open.insert(ObjectIdentifier(list)).inserted else { return }
        for (index, item) in list.values.enumerated() {
          walk(item, child(String(index)), depth + 1)
        }
      default: break
      }
    }
    walk(model, "", 0)
    return found
  }

  static func argument(_ call: Call, _ index: Int) throws -> [NamedParameter] {
    let parameters = parameters(call[index])
    guard !parameters.isEmpty else {
      throw call.wrongType(
        index, wanted: "a model: a record or list that holds layers or parameters")
    }
    return parameters
  }
}

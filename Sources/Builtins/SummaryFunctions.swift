import Arrays
import Interpreter

/// `summary(net)`.
enum SummaryFunctions {
  static func functions(_ host: Host) -> [NativeFunction] { [summary(host)] }

  private static func summary(_ host: Host) -> NativeFunction {
    NativeFunction(
      "summary", "model: model, f?: function, input=nil list", group: "layers",
      summary: "A model's layers: what each gives, how much it learns and computes.",
      details: """
        The model runs once, on zeros. A single layer and a list of layers (one after the other) run
        on an input of their own size, a network of the library, such as ccvit(), on images. Any
        other model runs as f(model), or f(model, x) with input; without f its parameters are
        counted only.
        model: a layer, a parameter, or a record or list that holds some.
        f: a function of the model, or of the model and an input.
        input: the shape of the input, such as [8, 4].
        Gives a value with fields layers (a table with exact numbers), parameters and flops:
        floating-point operations of matrix products, 2 m n k each (two a multiplication and
        addition), of one forward pass.
        """,
      example: "summary(linear(4, 2), input: [8, 4]).parameters  # => 10",
      related: ["parameters", "count_parameters", "profile", "models"]
    ) { call in
      _ = try ModelTree.argument(call, 0)
      let shape = call.has(2) ? try Tensors.shape(call, 2) : nil
      guard let run = try run(call, shape, host) else {
        return .owning(ModelSummary(of: call[0], trace: nil, input: nil))
      }
      let random = host.random
      defer { host.random = random }
      let trace = try LayerTrace(call.machine, run.body)
      return .owning(ModelSummary(of: call[0], trace: trace, input: run.input))
    }
  }

  private typealias Run = (input: Shape?, body: () throws -> Void)

  /// How the model runs; nil if nobody says so.
  private static func run(_ call: Call, _ shape: Shape?, _ host: Host) throws -> Run? {
    let (model, machine) = (call[0], call.machine)
    func apply(_ function: Value, _ x: Shape?) -> Run {
      (
        x,
        {
          let input = try x.map { Tensors.owned(NDArray(zeros: try Shape.validated($0.extents))) }
          defer { input?.release() }
          try machine.call(function, [model] + (input.map { [$0] } ?? [])).release()
        }
      )
    }
    if call.has(1) { return apply(try call.function(1), shape) }
    switch model.object {
    case let layer as LayerObject: return chain([layer], shape, machine)
    case let list as ListObject:
      let layers = list.values.compactMap { $0.object as? LayerObject }
      if layers.count == list.count { return chain(layers, shape, machine) }
    case let record as RecordObject:
      if let forward = forward(of: record, host), let x = shape ?? images(of: record) {
        return apply(forward, x)
      }
    default: break
    }
    guard shape != nil else { return nil }
    throw Diagnosis(
      "E119", "summary cannot tell how this model runs on its input", arguments: [(0, "")],
      hint: "`summary(net, (net, x) => ..., input: ...)`.")
  }

  /// `ccvit_forward` for a network with `method: "ccvit"`: the session's own or the library's.
  private static func forward(of record: RecordObject, _ host: Host) -> Value? {
    guard let method = record["method"]?.string?.string else { return nil }
    let name = method + "_forward"
    if let own = host.variables().first(where: { $0.name == name })?.value, own.closure != nil {
      return own
    }
    return host.libraryFunctions().first { $0.name == name }.map { Value($0) }
  }

  /// One image of the size that the network is made for.
  private static func images(of record: RecordObject) -> Shape? {
    guard let number = record["image"]?.number, let extent = Int(exactly: number), extent > 0
    else { return nil }
    return [1, 3, extent, extent]
  }

  /// Layers one after the other, on the smallest input that the first takes unless given.
  private static func chain(_ layers: [LayerObject], _ shape: Shape?, _ machine: Machine) -> Run? {
    guard let first = layers.first, let x = shape ?? first.smallestInput else { return nil }
    return (
      first.takesInput ? x : nil,
      {
        var state = Tensors.owned(NDArray(zeros: try Shape.validated(x.extents)))
        defer { state.release() }
        for layer in layers {
          let next = try machine.call(Value(layer), layer.takesInput ? [state] : [])
          state.release()
          state = next
        }
      }
    )
  }
}

extension LayerObject {
  fileprivate var takesInput: Bool { kind != "position_bias" }

  /// One row of what the layer takes; nil where the number of tokens is the user's to say.
  fileprivate var smallestInput: Shape? {
    func extent(_ name: String) -> Int { Int(config[name] ?? 1) }
    switch kind {
    case "linear": return [1, extent("inputs")]
    case "norm", "mlp": return [1, extent("dim")]
    case "patch_embedding": return [1, extent("channels"), extent("patch"), extent("patch")]
    case "position_bias": return [1]
    default: return nil
    }
  }
}

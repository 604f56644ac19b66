import Arrays
import Autograd
import Interpreter
import Layers
import Syntax
import Training

/// Gradients, the optimiser and schedules.
enum TrainingFunctions {
  private static let group = "training"

  static func functions() -> [NativeFunction] {
    [gradientsFunction(), adamw(), step(), warmupCosine()]
  }

  private static func gradientsFunction() -> NativeFunction {
    NativeFunction(
      "gradients",
      "model: model, f: function, precision=\"float32\" \(NativeFunction.oneOf(Precision.allCases.map(\.rawValue)))",
      group: group,
      summary: "Runs a function of a model and differentiates the loss that it gives.",
      details: """
        Nothing accumulates: every call gives fresh gradients. grads.norm is their global L2 norm;
        grads["name"] is one of them, by the names of parameters(model).
        model: what is differentiated by: a layer, a parameter, or a record or list that holds some.
        f: a function of the model that gives the loss (one number), or a record whose field `loss`
        it is.
        precision: "float32", or "bf16": what linear layers and attention multiply is rounded to
        bfloat16, forward and back, which is twice as fast where the CPU has AVX512-BF16 or AMX and
        an error elsewhere; sums, weights, gradients and all other work stay float32.
        Gives a record of value (what f gave, with plain numbers) and grads (for `step`).
        """,
      example: """
        let w = parameter(tensor([1, 2]))
        let run = gradients(w, w => mean(w ^ 2))
        run.value  # => 2.5
        """,
      related: ["step", "adamw", "stop_gradient", "training"]
    ) { call in
      let parameters = try ModelTree.argument(call, 0)
      let function = try call.function(1)
      var returned = Value.none
      defer { returned.release() }
      let precision = Precision(
        rawValue: try call.word(2, default: "float32"))
      let result = try gradients(
        of: parameters.map(\.parameter), precision: precision ?? .float32
      ) {
        returned = try call.machine.call(function, [call[0]])
        return try loss(in: returned)
      }
      let value = detached(returned)
      defer { value.release() }
      let record = RecordObject([("value", value)])
      record.set(
        "grads", GradientsObject(parameters, result.gradients))
      return .owning(record)
    }
  }

  private static func loss(in value: Value) throws -> Tensor {
    var loss = value
    if let record = value.record {
      guard let field = record["loss"] else {
        throw Diagnosis(
          "E133", "the record that the function returns has no field `loss`",
          arguments: [(1, "it has \(record.fields.map(\.name).joined(separator: ", "))")],
          hint: "`(loss: ..., accuracy: ...)`.")
      }
      loss = field
    }
    guard let tensor = Tensors.optional(loss) else {
      throw Diagnosis(
        "E133", "the loss is \(Display.described(loss)), wanted a number", arguments: [(1, "")],
        hint: "the loss as the function's last expression.")
    }
    return tensor
  }

  /// The same value with plain numbers for tensors of one element and constants for the rest.
  ///
  /// - Parameter depth: records within records that are copied; those below, and so what holds itself, are
  ///   given as they are.
  private static func detached(_ value: Value, depth: Int = 16) -> Value {
    switch value.object {
    case let tensor as TensorObject:
      if tensor.array.count == 1, tensor.array.rank == 0, tensor.array.elementType != .bool {
        return Value(tensor.array.scalarValue)
      }
      return .owning(TensorObject(tensor.array))
    case let record as RecordObject where depth > 0:
      let copy = RecordObject()
      for field in record.fields {
        let plain = detached(field.value, depth: depth - 1)
        copy[field.name] = plain
        plain.release()
      }
      return .owning(copy)
    default: return value.retained()
    }
  }

  private static func adamw() -> NativeFunction {
    NativeFunction(
      "adamw",
      "model: model, lr=1e-3 number, decay=5% number, betas=[0.9;0.98] list, eps=1e-8 number",
      group: group,
      summary: "The AdamW optimiser of a model: Adam with decoupled weight decay.",
      details: """
        Loshchilov, Hutter 2019. The decay leaves biases, norms, layer scales and the class token
        alone. Fields: lr and decay, which may be set, and steps.
        model: a layer, a parameter, or a record or list that holds some.
        lr: the learning rate, 0 or more.
        decay: the weight decay, 0 or more; each step takes lr decay of a weight away.
        betas: how much of the mean gradient and of the mean square is kept at a step, each below 1.
        eps: added to the square root of the mean square.
        Gives an optimiser for `step`.
        """,
      example: """
        let net = linear(4, 2)
        adamw(net, lr: 3e-4).steps  # => 0
        """,
      related: ["step", "gradients", "warmup_cosine", "training"]
    ) { call in
      let parameters = try ModelTree.argument(call, 0)
      var betas = (0.9, 0.98)
      if call.has(3) {
        let list = try call.list(3)
        guard list.count == 2, let first = list[0].number, let second = list[1].number else {
          throw call.wrongType(3, wanted: "a list of two numbers, such as [0.9, 0.98]")
        }
        betas = (first, second)
      }
      for item in parameters where item.parameter.name.isEmpty { item.parameter.name = item.name }
      let optimiser = try AdamW(
        parameters.map(\.parameter), learningRate: try call.number(1, default: 1e-3),
        decay: try call.number(2, default: 0.05), betas: betas,
        epsilon: try call.number(4, default: 1e-8))
      return .owning(OptimiserObject(optimiser, names: parameters.map(\.name)))
    }
  }

  private static func step() -> NativeFunction {
    NativeFunction(
      "step",
      "optimiser: optimiser, grads: gradients, clip=nil number, lr=nil number",
      group: group,
      summary: "One step of the optimiser along the gradients, which changes the model.",
      details: """
        A gradient that is not finite is an error, and nothing is changed.
        optimiser: as `adamw` makes it.
        grads: the field grads of what `gradients` gives, of the same model.
        clip: the largest global L2 norm; longer gradients are shortened to it.
        lr: the learning rate from this step on.
        Gives a number, the gradients' global L2 norm before they were shortened.
        """,
      example: """
        let w = parameter(tensor([3, 4]))
        let opt = adamw(w, lr: 0.1)
        step(opt, gradients(w, w => sum(w ^ 2)).grads)  # => 10
        """,
      related: ["adamw", "gradients", "warmup_cosine", "training"]
    ) { call in
      let optimiser = try call.object(
        0, as: OptimiserObject.self, wanted: "an optimiser, as adamw(model) makes it")
      let gradients = try call.object(
        1, as: GradientsObject.self,
        wanted: "gradients: the field `grads` of what gradients(...) gives")
      if call.has(3) {
        optimiser.optimiser.learningRate = try call.number(
          3, in: 0...1e6, wanted: "a number from 0 up")
      }
      let clip =
        call.has(2) ? try call.number(2, in: 1e-12...1e12, wanted: "a number above 0") : nil
      return Value(try optimiser.optimiser.step(gradients.gradients(for: optimiser), clip: clip))
    }
  }

  private static func warmupCosine() -> NativeFunction {
    NativeFunction(
      "warmup_cosine",
      "step: number, warmup= number, total= number, peak= number, floor=1e-5 number",
      group: group,
      summary: "A learning rate schedule: up from 0 to peak, then half a cosine down to floor.",
      details: """
        step: the number of the step, from 0.
        warmup: steps of the rise, 0 or more.
        total: steps in all; later ones stay at floor.
        peak: the highest rate.
        floor: the lowest, at the end.
        Gives a number, the learning rate of that step.
        """,
      example: "warmup_cosine(5, warmup: 10, total: 100, peak: 1e-3)  # => 0.0005",
      related: ["step", "adamw", "training"]
    ) { call in
      Value(
        Schedule.warmupCosine(
          step: try call.integer(0, in: 0...Int.max), warmup: try call.integer(1, in: 0...Int.max),
          total: try call.integer(2, in: 1...Int.max), peak: try call.number(3),
          floor: try call.number(4, default: 1e-5)))
    }
  }
}

/// Gradients by parameter.
final class GradientsObject: ForeignObject {
  let parameters: [NamedParameter]
  let gradients: [NDArray?]

  init(_ parameters: [NamedParameter], _ gradients: [NDArray?]) {
    self.parameters = parameters
    self.gradients = gradients
  }

  /// In the optimiser's order.
  func gradients(for optimiser: OptimiserObject) throws -> [NDArray?] {
    let wanted = optimiser.optimiser.parameters
    if wanted.count == parameters.count,
      zip(wanted, parameters).allSatisfy({ $0 === $1.parameter })
    {
      return gradients
    }
    var byParameter: [ObjectIdentifier: NDArray] = [:]
    for (item, gradient) in zip(parameters, gradients) {
      byParameter[ObjectIdentifier(item.parameter)] = gradient
    }
    let known = Set(wanted.map { ObjectIdentifier($0) })
    guard parameters.contains(where: { known.contains(ObjectIdentifier($0.parameter)) }) else {
      throw Diagnosis(
        "E134", "these gradients are of another model than the optimiser's",
        arguments: [(1, "")], hint: "`adamw(model)` and `gradients(model, ...)` of the same model.")
    }
    return wanted.map { byParameter[ObjectIdentifier($0)] }
  }

  override var typeName: String { "gradients" }
  override func summary(width: Int) -> String {
    "gradients of \(parameters.count) parameters, norm \(TensorSummary.short(globalNorm(gradients)))"
  }
  override var byteCount: Int { gradients.reduce(64) { $0 + ($1?.byteCount ?? 0) } }
  override var fieldNames: [String] {
    ["norm", "count"] + parameters.map(\.name).filter { !$0.contains(".") }
  }
  override func field(_ name: String) throws -> Value? {
    switch name {
    case "norm": Value(globalNorm(gradients))
    case "count": Value(parameters.count)
    default: gradient(of: name)
    }
  }

  private func gradient(of name: String) -> Value? {
    parameters.firstIndex { $0.name == name }.map {
      Tensors.owned(gradients[$0] ?? NDArray(zeros: parameters[$0].parameter.shape))
    }
  }

  /// `grads["blocks.0.attn.qkv.weight"]`: by the names that `parameters(model)` gives.
  override func index(_ items: [SubscriptItem]) throws -> Value {
    guard items.count == 1, case .value(let key) = items[0], let name = key.string?.string else {
      throw Diagnosis(
        "E104", "gradients are looked up by a parameter's name", arguments: [(1, "")],
        hint: parameters.first.map { "`[\"\($0.name)\"]`." })
    }
    guard let gradient = gradient(of: name) else {
      let near = Suggestion.nearest(to: name, among: parameters.map(\.name)).first
      throw Diagnosis(
        "E110", "there is no gradient of \"\(name)\"", arguments: [(1, "")],
        hint: near.map { "`[\"\($0)\"]`." } ?? "a name from `parameters(model)`.")
    }
    return gradient
  }
}

/// An optimiser with its state.
final class OptimiserObject: ForeignObject {
  let optimiser: AdamW
  let names: [String]

  init(_ optimiser: AdamW, names: [String]) {
    self.optimiser = optimiser
    self.names = names
  }

  override var typeName: String { "optimiser" }
  /// Both moments of every parameter; the parameters are the network's.
  override var byteCount: Int {
    optimiser.parameters.reduce(64) { $0 + 2 * $1.value.byteCount }
  }
  override func summary(width: Int) -> String {
    "adamw: \(optimiser.parameters.count) parameters, lr \(TensorSummary.short(optimiser.learningRate)), decay \(TensorSummary.short(optimiser.decay)), \(optimiser.stepCount) steps"
  }
  override var fieldNames: [String] { ["lr", "decay", "steps"] }
  override func field(_ name: String) throws -> Value? {
    switch name {
    case "lr": Value(optimiser.learningRate)
    case "decay": Value(optimiser.decay)
    case "steps": Value(optimiser.stepCount)
    default: nil
    }
  }
  override func setField(_ name: String, to value: Value) throws -> Bool {
    guard let number = value.number, number >= 0, number.isFinite else {
      throw Diagnosis("E119", "\(name) is \(Display.described(value)), wanted a number from 0 up")
    }
    switch name {
    case "lr": optimiser.learningRate = number
    case "decay": optimiser.decay = number
    default: return false
    }
    return true
  }
}

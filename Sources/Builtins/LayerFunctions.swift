import Arrays
import Autograd
import Interpreter
import Layers

/// Functions that make layers. A fresh layer draws its weights from the session's stream.
enum LayerFunctions {
  private static let group = "layers"

  static func functions(_ host: Host) -> [NativeFunction] {
    [
      linearFunction(host), normFunction(), mlpFunction(host), attentionLayer(host),
      blockFunction(host), patchEmbedding(host), positionBiasFunction(), parameterFunction(),
      countParameters(), parametersFunction(),
    ]
  }

  private static func initialization(_ call: Call, _ index: Int, std: Int? = nil) throws
    -> Initialization
  {
    let word = try call.word(index, default: "truncated")
    if word == "uniform" { return .uniform }
    let deviation = try std.map { try call.number($0, default: 0.02) } ?? 0.02
    return .truncatedNormal(deviation: Float(deviation), limit: 1)
  }

  private static func linearFunction(_ host: Host) -> NativeFunction {
    NativeFunction(
      "linear",
      "inputs: number, outputs: number, bias=true bool, init=\"truncated\" \"truncated\" or \"uniform\", std=0.02 number",
      group: group,
      summary: "A linear layer: y = x W^T + b.",
      details: """
        Called on [..., inputs]; its fields are weight [outputs, inputs] and bias [outputs].
        inputs: width of what it takes.
        outputs: width of what it gives.
        bias: whether it adds b, at first 0.
        init: "truncated" (normal with std, cut at one std) or "uniform" (+-1/sqrt(inputs), as
        PyTorch does).
        std: standard deviation of "truncated".
        Gives a layer, [..., inputs] to [..., outputs].
        """,
      example: """
        let f = linear(4, 2)
        f(ones([3, 4])).shape  # => [3, 2]
        """,
      related: ["mlp", "block", "models"]
    ) { call in
      let config = [
        "inputs": Double(try call.integer(0, in: 1...(1 << 20))),
        "outputs": Double(try call.integer(1, in: 1...(1 << 20))),
        "bias": try call.flag(2, default: true) ? 1 : 0,
      ]
      return .owning(
        try LayerFactory.make("linear", config, try initialization(call, 3, std: 4), &host.random))
    }
  }

  private static func normFunction() -> NativeFunction {
    NativeFunction(
      "norm", "dim: number, eps=1e-6 number", group: group,
      summary: "Layer normalisation over the last axis with a learned scale and offset.",
      details: """
        Called on [..., dim]; its fields are weight (at first 1) and bias (at first 0), [dim] each.
        dim: width of what it takes.
        eps: added to the variance.
        Gives a layer, [..., dim] to the same shape.
        """,
      example: """
        let f = norm(4)
        f(ones([3, 4])).shape  # => [3, 4]
        """,
      related: ["layer_norm", "block"]
    ) { call in
      let config = [
        "dim": Double(try call.integer(0, in: 1...(1 << 20))),
        "eps": try call.number(1, default: 1e-6),
      ]
      return .owning(try LayerFactory.make("norm", config))
    }
  }

  private static func mlpFunction(_ host: Host) -> NativeFunction {
    NativeFunction(
      "mlp",
      "dim: number, hidden= number, init=\"truncated\" \"truncated\" or \"uniform\"",
      group: group,
      summary: "The feed-forward part of a transformer: linear, GELU, linear.",
      details: """
        Called on [..., dim].
        dim: width of what it takes and gives.
        hidden: width between the two linear layers.
        init: "truncated" (normal with std 0.02, cut at one std) or "uniform" (as PyTorch does).
        Gives a layer, [..., dim] to the same shape.
        """,
      example: """
        let f = mlp(4, hidden: 16)
        f(ones([3, 4])).shape  # => [3, 4]
        """,
      related: ["block", "linear", "gelu"]
    ) { call in
      let config = [
        "dim": Double(try call.integer(0, in: 1...(1 << 20))),
        "hidden": Double(try call.integer(1, in: 1...(1 << 20))),
      ]
      return .owning(
        try LayerFactory.make("mlp", config, try initialization(call, 2), &host.random))
    }
  }

  private static func attentionLayer(_ host: Host) -> NativeFunction {
    NativeFunction(
      "attention_layer",
      "dim: number, heads= number, init=\"truncated\" \"truncated\" or \"uniform\"",
      group: group,
      summary: "Multi-head self-attention with query and value biases (BEiT).",
      details: """
        Called as f(x) or f(x, bias) with x [B, N, dim] and bias [heads, N, N].
        dim: width of what it takes and gives.
        heads: into how many parts dim is split, which it must divide into.
        init: "truncated" (normal with std 0.02, cut at one std) or "uniform" (as PyTorch does).
        Gives a layer, [B, N, dim] to the same shape.
        """,
      example: """
        let f = attention_layer(8, heads: 2)
        f(ones([1, 3, 8])).shape  # => [1, 3, 8]
        """,
      related: ["attention", "block", "position_bias"]
    ) { call in
      let config = [
        "dim": Double(try call.integer(0, in: 1...(1 << 20))),
        "heads": Double(try call.integer(1, in: 1...4096)),
      ]
      return .owning(
        try LayerFactory.make("attention_layer", config, try initialization(call, 2), &host.random))
    }
  }

  private static func blockFunction(_ host: Host) -> NativeFunction {
    NativeFunction(
      "block",
      "dim: number, heads= number, ratio=4 number, scale=0.1 number, drop_path=0 number, init=\"truncated\" \"truncated\" or \"uniform\", depth=nil number",
      group: group,
      summary: "A pre-norm transformer block with layer scale and drop path.",
      details: """
        x + g1 attention(norm(x), bias), then + g2 mlp(norm(x)). Called as f(x), f(x, bias) or f(x,
        bias, rows): bias [heads, N, N]; rows, a mask [B, N], asks for the tokens where it is true
        alone, [n, dim] in order.
        dim: width of what it takes and gives.
        heads: into how many parts dim is split, which it must divide into.
        ratio: hidden width of the MLP over dim.
        scale: first value of g1 and g2.
        drop_path: the probability with which a branch is left out for an image while `gradients`
        runs, 0 or more and below 1.
        init: "truncated" (normal with std 0.02, cut at one std) or "uniform" (as PyTorch does).
        depth: the block's number from 1, by whose sqrt(2 depth) two weights are divided at first
        (BEiT).
        Gives a layer, [B, N, dim] to the same shape.
        """,
      example: """
        let f = block(8, heads: 2)
        f(ones([1, 3, 8])).shape  # => [1, 3, 8]
        """,
      related: ["attention_layer", "mlp", "position_bias", "ccvit"]
    ) { call in
      var config = [
        "dim": Double(try call.integer(0, in: 1...(1 << 20))),
        "heads": Double(try call.integer(1, in: 1...4096)),
        "ratio": try call.number(2, default: 4, in: 0.01...64, wanted: "a number above 0"),
        "scale": try call.number(3, default: 0.1),
        "drop_path": try call.number(4, default: 0, in: 0...0.99, wanted: "0 or more and below 1"),
      ]
      if call.has(6) { config["depth"] = Double(try call.integer(6, in: 1...100_000)) }
      return .owning(
        try LayerFactory.make("block", config, try initialization(call, 5), &host.random))
    }
  }

  private static func patchEmbedding(_ host: Host) -> NativeFunction {
    NativeFunction(
      "patch_embedding", "patch= number, dim= number, channels=3 number", group: group,
      summary: "Patches to vectors, as a vision transformer's first convolution does.",
      details: """
        Called on patches [B, N, channels patch patch] in (c, y, x) order, or on images [B,
        channels, H, W].
        patch: side of a patch in pixels.
        dim: width of what it gives.
        channels: 3 of RGB images.
        Gives a layer, to [B, N, dim].
        """,
      example: """
        let f = patch_embedding(patch: 4, dim: 8)
        f(zeros([1, 3, 8, 8])).shape  # => [1, 4, 8]
        """,
      related: ["patchify", "block", "ccvit"]
    ) { call in
      let config = [
        "patch": Double(try call.integer(0, in: 1...4096)),
        "dim": Double(try call.integer(1, in: 1...(1 << 20))),
        "channels": Double(try call.integer(2, default: 3, in: 1...4096)),
      ]
      return .owning(
        try LayerFactory.make("patch_embedding", config, .truncatedNormal(), &host.random))
    }
  }

  private static func positionBiasFunction() -> NativeFunction {
    NativeFunction(
      "position_bias", "grid= list, heads= number", group: group,
      summary:
        "A learned attention bias for every pair of tokens by their offset on the grid (BEiT).",
      details: """
        It stands in for a position embedding: called without arguments, for `block` and
        `attention_layer`.
        grid: rows and columns of patches, such as [8, 8].
        heads: as many as those of the blocks.
        Gives a layer, to [heads, N + 1, N + 1] with the class token first, at first 0.
        """,
      example: """
        let f = position_bias(grid: [2, 2], heads: 2)
        f().shape  # => [2, 5, 5]
        """,
      related: ["block", "attention_layer"]
    ) { call in
      let grid = try Tensors.integers(call, 0)
      guard grid.count == 2, grid.allSatisfy({ (1...512).contains($0) }) else {
        throw call.wrongType(0, wanted: "two whole numbers, rows and columns of patches")
      }
      let config = [
        "height": Double(grid[0]), "width": Double(grid[1]),
        "heads": Double(try call.integer(1, in: 1...4096)),
      ]
      return .owning(try LayerFactory.make("position_bias", config))
    }
  }

  private static func parameterFunction() -> NativeFunction {
    NativeFunction(
      "parameter", "x: tensor, decay=true bool", group: group,
      summary: "A trainable tensor outside a layer.",
      details: """
        x: a tensor: the value that it has at first.
        decay: whether AdamW's weight decay applies to it.
        Gives a parameter, which counts as a tensor; its field value is the tensor.
        """,
      example: """
        let w = parameter(zeros([3]))
        (w + 1).shape  # => [3]
        """,
      related: ["gradients", "adamw", "models"]
    ) { call in
      let value = try Tensors.argument(call, 0).value.converted(to: .float32)
      return .owning(
        ParameterObject(Parameter(value, decays: try call.flag(1, default: true))))
    }
  }

  private static func countParameters() -> NativeFunction {
    NativeFunction(
      "count_parameters", "model: model", group: group,
      summary: "How many numbers a model learns.",
      details: """
        model: a layer, a parameter, or a record or list that holds some.
        Gives a whole number.
        """,
      example: "count_parameters(linear(4, 2))  # => 10",
      related: ["parameters", "summary", "models"]
    ) { call in
      Value(try ModelTree.argument(call, 0).reduce(0) { $0 + $1.parameter.value.count })
    }
  }

  private static func parametersFunction() -> NativeFunction {
    NativeFunction(
      "parameters", "model: model", group: group,
      summary: "All parameters of a model, by name.",
      details: """
        model: a layer, a parameter, or a record or list that holds some.
        Gives a list of records (name, shape, decay, value).
        """,
      example: "map(parameters(linear(4, 2)), p => p.name)  # => [\"weight\", \"bias\"]",
      related: ["count_parameters", "summary", "gradients"]
    ) { call in
      let list = ListObject()
      for item in try ModelTree.argument(call, 0) {
        let record = RecordObject()
        record.set("name", StringObject(item.name))
        record.set("shape", ListObject(item.parameter.shape.extents.map { Value($0) }))
        record["decay"] = Value(item.parameter.decays)
        record.set("value", TensorObject(item.parameter.value))
        list.append(record)
      }
      return .owning(list)
    }
  }
}

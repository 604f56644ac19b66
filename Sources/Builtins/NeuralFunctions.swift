import Arrays
import Autograd
import Interpreter
import Layers

/// The operations of networks and their losses.
enum NeuralFunctions {
  private static let group = "networks"

  static func functions(_ host: Host) -> [NativeFunction] {
    [
      softmaxFunction(), logSoftmax(), crossEntropyFunction(), mse(), accuracy(), normalize(),
      attentionFunction(), dropoutFunction(host), stopGradient(),
    ]
  }

  private static func softmaxFunction() -> NativeFunction {
    NativeFunction(
      "softmax", "x: tensor", group: group,
      summary: "Logits as probabilities: exp(x) over its sum along the last axis.",
      details: """
        x: [..., n], numbers of any size.
        Gives a tensor of the same shape: positive numbers that add to 1 along the last axis.
        """,
      example: "sum(softmax([1, 2, 3]))  # => 1",
      related: ["log_softmax", "cross_entropy", "logsumexp"]
    ) { call in Tensors.owned(softmax(try Tensors.argument(call, 0))) }
  }

  private static func logSoftmax() -> NativeFunction {
    NativeFunction(
      "log_softmax", "x: tensor", group: group,
      summary: "The logarithm of softmax(x), without overflow.",
      details: """
        x: [..., n], numbers of any size.
        Gives a tensor of the same shape.
        """,
      example: "log_softmax([1, 2, 3]).shape  # => [3]",
      related: ["softmax", "logsumexp"]
    ) { call in
      let x = try Tensors.argument(call, 0)
      let sums = logSumExp(x)
      let wide = try reshape(sums, to: sums.shape.extents + [1])
      return Tensors.owned(try subtract(x, wide))
    }
  }

  /// The rows that `where:` keeps, or all.
  private static func kept(_ x: Tensor, _ call: Call, _ index: Int) throws -> Tensor {
    call.has(index) ? try selectRows(x, where: try Tensors.mask(call, index)) : x
  }

  private static func reduced(_ each: Tensor, _ call: Call, _ index: Int) throws -> Value {
    let word = try call.word(index, default: "mean")
    return Tensors.owned(word == "mean" ? try sum(each, mean: true) : each)
  }

  private static func crossEntropyFunction() -> NativeFunction {
    NativeFunction(
      "cross_entropy",
      "logits: tensor, ids: tensor, where=nil mask, reduce=\"mean\" \"mean\" or \"none\"",
      group: group,
      summary: "The cross-entropy of ids under logits: the mean of -log softmax(logits)[id].",
      details: """
        logits: [..., V].
        ids: [...], whole numbers 0 to V - 1.
        where: a mask over the leading axes; rows where it is false do not count.
        reduce: "mean" over the rows, or "none": a loss a row.
        Gives a tensor of one number, or [rows], in nats; a uniform guess has log(V).
        """,
      example: "\"{cross_entropy([0, 0; 0, 0], [0, 1]):.3}\"  # => \"0.693\"",
      related: ["softmax", "accuracy", "mse"]
    ) { call in
      let logits = try kept(try Tensors.argument(call, 0), call, 2)
      let ids = try kept(Tensor(try Tensors.ids(call, 1)), call, 2).value
      return try reduced(try crossEntropy(logits, ids: ids), call, 3)
    }
  }

  private static func mse() -> NativeFunction {
    NativeFunction(
      "mse",
      "a: tensor, b: tensor, where=nil mask, reduce=\"mean\" \"mean\" or \"rows\"",
      group: group,
      summary: "The mean squared difference of two tensors.",
      details: """
        a: a tensor.
        b: a tensor that lines up with it.
        where: a mask over the leading axes; rows where it is false do not count.
        reduce: "mean" over all elements, or "rows": over the last axis only.
        Gives a tensor of one number, or one a row.
        """,
      example: "mse([1, 2], [1, 4])  # => 2",
      related: ["psnr", "cross_entropy", "mean"]
    ) { call in
      let a = try kept(try Tensors.argument(call, 0), call, 2)
      let b = try kept(try Tensors.argument(call, 1), call, 2)
      return try reduced(try meanSquaredError(a, b), call, 3)
    }
  }

  private static func accuracy() -> NativeFunction {
    NativeFunction(
      "accuracy",
      "predictions: tensor, ids: tensor, where=nil mask, reduce=\"mean\" \"mean\" or \"none\"",
      group: group,
      summary: "The share of predictions that are right.",
      details: """
        predictions: logits [..., V], of which the largest counts, or ids [...].
        ids: [...], the right ones.
        where: a mask over the leading axes; rows where it is false do not count.
        reduce: "mean" over the rows, or "none": 1 or 0 a row.
        Gives a tensor of one number, 0 to 1, or [rows]; nan where no row counts.
        """,
      example: "accuracy([0, 1, 1, 1], [0, 1, 0, 1])  # => 0.75",
      related: ["cross_entropy", "confusion", "argmax"]
    ) { call in
      let ids = try kept(Tensor(try Tensors.ids(call, 1)), call, 2).value
      var guesses = try kept(try Tensors.argument(call, 0), call, 2).value
      if guesses.rank == ids.rank + 1 {
        guesses = try guesses.argExtreme(axis: -1)
      } else {
        _ = try Tensors.ids(call, 0)
      }
      let hits = try compare(.equal, guesses, ids).converted(to: .float32)
      if hits.count == 0 { return Value(Double.nan) }
      return try reduced(Tensor(hits), call, 3)
    }
  }

  private static func normalize() -> NativeFunction {
    NativeFunction(
      "layer_norm", "x: tensor, eps=1e-6 number", group: group,
      summary: "Each row with mean 0 and variance 1 over the last axis, without weights.",
      details: """
        x: [..., n].
        eps: added to the variance, so that equal numbers give 0.
        Gives a tensor of the same shape.
        """,
      example: "layer_norm([1, 2, 3, 4]).shape  # => [4]",
      related: ["norm", "normalize_patches"]
    ) { call in
      let x = try Tensors.argument(call, 0)
      let width = x.shape.extents.last ?? 1
      return Tensors.owned(
        try layerNorm(
          x, scale: Tensor(NDArray(repeating: Float(1), shape: [width])),
          offset: Tensor(NDArray(zeros: [width])), epsilon: Float(try call.number(1, default: 1e-6))
        ))
    }
  }

  private static func attentionFunction() -> NativeFunction {
    NativeFunction(
      "attention", "qkv: tensor, heads= number, bias=nil tensor", group: group,
      summary: "Multi-head self-attention from packed queries, keys and values.",
      details: """
        The scores are scaled by 1 / sqrt(D / heads) (Vaswani et al. 2017).
        qkv: [B, N, 3 D]: queries, keys and values side by side.
        heads: into how many parts D is split, which it must divide into.
        bias: [heads, N, N], added to the scaled scores.
        Gives a tensor [B, N, D].
        """,
      example: "attention(normal([1, 4, 24], seed: 1), heads: 2).shape  # => [1, 4, 8]",
      related: ["attention_layer", "block", "softmax"]
    ) { call in
      Tensors.owned(
        try attention(
          try Tensors.argument(call, 0), heads: try call.integer(1, in: 1...4096),
          bias: call.has(2) ? try Tensors.argument(call, 2) : nil))
    }
  }

  private static func dropoutFunction(_ host: Host) -> NativeFunction {
    NativeFunction(
      "dropout", "x: tensor, rate= number, seed=nil number", group: group,
      summary: "Elements set to 0 at random.",
      details: """
        It acts whenever it is called: leave the call out where nothing is trained.
        x: a tensor.
        rate: the probability of a 0, 0 or more and below 1.
        seed: a whole number: a choice of this call's own.
        Gives a tensor of the same shape; what is left is divided by 1 - rate, so that the mean
        stays.
        """,
      example: "dropout(ones([4]), rate: 50%, seed: 1).shape  # => [4]",
      related: ["block", "uniform"]
    ) { call in
      let x = try Tensors.argument(call, 0)
      let rate = try call.number(1, in: 0...0.999_999, wanted: "0 or more and below 1")
      return try Randomness.withStream(call, 2, host) { stream in
        Tensors.owned(try dropout(x, rate: Float(rate), random: &stream))
      }
    }
  }

  private static func stopGradient() -> NativeFunction {
    NativeFunction(
      "stop_gradient", "x: tensor", group: group,
      summary: "The same elements, through which no gradient flows.",
      details: """
        x: a tensor.
        Gives a tensor with the same elements, a constant for `gradients`.
        """,
      example: """
        let w = parameter(tensor([1, 2]))
        gradients(w, w => sum(w * stop_gradient(w))).value  # => 5
        """,
      related: ["gradients"]
    ) { call in Tensors.owned(try Tensors.argument(call, 0).detached) }
  }
}

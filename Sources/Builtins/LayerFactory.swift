import Arrays
import Autograd
import Interpreter
import Layers

/// Layers by their kind and the numbers that describe them: for functions and for saved files.
enum LayerFactory {
  static func make(_ kind: String, _ config: [String: Double]) throws -> LayerObject {
    var random = RandomSource(seed: 0)
    return try make(kind, config, .truncatedNormal(), &random)
  }

  static func make(
    _ kind: String, _ config: [String: Double], _ initialization: Initialization,
    _ random: inout RandomSource
  ) throws -> LayerObject {
    func number(_ name: String, _ standard: Double, in range: ClosedRange<Double>) throws -> Double
    {
      let value = config[name] ?? standard
      guard range.contains(value) else {
        throw Diagnosis(
          "E143",
          "a layer \(kind) with \(name) = \(value), wanted \(range.lowerBound) to \(range.upperBound)"
        )
      }
      return value
    }
    func integer(_ name: String, in range: ClosedRange<Double> = 1...Double(1 << 20)) throws -> Int
    {
      Int(try number(name, 0, in: range).rounded())
    }
    /// Weights that no machine holds are refused before memory is asked for.
    func checkSize(_ rows: Double, _ columns: Double) throws {
      _ = try Shape.validated([Int(rows), Int(columns)])
    }
    let layer: any Layer
    let inputs: ClosedRange<Int>
    let apply: ([Tensor]) throws -> Tensor
    switch kind {
    case "linear":
      let (rows, columns) = (try integer("outputs"), try integer("inputs"))
      try checkSize(Double(rows), Double(columns))
      let made = Linear(
        columns, rows, bias: config["bias"] != 0,
        initialization: initialization, random: &random)
      (layer, inputs, apply) = (made, 1...1, { try made($0[0]) })
    case "norm":
      let made = LayerNorm(try integer("dim"), epsilon: Float(try number("eps", 1e-6, in: 0...1)))
      (layer, inputs, apply) = (made, 1...1, { try made($0[0]) })
    case "mlp":
      let (dim, hidden) = (try integer("dim"), try integer("hidden"))
      try checkSize(Double(dim), Double(hidden))
      let made = MLP(
        dim, hidden: hidden, initialization: initialization, random: &random)
      (layer, inputs, apply) = (made, 1...1, { try made($0[0]) })
    case "attention_layer":
      let dim = try integer("dim")
      try checkSize(3 * Double(dim), Double(dim))
      let made = try SelfAttention(
        dim, heads: try integer("heads", in: 1...4096), initialization: initialization,
        random: &random)
      (layer, inputs, apply) = (made, 1...2, { try made($0[0], bias: $0.count > 1 ? $0[1] : nil) })
    case "block":
      let depth = config["depth"] == nil ? nil : try integer("depth", in: 1...100_000)
      let (dim, ratio) = (try integer("dim"), try number("ratio", 4, in: 0.01...64))
      try checkSize(max(3, ratio) * Double(dim), Double(dim))
      let made = try TransformerBlock(
        dim, heads: try integer("heads", in: 1...4096), ratio: ratio,
        scale: Float(try number("scale", 0.1, in: -1e6...1e6)),
        dropPath: Float(try number("drop_path", 0, in: 0...0.99)),
        initialization: initialization, depth: depth, random: &random)
      (layer, inputs, apply) = (
        made, 1...3,
        { try made($0[0], bias: $0.count > 1 ? $0[1] : nil, rows: $0.count > 2 ? $0[2].value : nil) }
      )
    case "patch_embedding":
      let (patch, dim) = (try integer("patch", in: 1...4096), try integer("dim"))
      let channels = try integer("channels", in: 1...4096)
      try checkSize(Double(channels * patch * patch), Double(dim))
      let made = PatchEmbedding(
        patch: patch, width: dim, channels: channels,
        initialization: initialization, random: &random)
      (layer, inputs, apply) = (made, 1...1, { try made($0[0]) })
    case "position_bias":
      let (height, width) = (try integer("height", in: 1...512), try integer("width", in: 1...512))
      let heads = try integer("heads", in: 1...4096)
      let tokens = Double(height * width + 1)
      try checkSize(Double(heads) * tokens, tokens)
      let made = RelativePositionBias(height: height, width: width, heads: heads)
      (layer, inputs, apply) = (made, 0...0, { _ in try made() })
    default: throw Diagnosis("E143", "there is no layer of the kind \"\(kind)\"")
    }
    return LayerObject(layer, kind: kind, config: config, inputs: inputs, apply)
  }
}

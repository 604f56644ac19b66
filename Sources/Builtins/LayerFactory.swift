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
    func integer(_ name: String) -> Int { Int(config[name] ?? 0) }
    func number(_ name: String, _ standard: Double) -> Double { config[name] ?? standard }
    let layer: any Layer
    let inputs: ClosedRange<Int>
    let apply: ([Tensor]) throws -> Tensor
    switch kind {
    case "linear":
      let made = Linear(
        integer("inputs"), integer("outputs"), bias: number("bias", 1) != 0,
        initialization: initialization, random: &random)
      (layer, inputs, apply) = (made, 1...1, { try made($0[0]) })
    case "norm":
      let made = LayerNorm(integer("dim"), epsilon: Float(number("eps", 1e-6)))
      (layer, inputs, apply) = (made, 1...1, { try made($0[0]) })
    case "mlp":
      let made = MLP(
        integer("dim"), hidden: integer("hidden"), initialization: initialization, random: &random)
      (layer, inputs, apply) = (made, 1...1, { try made($0[0]) })
    case "attention_layer":
      let made = try SelfAttention(
        integer("dim"), heads: integer("heads"), initialization: initialization, random: &random)
      (layer, inputs, apply) = (made, 1...2, { try made($0[0], bias: $0.count > 1 ? $0[1] : nil) })
    case "block":
      let depth = config["depth"].map { Int($0) }
      let made = try TransformerBlock(
        integer("dim"), heads: integer("heads"), ratio: number("ratio", 4),
        scale: Float(number("scale", 0.1)), dropPath: Float(number("drop_path", 0)),
        initialization: initialization, depth: depth, random: &random)
      (layer, inputs, apply) = (made, 1...2, { try made($0[0], bias: $0.count > 1 ? $0[1] : nil) })
    case "patch_embedding":
      let made = PatchEmbedding(
        patch: integer("patch"), width: integer("dim"), channels: integer("channels"),
        initialization: initialization, random: &random)
      (layer, inputs, apply) = (made, 1...1, { try made($0[0]) })
    case "position_bias":
      let made = RelativePositionBias(
        height: integer("height"), width: integer("width"), heads: integer("heads"))
      (layer, inputs, apply) = (made, 0...0, { _ in try made() })
    default: throw Diagnosis("E143", "there is no layer of the kind \"\(kind)\"")
    }
    return LayerObject(layer, kind: kind, config: config, inputs: inputs, apply)
  }
}

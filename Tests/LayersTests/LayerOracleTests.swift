import Arrays
import Autograd
import Glibc
import Layers
import TestSupport
import Testing

func gelu(_ x: Double) -> Double { 0.5 * x * erfc(-x / 2.0.squareRoot()) }

func softmax(_ x: [Double]) -> [Double] {
  let powers = x.map { exp($0 - x.max()!) }
  return powers.map { $0 / powers.reduce(0, +) }
}

/// Every layer against double precision: values, and gradients of the input and of each parameter.
///
/// Tolerance, relative to the largest number of a tensor: a value passes at most 8 stages whose sums
/// have at most 24 terms, 8 * 24 * 2^-24 = 1.1e-5; a gradient passes them forth and back and is then
/// summed over 10 tokens, another 10 roundings: (2 * 8 * 24 + 10) * 2^-24 = 2.4e-5.
@Suite("Layers against double precision")
struct LayerOracleTests {
  private static let valueTolerance = 8 * 24 * 0x1p-24
  private static let gradientTolerance = Double(2 * 8 * 24 + 10) * 0x1p-24

  /// Gives every parameter odd numbers (none 0, so that no term can hide), then compares.
  private func check(
    _ parts: [NamedParameter], input: NDArray, _ forward: @escaping (Tensor) throws -> Tensor,
    _ oracle: @escaping (LayerOracle, [Double]) -> [Double]
  ) throws {
    for (index, part) in parts.enumerated() {
      let fanIn = part.parameter.shape.rank == 2 ? part.parameter.shape[1] : 4
      part.parameter.value = testNumbers(
        part.parameter.shape, seed: UInt64(index + 10), deviation: 1 / Float(fanIn).squareRoot(),
        gap: 0.05)
    }
    let source = Parameter(input)
    let all = parts.map(\.parameter) + [source]
    var output = NDArray(scalar: Float(0))
    let result = try gradients(of: all) {
      let y = try forward(source.tensor)
      output = y.value
      let weights = (0..<y.shape.count).map { Float(slope($0)) }
      return try sum(try multiply(y, Tensor(NDArray(weights, shape: y.shape))))
    }
    let numbers = all.map { doubles($0.value) }
    func evaluate(_ numbers: [[Double]]) -> [Double] {
      let named = zip(parts.map(\.name), numbers)
      return oracle(
        LayerOracle(weights: Dictionary(uniqueKeysWithValues: Array(named))), numbers.last!)
    }
    expectClose(doubles(output), evaluate(numbers), Self.valueTolerance, "value")
    for (index, values) in numbers.enumerated() {
      let wanted = values.indices.map { position in
        let step = 6e-6 * max(1, abs(values[position]))
        let sides = [step, -step].map { change in
          var moved = numbers
          moved[index][position] += change
          return evaluate(moved).enumerated().reduce(0.0) { $0 + $1.element * slope($1.offset) }
        }
        return (sides[0] - sides[1]) / (2 * step)
      }
      let name = index < parts.count ? parts[index].name : "input"
      let got = try #require(result.gradients[index], "no gradient of \(name)")
      expectClose(doubles(got), wanted, Self.gradientTolerance, name)
    }
  }

  private func expectClose(_ got: [Double], _ wanted: [Double], _ tolerance: Double, _ what: String)
  {
    #expect(got.count == wanted.count, "\(what)")
    let size = max(1, wanted.map(abs).max() ?? 0)
    let worst = zip(got, wanted).map { abs($0 - $1) }.max() ?? 0
    #expect(worst <= tolerance * size, "\(what) is off by \(worst), of numbers up to \(size)")
  }

  /// Uneven weights of the outputs in the loss, exact in single precision.
  private func slope(_ index: Int) -> Double { Double(Float(sin(Double(index) * 1.7 + 0.3))) }

  private let input = testNumbers([2, 5, 8], seed: 3)

  @Test("linear, with a bias and without", arguments: [true, false])
  func linearLayer(bias: Bool) throws {
    var random = RandomSource(seed: 1)
    let layer = Linear(8, 6, bias: bias, random: &random)
    try check(layer.parameters(under: "l"), input: input, { try layer($0) }) { oracle, x in
      images(x, tokens: 5, width: 8).flatMap { oracle.linear($0, "l").joined() }
    }
  }

  @Test("layer norm")
  func layerNormLayer() throws {
    let layer = LayerNorm(8)
    try check(layer.parameters(under: "n"), input: input, { try layer($0) }) { oracle, x in
      images(x, tokens: 5, width: 8).flatMap { oracle.norm($0, "n").joined() }
    }
  }

  @Test("MLP")
  func feedForward() throws {
    var random = RandomSource(seed: 1)
    let layer = MLP(8, hidden: 16, random: &random)
    try check(layer.parameters(under: "m"), input: input, { try layer($0) }) { oracle, x in
      images(x, tokens: 5, width: 8).flatMap { oracle.mlp($0, "m").joined() }
    }
  }

  @Test("attention with relative positions, the table's gradient too")
  func attentionLayer() throws {
    var random = RandomSource(seed: 1)
    let layer = try SelfAttention(8, heads: 2, random: &random)
    // Two rows of three patches and the class token: a grid that is not square tells the axes apart.
    let position = RelativePositionBias(height: 2, width: 3, heads: 2)
    let wide = testNumbers([2, 7, 8], seed: 4)
    try check(
      layer.parameters(under: "a") + position.parameters, input: wide,
      { try layer($0, bias: try position()) }
    ) { oracle, x in
      images(x, tokens: 7, width: 8).flatMap {
        oracle.attention($0, "a", heads: 2) {
          oracle.position($0, $1, $2, rows: 2, columns: 3, heads: 2)
        }.joined()
      }
    }
  }

  @Test("a block: norms, attention with positions, MLP, both layer scales")
  func block() throws {
    var random = RandomSource(seed: 1)
    let layer = try TransformerBlock(8, heads: 2, ratio: 2, random: &random)
    let position = RelativePositionBias(height: 2, width: 2, heads: 2)
    try check(
      layer.parameters + position.parameters, input: input, { try layer($0, bias: try position()) }
    ) { oracle, x in
      images(x, tokens: 5, width: 8).flatMap {
        oracle.block($0, heads: 2) {
          oracle.position($0, $1, $2, rows: 2, columns: 2, heads: 2)
        }.joined()
      }
    }
  }

  @Test("patch embedding is the stride-P convolution of the images")
  func patchEmbedding() throws {
    var random = RandomSource(seed: 1)
    let layer = PatchEmbedding(patch: 2, width: 5, random: &random)
    layer.projection.bias?.value = testNumbers([5], seed: 6)
    let pictures = testNumbers([2, 3, 4, 6], seed: 5)
    let got = doubles(try layer(Tensor(pictures)).value)
    let (x, kernel) = (doubles(pictures), doubles(layer.projection.weight.value))
    let bias = doubles(try #require(layer.projection.bias).value)
    var wanted = [Double]()
    for image in 0..<2 {
      for patch in 0..<6 {
        for out in 0..<5 {
          var total = bias[out]
          for channel in 0..<3 {
            for dy in 0..<2 {
              for dx in 0..<2 {
                let (row, column) = (patch / 3 * 2 + dy, patch % 3 * 2 + dx)
                total +=
                  x[((image * 3 + channel) * 4 + row) * 6 + column]
                  * kernel[((out * 3 + channel) * 2 + dy) * 2 + dx]
              }
            }
          }
          wanted.append(total)
        }
      }
    }
    expectClose(got, wanted, 13 * 0x1p-24, "value")
  }

  @Test(
    "drop path drops whole branches of whole images and scales up the others, only under gradients")
  func dropPath() throws {
    var random = RandomSource(seed: 1)
    let layer = try TransformerBlock(
      8, heads: 2, ratio: 2, scale: 1, dropPath: 0.25, random: &random)
    for part in layer.parameters where part.parameter.shape.rank == 2 {
      part.parameter.value = testNumbers(part.parameter.shape, seed: 8, deviation: 0.4)
    }
    let batch = testNumbers([400, 5, 8], seed: 9)
    let pairs = layer.parameters.map { ($0.name, doubles($0.parameter.value)) }
    let oracle = LayerOracle(weights: Dictionary(uniqueKeysWithValues: pairs))
    let sources = images(doubles(batch), tokens: 5, width: 8)
    func wanted(_ factors: (Double, Double)) -> [[Double]] {
      sources.map { Array(oracle.block($0, heads: 2, factors: factors) { _, _, _ in 0 }.joined()) }
    }
    var tracked = NDArray(scalar: Float(0))
    _ = try gradients(of: layer.parameters.map(\.parameter)) {
      let y = try layer(Tensor(batch))
      tracked = y.value
      return try sum(y)
    }
    expectClose(
      doubles(try layer(Tensor(batch)).value), Array(wanted((1, 1)).joined()), Self.valueTolerance,
      "untracked")
    let kept = 1 / 0.75
    let cases = [(kept, kept), (kept, 0), (0, kept), (0, 0)].map(wanted)
    var met = [0, 0, 0, 0]
    let got = images(doubles(tracked), tokens: 5, width: 8).map { Array($0.joined()) }
    var misfits = [Int]()
    for (image, values) in got.enumerated() {
      let fitting = cases.indices.filter { which in
        zip(values, cases[which][image]).allSatisfy { abs($0 - $1) <= 10 * Self.valueTolerance }
      }
      if fitting.count != 1 { misfits.append(image) }
      for which in fitting { met[which] += 1 }
    }
    #expect(misfits.isEmpty, "images that are not one of the four cases")
    // 400 draws of 9/16, 3/16, 3/16, 1/16: within five standard deviations.
    for (count, share) in zip(met, [0.5625, 0.1875, 0.1875, 0.0625]) {
      #expect(abs(Double(count) - 400 * share) <= 5 * (400 * share * (1 - share)).squareRoot())
    }
  }
}

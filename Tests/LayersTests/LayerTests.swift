import Arrays
import Autograd
import Layers
import Testing

@Suite("Layers")
struct LayerTests {
  @Test("a block of CCViT base and of large has the published number of parameters")
  func blockCounts() throws {
    var random = RandomSource(seed: 1)
    let base = try TransformerBlock(768, heads: 12, random: &random)
    #expect(base.parameterCount == 7_088_640)
    let large = try TransformerBlock(1024, heads: 16, random: &random)
    #expect(large.parameterCount == 12_597_248)
  }

  /// The parts of a CCViT network (`methods/ccvit.ccv`), each made once, in the numbers that the whole
  /// has of them.
  @Test("the whole networks have exactly 106,735,184 and 337,517,760 parameters")
  func networkCounts() throws {
    func count(width: Int, depth: Int, heads: Int) throws -> Int {
      var random = RandomSource(seed: 1)
      let block = try TransformerBlock(width, heads: heads, random: &random).parameterCount
      let embedding = PatchEmbedding(patch: 16, width: width, random: &random).parameterCount
      let bias = RelativePositionBias(height: 14, width: 14, heads: heads).parameterCount
      #expect(bias == 732 * heads)
      let tokens = width  // the class token and, as many, the mask vector
      let norms = 2 * LayerNorm(width).parameterCount
      let heads = (width + 1) * 8192 + (width + 1) * 768
      return embedding + 2 * tokens + bias + (depth + 2) * block + norms + heads
    }
    #expect(try count(width: 768, depth: 12, heads: 12) == 106_735_184)
    #expect(try count(width: 1024, depth: 24, heads: 16) == 337_517_760)
  }

  @Test("weights have the shapes that their names say, and decay as CCViT's recipe has it")
  func shapes() throws {
    var random = RandomSource(seed: 1)
    let block = try TransformerBlock(8, heads: 2, random: &random)
    let named = Dictionary(uniqueKeysWithValues: block.parameters.map { ($0.name, $0.parameter) })
    #expect(named["attn.qkv.weight"]?.shape == [24, 8])
    #expect(named["mlp.fc1.weight"]?.shape == [32, 8])
    #expect(named["mlp.fc2.weight"]?.shape == [8, 32])
    let decaying = block.parameters.filter { $0.parameter.decays }.map(\.name).sorted()
    #expect(
      decaying == ["attn.proj.weight", "attn.qkv.weight", "mlp.fc1.weight", "mlp.fc2.weight"])
  }

  @Test(
    "truncated weights stay within one standard deviation, and block l divides two of them by sqrt(2 l)"
  )
  func initialisation() throws {
    var random = RandomSource(seed: 1)
    let block = try TransformerBlock(32, heads: 2, depth: 8, random: &random)
    func largest(_ x: NDArray) -> Float { x.elements(of: Float.self).map(abs).max() ?? 0 }
    #expect(largest(block.attention.qkv.value) <= 0.02)
    #expect(largest(block.mlp.fc1.weight.value) > 0.015)
    #expect(largest(block.mlp.fc2.weight.value) <= 0.02 / 4)
    #expect(largest(block.attention.projection.weight.value) > 0.015 / 4)
  }

  @Test("without positions attention treats all tokens alike: permuting them permutes the result")
  func equivariance() throws {
    var random = RandomSource(seed: 2)
    let layer = try SelfAttention(8, heads: 2, initialization: .uniform, random: &random)
    let x = random.normal([1, 3, 8])
    let turned = try NDArray.stacked([
      try x.rows(at: NDArray([Int32(0)])).row(0).rows(at: NDArray([Int32(2), 0, 1]))
    ])
    let y = try layer(Tensor(x)).value.row(0)
    let z = try layer(Tensor(turned)).value.row(0)
    let expected = try y.rows(at: NDArray([Int32(2), 0, 1])).elements(of: Float.self)
    // Sums of at most 8 products of size about 1, in another order: 8 u.
    for (a, b) in zip(z.elements(of: Float.self), expected) {
      #expect(abs(a - b) <= 8 * 0x1p-24 * 8)
    }
  }

  @Test("the index of the position table: offsets, and three rows for the class token")
  func positions() throws {
    let layer = RelativePositionBias(height: 2, width: 2, heads: 1)
    let index = layer.index.elements(of: Int32.self)
    #expect(layer.index.shape == [5, 5])
    #expect(index[0] == 11 && index[1] == 9 && index[5] == 10)
    // Patch 0 to itself is the middle of the 3 x 3 offsets; patch 0 to patch 3 is (-1, -1).
    #expect(index[6] == 4 && index[9] == 0 && index[21] == 8)
  }
}

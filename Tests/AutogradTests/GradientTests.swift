import Arrays
import Autograd
import Glibc
import TestSupport
import Testing

/// One operation, its oracle and its inputs.
struct GradientCase: Sendable, CustomTestStringConvertible {
  let name: String
  let inputs: [NDArray]
  /// The longest sum that goes into one number: float32 error grows with it.
  let terms: Double
  let operation: @Sendable ([Tensor]) throws -> Tensor
  let oracle: @Sendable ([[Double]]) -> [Double]

  init(
    _ name: String, _ inputs: [NDArray], terms: Double = 4,
    _ operation: @escaping @Sendable ([Tensor]) throws -> Tensor,
    _ oracle: @escaping @Sendable ([[Double]]) -> [Double]
  ) {
    (self.name, self.inputs, self.terms) = (name, inputs, terms)
    (self.operation, self.oracle) = (operation, oracle)
  }

  var testDescription: String { name }
}

private func unary(
  _ operation: UnaryOperation, positive: Bool = false, _ f: @escaping @Sendable (Double) -> Double
) -> GradientCase {
  var x = testNumbers([3, 7], seed: 11, gap: 0.1)
  if positive { x = elementwise(.absolute, x) }
  return GradientCase("\(operation)", [x], { apply(operation, $0[0]) }) { $0[0].map(f) }
}

private func softmaxRow(_ row: [Double]) -> [Double] {
  let top = row.max() ?? 0
  let e = row.map { exp($0 - top) }
  let total = e.reduce(0, +)
  return e.map { $0 / total }
}

private func rows(_ x: [Double], _ columns: Int) -> [[Double]] {
  stride(from: 0, to: x.count, by: columns).map { Array(x[$0..<($0 + columns)]) }
}

/// a [m, k] times b [n, k] transposed.
private func product(_ a: [Double], _ b: [Double], _ m: Int, _ k: Int, _ n: Int) -> [Double] {
  var y = [Double](repeating: 0, count: m * n)
  for i in 0..<m {
    for j in 0..<n { for l in 0..<k { y[i * n + j] += a[i * k + l] * b[j * k + l] } }
  }
  return y
}

private func gelu(_ x: Double) -> Double { 0.5 * x * erfc(-x / 2.0.squareRoot()) }

@Suite("Pullbacks against central differences of a double-precision oracle")
struct GradientTests {
  static let elementwiseCases: [GradientCase] = [
    unary(.negate) { -$0 }, unary(.absolute) { abs($0) }, unary(.exp) { exp($0) },
    unary(.log, positive: true) { log($0) }, unary(.sqrt, positive: true) { $0.squareRoot() },
    unary(.reciprocal) { 1 / $0 }, unary(.tanh) { tanh($0) },
    unary(.sigmoid) { 1 / (1 + exp(-$0)) },
    unary(.gelu) { gelu($0) }, unary(.relu) { max(0, $0) }, unary(.square) { $0 * $0 },
    unary(.sin) { sin($0) }, unary(.cos) { cos($0) },
    GradientCase(
      "add, tail", [testNumbers([2, 3, 5], seed: 1), testNumbers([3, 5], seed: 2)],
      { try add($0[0], $0[1]) }
    ) { x in x[0].enumerated().map { $1 + x[1][$0 % 15] } },
    GradientCase(
      "subtract, scalar", [testNumbers([4, 3], seed: 1), testNumbers([], seed: 2)],
      terms: 12, { try subtract($0[0], $0[1]) }
    ) { x in x[0].map { $0 - x[1][0] } },
    GradientCase(
      "multiply, column", [testNumbers([4, 3], seed: 1), testNumbers([4, 1], seed: 2)],
      { try multiply($0[0], $0[1]) }
    ) { x in x[0].enumerated().map { $1 * x[1][$0 / 3] } },
    GradientCase(
      "multiply, both repeat", [testNumbers([4, 1], seed: 1), testNumbers([1, 3], seed: 2)],
      { try multiply($0[0], $0[1]) }
    ) { x in (0..<12).map { x[0][$0 / 3] * x[1][$0 % 3] } },
    GradientCase(
      "divide", [testNumbers([5], seed: 1), testNumbers([5], seed: 2, gap: 0.5)],
      { try divide($0[0], $0[1]) }
    ) { x in zip(x[0], x[1]).map { $0 / $1 } },
    GradientCase(
      "power",
      [elementwise(.absolute, testNumbers([5], seed: 1, gap: 0.3)), testNumbers([5], seed: 2)],
      { try power($0[0], $0[1]) }
    ) { x in zip(x[0], x[1]).map { pow($0, $1) } },
    GradientCase(
      "maximum", [testNumbers([7], seed: 1), testNumbers([7], seed: 2)],
      { try extreme($0[0], $0[1]) }
    ) { x in zip(x[0], x[1]).map { max($0, $1) } },
    GradientCase(
      "select", [testNumbers([6], seed: 1), testNumbers([6], seed: 2)],
      { try select(NDArray([true, false, true, true, false, false]), $0[0], $0[1]) }
    ) { x in (0..<6).map { [true, false, true, true, false, false][$0] ? x[0][$0] : x[1][$0] } },
  ]

  static let shapingCases: [GradientCase] = [
    GradientCase(
      "sum, middle axis", [testNumbers([2, 3, 4], seed: 3)],
      { try sum($0[0], axes: [1]) }
    ) { x in
      (0..<8).map { (i: Int) -> Double in
        let start = (i / 4) * 12 + i % 4
        return x[0][start] + x[0][start + 4] + x[0][start + 8]
      }
    },
    GradientCase("mean", [testNumbers([3, 5], seed: 3)], terms: 15, { try sum($0[0], mean: true) })
    { x in
      [x[0].reduce(0, +) / 15]
    },
    GradientCase(
      "max of rows", [testNumbers([3, 5], seed: 3)], { try extreme(of: $0[0], axes: [1]) }
    ) { x in
      rows(x[0], 5).map { $0.max() ?? 0 }
    },
    GradientCase("permute", [testNumbers([2, 3, 4], seed: 3)], { try permute($0[0], [2, 0, 1]) }) {
      x in
      (0..<24).map { i in x[0][(i / 3 % 2) * 12 + (i % 3) * 4 + i / 6] }
    },
    GradientCase(
      "slice", [testNumbers([4, 5], seed: 3)],
      { try slice($0[0], [.span(from: 1, to: 4, by: 2), .position(2)]) }
    ) { x in [x[0][7], x[0][17]] },
    GradientCase(
      "concatenate", [testNumbers([2, 2], seed: 3), testNumbers([2, 3], seed: 4)],
      { try concatenate($0, axis: 1) }
    ) { x in
      [x[0][0], x[0][1]] + x[1][0..<3] + [x[0][2], x[0][3]] + x[1][3..<6]
    },
    GradientCase(
      "gather, a row twice", [testNumbers([3, 2], seed: 3)],
      { try gatherRows($0[0], at: NDArray([Int32(2), 0, 2])) }
    ) { x in [x[0][4], x[0][5], x[0][0], x[0][1], x[0][4], x[0][5]] },
    GradientCase(
      "scatter", [testNumbers([3, 2], seed: 3)],
      { try scatterRows($0[0], at: NDArray([Int32(1), 1, 3]), count: 4) }
    ) { x in
      [0, 0, x[0][0] + x[0][2], x[0][1] + x[0][3], 0, 0, x[0][4], x[0][5]]
    },
    GradientCase(
      "broadcast", [testNumbers([1, 3], seed: 3)], { try broadcast($0[0], to: [2, 3]) }
    ) { x in
      x[0] + x[0]
    },
    GradientCase(
      "rows of a mask", [testNumbers([2, 2, 2], seed: 3)],
      { try selectRows($0[0], where: NDArray([true, false, false, true], shape: [2, 2])) }
    ) { x in [x[0][0], x[0][1], x[0][6], x[0][7]] },
  ]

  static let networkCases: [GradientCase] = [
    GradientCase(
      "matrix product", [testNumbers([2, 3, 5], seed: 5), testNumbers([5, 4], seed: 6)], terms: 24,
      { try matrixProduct($0[0], $0[1]) }
    ) { x in
      let b = (0..<20).map { x[1][($0 % 5) * 4 + $0 / 5] }
      return product(x[0], b, 6, 5, 4)
    },
    GradientCase(
      "batched product", [testNumbers([2, 3, 5], seed: 5), testNumbers([2, 5, 2], seed: 6)],
      terms: 16,
      { try matrixProduct($0[0], $0[1]) }
    ) { x in
      (0..<2).flatMap { batch -> [Double] in
        let b = (0..<10).map { x[1][batch * 10 + ($0 % 5) * 2 + $0 / 5] }
        return product(Array(x[0][(batch * 15)..<(batch * 15 + 15)]), b, 3, 5, 2)
      }
    },
    GradientCase(
      "linear",
      [testNumbers([6, 5], seed: 5), testNumbers([4, 5], seed: 6), testNumbers([4], seed: 7)],
      terms: 24, { try linear($0[0], weight: $0[1], bias: $0[2]) }
    ) { x in product(x[0], x[1], 6, 5, 4).enumerated().map { $1 + x[2][$0 % 4] } },
    // Both products of the pullback go to one gradient.
    GradientCase(
      "linear map of its own weight", [testNumbers([4, 4], seed: 5)], terms: 24,
      { try linear($0[0], weight: $0[0]) }
    ) { x in product(x[0], x[0], 4, 4, 4) },
    GradientCase(
      "feed-forward",
      [
        testNumbers([6, 5], seed: 5), testNumbers([3, 5], seed: 6), testNumbers([3], seed: 7),
        testNumbers([4, 3], seed: 8), testNumbers([4], seed: 9),
      ],
      terms: 60, { try feedForward($0[0], $0[1], $0[2], $0[3], $0[4]) }
    ) { x in
      let active = product(x[0], x[1], 6, 5, 3).enumerated().map { gelu($1 + x[2][$0 % 3]) }
      return product(active, x[3], 6, 3, 4).enumerated().map { $1 + x[4][$0 % 4] }
    },
    GradientCase("softmax", [testNumbers([3, 17], seed: 8)], terms: 34, { softmax($0[0]) }) { x in
      rows(x[0], 17).flatMap(softmaxRow)
    },
    GradientCase("log-sum-exp", [testNumbers([3, 17], seed: 8)], terms: 34, { logSumExp($0[0]) }) {
      x in
      rows(x[0], 17).map { log($0.map { exp($0) }.reduce(0, +)) }
    },
    GradientCase(
      "cross-entropy", [testNumbers([4, 9], seed: 8)], terms: 24,
      { try crossEntropy($0[0], ids: NDArray([Int32(0), 8, 3, 3])) }
    ) { x in
      zip(rows(x[0], 9), [0, 8, 3, 3]).map { -log(softmaxRow($0)[$1]) }
    },
    GradientCase(
      "mean squared error", [testNumbers([3, 6], seed: 8), testNumbers([3, 6], seed: 9)], terms: 12,
      { try meanSquaredError($0[0], $0[1]) }
    ) { x in
      zip(rows(x[0], 6), rows(x[1], 6)).map { (a: [Double], b: [Double]) -> Double in
        let squares = zip(a, b).map { (p: Double, q: Double) -> Double in (p - q) * (p - q) }
        return squares.reduce(0, +) / 6
      }
    },
    GradientCase(
      "layer norm",
      [testNumbers([5, 19], seed: 8), testNumbers([19], seed: 9), testNumbers([19], seed: 10)],
      terms: 60, { try layerNorm($0[0], scale: $0[1], offset: $0[2]) }
    ) { x in
      rows(x[0], 19).flatMap { row -> [Double] in
        let mean = row.reduce(0, +) / 19
        let variance = row.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 19
        let deviation = (variance + 1e-6).squareRoot()
        return row.indices.map { (i: Int) -> Double in
          let normal: Double = (row[i] - mean) / deviation
          return normal * x[1][i] + x[2][i]
        }
      }
    },
    GradientCase(
      "scaled residual with drop path",
      [
        testNumbers([2, 3, 4], seed: 8), testNumbers([2, 3, 5], seed: 9),
        testNumbers([4, 5], seed: 10), testNumbers([4], seed: 11), testNumbers([4], seed: 12),
      ],
      terms: 40,
      {
        try scaledResidual(
          $0[0], $0[1], weight: $0[2], bias: $0[3], scale: $0[4], factors: [0, 1.25])
      }
    ) { x in
      let branch = product(x[1], x[2], 6, 5, 4)
      return x[0].enumerated().map { (i: Int, stem: Double) -> Double in
        let factor: Double = i < 12 ? 0 : 1.25
        return stem + factor * x[4][i % 4] * (branch[i] + x[3][i % 4])
      }
    },
    GradientCase(
      "scaled feed-forward",
      [
        testNumbers([6, 4], seed: 8), testNumbers([6, 5], seed: 5), testNumbers([3, 5], seed: 6),
        testNumbers([3], seed: 7), testNumbers([4, 3], seed: 9), testNumbers([4], seed: 10),
        testNumbers([4], seed: 11),
      ],
      terms: 80,
      { try scaledFeedForward($0[0], $0[1], $0[2], $0[3], $0[4], $0[5], scale: $0[6]) }
    ) { x in
      let active = product(x[1], x[2], 6, 5, 3).enumerated().map { gelu($1 + x[3][$0 % 3]) }
      let branch = product(active, x[4], 6, 3, 4)
      return x[0].enumerated().map { (i: Int, stem: Double) -> Double in
        stem + x[6][i % 4] * (branch[i] + x[5][i % 4])
      }
    },
    GradientCase(
      "attention", [testNumbers([2, 5, 12], seed: 8), testNumbers([2, 5, 5], seed: 9)], terms: 60,
      { try attention($0[0], heads: 2, bias: $0[1]) }
    ) { x in attentionOracle(x[0], bias: x[1], batch: 2, tokens: 5, width: 4, heads: 2) },
    GradientCase(
      "position bias", [testNumbers([3, 2], seed: 8)],
      { try positionBias($0[0], index: NDArray([Int32(0), 2, 1, 0], shape: [2, 2])) }
    ) { x in [0, 1].flatMap { head in [0, 2, 1, 0].map { x[0][$0 * 2 + head] } } },
  ]

  /// Straight from the formula, one number at a time.
  static func attentionOracle(
    _ qkv: [Double], bias: [Double], batch: Int, tokens: Int, width: Int, heads: Int
  ) -> [Double] {
    let depth = width / heads
    var y = [Double](repeating: 0, count: batch * tokens * width)
    func at(_ image: Int, _ token: Int, _ part: Int, _ head: Int, _ i: Int) -> Double {
      let row: Int = (image * tokens + token) * 3 * width
      let column: Int = part * width + head * depth + i
      return qkv[row + column]
    }
    for image in 0..<batch {
      for head in 0..<heads {
        for query in 0..<tokens {
          let scores = (0..<tokens).map { (key: Int) -> Double in
            var dot = 0.0
            for i in 0..<depth { dot += at(image, query, 0, head, i) * at(image, key, 1, head, i) }
            let place: Int = (head * tokens + query) * tokens + key
            return dot / Double(depth).squareRoot() + bias[place]
          }
          let weights = softmaxRow(scores)
          for i in 0..<depth {
            var sum = 0.0
            for key in 0..<tokens { sum += weights[key] * at(image, key, 2, head, i) }
            let place: Int = (image * tokens + query) * width + head * depth + i
            y[place] = sum
          }
        }
      }
    }
    return y
  }

  @Test(
    "value and gradients agree with the oracle",
    arguments: elementwiseCases + shapingCases + networkCases)
  func agrees(_ item: GradientCase) throws {
    let deviation = try gradientDeviation(
      of: item.operation, oracle: item.oracle, inputs: item.inputs)
    // Each number is a sum of at most `terms` products, each factor within a few ulp (8: what the
    // kernels' transcendental functions are tested to), of size up to about 4 by the inputs' spread.
    let bound = (item.terms + 8) * 4 * 0x1p-24 * 4
    #expect(deviation.value <= bound, "value: \(deviation.value) against \(bound)")
    for (index, gradient) in deviation.gradients.enumerated() {
      #expect(gradient <= bound, "gradient \(index): \(gradient) against \(bound)")
    }
  }

  @Test("x^0 has the slope 0 and x^1 the slope 1 at x = 0 too")
  func powersAtZero() throws {
    let x = Parameter(NDArray([Float(0), 0, 2]))
    let exponents = Tensor(NDArray([Float(0), 1, 0]))
    let result = try gradients(of: [x]) { try sum(try power(x.tensor, exponents)) }
    #expect(result.gradients[0]?.elements() == [Float(0), 1, 0])
  }

  @Test("operands of whole numbers count as float32, in the pullbacks too")
  func otherElements() throws {
    let whole = NDArray((0..<24).map { Int32($0 % 5) }, shape: [2, 2, 6])
    let real = whole.converted(to: .float32)
    let bias = NDArray([Int32(0), 1, 2, 3], shape: [1, 2, 2])
    #expect(
      try attention(Tensor(whole), heads: 1, bias: Tensor(bias)).value
        == attention(Tensor(real), heads: 1, bias: Tensor(bias.converted(to: .float32))).value)
    let p = Parameter(testNumbers([6], seed: 1))
    func both(_ body: (Tensor) throws -> Tensor) throws {
      let results = try [whole, real].map { x in
        try gradients(of: [p]) { try sum(try body(Tensor(x))) }
      }
      #expect(results[0].loss == results[1].loss)
      #expect(results[0].gradients == results[1].gradients)
    }
    try both { try matrixProduct($0, p.tensor) }
    let square = Tensor(testNumbers([6, 6], seed: 2))
    try both {
      try scaledResidual($0, $0, weight: square, bias: p.tensor, scale: p.tensor)
    }
  }

  @Test("a tensor used twice gets the sum of both gradients")
  func usedTwice() throws {
    let x = Parameter(NDArray([Float(3)]))
    let result = try gradients(of: [x]) { try sum(try multiply(x.tensor, x.tensor)) }
    #expect(result.gradients[0]?.elements() == [Float(6)])
  }

  @Test("mistakes are named: a loss with axes, a constant loss, nesting, no parameters")
  func mistakes() throws {
    let x = Parameter(NDArray([Float(1), 2]))
    #expect(throws: GradientError.notScalar([2])) { try gradients(of: [x]) { x.tensor } }
    #expect(throws: GradientError.constantLoss) { try gradients(of: [x]) { Tensor(1) } }
    #expect(throws: GradientError.noParameters) { try gradients(of: []) { Tensor(1) } }
    #expect(throws: GradientError.nested) {
      try gradients(of: [x]) {
        _ = try gradients(of: [x]) { try sum(x.tensor) }
        return try sum(x.tensor)
      }
    }
    // After a failure the parameter can be used again.
    #expect(try gradients(of: [x]) { try sum(x.tensor) }.gradients[0]?.elements() == [Float(1), 1])
  }
}

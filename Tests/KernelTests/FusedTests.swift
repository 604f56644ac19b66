import CKernels
import Glibc
import Testing

private func gelu(_ x: Double) -> Double { 0.5 * x * Glibc.erfc(-x / 2.0.squareRoot()) }

private func geluSlope(_ x: Double) -> Double {
  0.5 * Glibc.erfc(-x / 2.0.squareRoot()) + x * Glibc.exp(-x * x / 2) / (2 * Double.pi).squareRoot()
}

@Suite struct FusedTests {
  private let rowCount = 5

  @Test("bias and GELU in one pass keep the pre-activation", arguments: Variant.all)
  func biasGELU(variant: Variant) {
    var samples = Samples(seed: 40)
    for columns in sizes {
      let (input, offsets) = (samples.floats(rowCount * columns, -6, 6), samples.floats(columns))
      let (x, bias) = (GuardedBuffer(input), GuardedBuffer(offsets))
      let plain = GuardedBuffer(input)
      let y = GuardedBuffer<Float>(repeating: 7, count: input.count)
      let (n, m) = (Int64(rowCount), Int64(columns))
      variant.kernels.bias_gelu(n, m, bias.pointer, x.pointer, y.pointer)
      variant.kernels.add_bias(n, m, bias.pointer, plain.pointer)
      let sums = input.indices.map { input[$0] + offsets[$0 % columns] }
      expectIdentical(x.values, sums, "pre-activation of \(columns)")
      expectIdentical(plain.values, sums, "add_bias of \(columns)")
      let wanted = sums.map { gelu(Double($0)) }
      expectClose(y.values, wanted, within: { 9 * ulp(of: wanted[$0]) }, "gelu of \(columns)")
    }
  }

  @Test("the GELU pullback is dy gelu'(x), its bias part the column sums", arguments: Variant.all)
  func geluPullback(variant: Variant) {
    var samples = Samples(seed: 41)
    for columns in sizes {
      for hasBias in [true, false] {
        let input = samples.floats(rowCount * columns, -7, 7)
        let slope = samples.floats(rowCount * columns)
        let (x, dy) = (GuardedBuffer(input), GuardedBuffer(slope))
        let dbias = GuardedBuffer<Float>(repeating: 0.5, count: columns)
        // As the engine calls it: both outputs in the place of their inputs, or none but dx.
        variant.kernels.gelu_pullback(
          Int64(rowCount), Int64(columns), x.pointer, dy.pointer, dy.pointer,
          hasBias ? x.pointer : nil, hasBias ? dbias.pointer : nil)
        let active = input.map { hasBias ? gelu(Double($0)) : Double($0) }
        expectClose(
          x.values, active, within: { hasBias ? 9 * ulp(of: active[$0]) : 0 }, "gelu of \(columns)")
        let wanted = zip(input, slope).map { geluSlope(Double($0)) * Double($1) }
        // Two terms below 1.2, each within a few ulps; they cancel near -0.75: an absolute bound.
        expectClose(dy.values, wanted, within: { _ in 12 * unit * 2 }, "dx of \(columns)")
        let sums = (0..<columns).map { column in
          (0..<rowCount).reduce(0.5) { $0 + (hasBias ? wanted[$1 * columns + column] : 0) }
        }
        expectClose(
          dbias.values, sums, within: { _ in 5 * 24 * unit + gamma(6) * 15 }, "dbias of \(columns)")
      }
    }
    let x = GuardedBuffer<Float>([.infinity, -.infinity, .nan, 0, 40, -40])
    let ones = GuardedBuffer<Float>(repeating: 1, count: 6)
    variant.kernels.gelu_pullback(1, 6, x.pointer, ones.pointer, ones.pointer, x.pointer, nil)
    #expect(x.values[0] == .infinity && x.values[1] == 0 && x.values[2].isNaN)
    #expect(ones.values[2].isNaN)
    expectClose(
      [0, 1, 3, 4, 5].map { ones.values[$0] }, [1, 0, 0.5, 1, 0], within: { _ in 2 * unit },
      "limits")
  }

  @Test("a scaled residual", arguments: Variant.all)
  func scaledResidual(variant: Variant) {
    var samples = Samples(seed: 42)
    for columns in sizes {
      let (stem, side) = (samples.floats(rowCount * columns), samples.floats(rowCount * columns))
      let (gains, offsets) = (samples.floats(columns), samples.floats(columns))
      let (x, branch) = (GuardedBuffer(stem), GuardedBuffer(side))
      let (scale, bias) = (GuardedBuffer(gains), GuardedBuffer(offsets))
      // As the engine calls it: the result in the place of the branch.
      variant.kernels.scaled_residual(
        Int64(rowCount), Int64(columns), 1.25, x.pointer, branch.pointer, bias.pointer,
        scale.pointer, branch.pointer)
      func added(_ index: Int, _ join: (Double, Double) -> Double) -> Double {
        let c = index % columns
        return 1.25 * Double(gains[c]) * join(Double(side[index]), Double(offsets[c]))
      }
      expectClose(
        branch.values, stem.indices.map { Double(stem[$0]) + added($0, +) },
        within: {
          gamma(4) * (abs(Double(stem[$0])) + abs(added($0) { abs($0) + abs($1) }))
        }, "residual of \(columns)")
    }
  }

  @Test("three AdamW steps follow the paper in double precision", arguments: Variant.all)
  func adamW(variant: Variant) {
    var samples = Samples(seed: 44)
    let (rate, beta1, beta2, epsilon, decay) = (0.01, 0.9, 0.98, 1e-8, 0.05)
    for count in sizes {
      let start = samples.floats(count)
      let (p, m, v) = (
        GuardedBuffer(start), GuardedBuffer<Float>(repeating: 0, count: count),
        GuardedBuffer<Float>(repeating: 0, count: count)
      )
      var (wanted, first, second) = (
        start.map(Double.init), [Double](repeating: 0, count: count),
        [Double](repeating: 0, count: count)
      )
      for step in 1...3 {
        let gradient = samples.floats(count, 0.5, 2)
        let g = GuardedBuffer(gradient)
        var options = ccv_adamw_options(
          learning_rate: Float(rate), beta1: Float(beta1), beta2: Float(beta2),
          epsilon: Float(epsilon), decay: Float(decay),
          correction1: Float(1 - Glibc.pow(beta1, Double(step))),
          correction2: Float(1 - Glibc.pow(beta2, Double(step))), gradient_scale: 0.5)
        variant.kernels.adamw(Int64(count), &options, p.pointer, g.pointer, m.pointer, v.pointer)
        for index in 0..<count {
          let slope = 0.5 * Double(gradient[index])
          first[index] = beta1 * first[index] + (1 - beta1) * slope
          second[index] = beta2 * second[index] + (1 - beta2) * slope * slope
          let mean = first[index] / (1 - Glibc.pow(beta1, Double(step)))
          let deviation = (second[index] / (1 - Glibc.pow(beta2, Double(step)))).squareRoot()
          wanted[index] -= rate * decay * wanted[index] + rate * mean / (deviation + epsilon)
        }
      }
      // Same-sign gradients: no cancellation. 1 - beta2 = 0.02 keeps 0.98's rounding as 50 u.
      expectClose(
        p.values, wanted, within: { _ in 3 * 4 * unit + 3 * rate * 2 * 64 * unit }, "parameters")
      expectClose(m.values, first, within: { 24 * unit * first[$0] }, "first moment")
      expectClose(v.values, second, within: { 70 * unit * second[$0] }, "second moment")
    }
  }
}

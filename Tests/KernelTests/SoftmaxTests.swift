import CKernels
import Glibc
import Testing

/// Softmax, log-sum-exp and the sizes of their errors in double precision.
private struct SoftmaxReference {
  let probabilities: [Double]
  let logSumExp: Double
  /// Largest |x - max| weighted by the probabilities: what the rounding of x - max does to the sum.
  let spread: Double
  private let distances: [Double]

  init(_ row: [Double]) {
    let top = row.max() ?? -.infinity
    let terms = row.map { Glibc.exp($0 - top) }
    let sum = terms.reduce(0, +)
    probabilities = terms.map { $0 / sum }
    logSumExp = top + Glibc.log(sum)
    distances = row.map { abs($0 - top) }
    spread = zip(probabilities, distances).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// x - max rounds by u |x - max|, the exponential by an ulp (2 u), the sum by gamma of n, and the
  /// reciprocal and the product once each; subnormal results by their spacing.
  func bound(_ index: Int) -> Double {
    let relative = (distances[index] + spread + 2 + 2 + 2) * unit + gamma(distances.count)
    return 1.01 * relative * probabilities[index] + 0x1p-148
  }
}

private func rows(_ values: [Float], _ columns: Int) -> [[Double]] {
  stride(from: 0, to: values.count, by: max(1, columns)).map {
    values[$0..<($0 + columns)].map(Double.init)
  }
}

@Suite struct SoftmaxTests {
  @Test("softmax rows are the double reference's and sum to one", arguments: Variant.all)
  func softmax(variant: Variant) {
    var samples = Samples(seed: 20)
    for columns in sizes where columns > 0 {
      for reach in [1, 30, 200] as [Float] {
        let input = samples.floats(3 * columns, -reach, reach)
        let x = GuardedBuffer(input)
        let y = GuardedBuffer<Float>(repeating: 7, count: input.count)
        variant.kernels.softmax(3, Int64(columns), x.pointer, y.pointer)
        let references = rows(input, columns).map(SoftmaxReference.init)
        expectClose(
          y.values, references.flatMap(\.probabilities),
          within: { references[$0 / columns].bound($0 % columns) }, "softmax of \(columns)")
        variant.kernels.softmax(3, Int64(columns), x.pointer, x.pointer)
        expectIdentical(x.values, y.values, "softmax in place")
        let lse = GuardedBuffer<Float>(repeating: 7, count: 3)
        let again = GuardedBuffer(input)
        variant.kernels.log_sum_exp(3, Int64(columns), again.pointer, lse.pointer)
        expectClose(
          lse.values, references.map(\.logSumExp),
          within: {
            // The sum's relative error becomes absolute in the logarithm.
            (references[$0].spread + 4) * unit + gamma(columns)
              + 2 * unit * (abs(references[$0].logSumExp) + Double(reach))
          }, "log-sum-exp of \(columns)")
      }
    }
    let nothing = GuardedBuffer<Float>([])
    variant.kernels.softmax(3, 0, nothing.pointer, nothing.pointer)
    variant.kernels.softmax(0, 5, nothing.pointer, nothing.pointer)
  }

  @Test(
    "-inf is a certain no, NaN and +inf give NaN, and other rows do not notice",
    arguments: Variant.all)
  func nonFinite(variant: Variant) {
    for columns in [2, 5, 17, 64, 70] {
      let middle = columns / 2
      var input = [Float](repeating: 0.5, count: 4 * columns)
      input[middle] = -.infinity
      input[columns + middle] = .nan
      input[2 * columns + middle] = .infinity
      let x = GuardedBuffer(input)
      variant.kernels.softmax(4, Int64(columns), x.pointer, x.pointer)
      let y = x.values
      #expect(y[middle] == 0)
      #expect(abs(Double(y[0]) * Double(columns - 1) - 1) < gamma(columns + 4))
      #expect(y[columns..<(2 * columns)].allSatisfy { $0.isNaN })
      #expect(y[2 * columns + middle].isNaN)
      #expect(abs(Double(y[3 * columns]) * Double(columns) - 1) < gamma(columns + 4))
      let lse = GuardedBuffer<Float>(repeating: 7, count: 4)
      let again = GuardedBuffer(input)
      variant.kernels.log_sum_exp(4, Int64(columns), again.pointer, lse.pointer)
      #expect(lse.values[0].isFinite && lse.values[1].isNaN && lse.values[2] == .infinity)
    }
  }

  @Test("the softmax pullback is y (dy - y . dy)", arguments: Variant.all)
  func softmaxPullback(variant: Variant) {
    var samples = Samples(seed: 21)
    for columns in sizes where columns > 0 {
      let (output, slope) = (samples.floats(2 * columns, 0, 1), samples.floats(2 * columns))
      let (y, dy) = (GuardedBuffer(output), GuardedBuffer(slope))
      variant.kernels.softmax_pullback(2, Int64(columns), y.pointer, dy.pointer, dy.pointer)
      let (dots, sizesOfDots) = dotProducts(output, slope, columns)
      expectClose(
        dy.values,
        output.indices.map { Double(output[$0]) * (Double(slope[$0]) - dots[$0 / columns]) },
        within: {
          Double(output[$0])
            * (gamma(columns + 4) * sizesOfDots[$0 / columns] + gamma(4) * abs(Double(slope[$0])))
        }, "softmax pullback of \(columns)")
    }
  }

  private func dotProducts(_ a: [Float], _ b: [Float], _ columns: Int) -> ([Double], [Double]) {
    let products = zip(a, b).map { Double($0) * Double($1) }
    let split = stride(from: 0, to: products.count, by: columns).map {
      products[$0..<($0 + columns)]
    }
    return (split.map { $0.reduce(0, +) }, split.map { $0.reduce(0) { $0 + abs($1) } })
  }

  @Test("cross-entropy and its pullback are those of the double softmax", arguments: Variant.all)
  func crossEntropy(variant: Variant) {
    var samples = Samples(seed: 22)
    for columns in sizes where columns > 0 {
      let input = samples.floats(4 * columns, -15, 15)
      let targets = (0..<4).map { _ in Int32(samples.index(below: columns)) }
      let (logits, ids) = (GuardedBuffer(input), GuardedBuffer(targets))
      let (loss, lse) = (GuardedBuffer<Float>([7, 7, 7, 7]), GuardedBuffer<Float>([7, 7, 7, 7]))
      variant.kernels.cross_entropy(
        4, Int64(columns), logits.pointer, ids.pointer, loss.pointer, lse.pointer)
      let references = rows(input, columns).map(SoftmaxReference.init)
      let wanted = (0..<4).map {
        references[$0].logSumExp - Double(input[$0 * columns + Int(targets[$0])])
      }
      expectClose(
        loss.values, wanted, within: { _ in (30 + 4 + 60) * unit + gamma(columns) },
        "cross-entropy of \(columns)")

      let factors: [Float] = [1, 0.25, -2, 0]
      let scale = GuardedBuffer(factors)
      variant.kernels.cross_entropy_pullback(
        4, Int64(columns), logits.pointer, ids.pointer, lse.pointer, scale.pointer, logits.pointer)
      expectClose(
        logits.values,
        input.indices.map { index in
          let (row, column) = (index / columns, index % columns)
          let hot = column == Int(targets[row]) ? 1.0 : 0
          return Double(factors[row]) * (references[row].probabilities[column] - hot)
        },
        within: {
          // The stored log-sum-exp rounds by up to 18 u, which the exponential makes relative.
          abs(Double(factors[$0 / columns])) * ((30 + 20 + 30 + 8) * unit + gamma(columns))
        }, "cross-entropy pullback of \(columns)")
    }
  }

  @Test("attention's softmax is softmax(scale s + bias)", arguments: Variant.all)
  func attention(variant: Variant) {
    var samples = Samples(seed: 23)
    for columns in sizes where columns > 0 {
      for hasBias in [true, false] {
        let (input, offsets) = (samples.floats(3 * columns, -9, 9), samples.floats(3 * columns))
        let (scores, bias) = (GuardedBuffer(input), GuardedBuffer(offsets))
        variant.kernels.attention_softmax(
          3, Int64(columns), 0.25, hasBias ? bias.pointer : nil, scores.pointer)
        let shifted = zip(input, offsets).map { Double($0) * 0.25 + (hasBias ? Double($1) : 0) }
        let references = stride(from: 0, to: shifted.count, by: columns).map {
          SoftmaxReference(Array(shifted[$0..<($0 + columns)]))
        }
        expectClose(
          scores.values, references.flatMap(\.probabilities),
          within: { index in
            let reference = references[index / columns]
            // scale s + bias is below 4.25 in size and rounds twice, in each term and in the sum.
            return reference.bound(index % columns)
              + 4 * 4.25 * unit * reference.probabilities[index % columns]
          }, "attention softmax of \(columns)")
      }
    }
  }

  @Test("attention's pullback scales the scores' part and adds the bias's", arguments: Variant.all)
  func attentionPullback(variant: Variant) {
    var samples = Samples(seed: 24)
    for columns in sizes where columns > 0 {
      let (output, slope) = (samples.floats(2 * columns, 0, 1), samples.floats(2 * columns))
      let before = samples.floats(2 * columns)
      let (dots, sizesOfDots) = dotProducts(output, slope, columns)
      let wanted = output.indices.map {
        Double(output[$0]) * (Double(slope[$0]) - dots[$0 / columns])
      }
      func bound(_ index: Int) -> Double {
        Double(output[index])
          * (gamma(columns + 5) * sizesOfDots[index / columns] + gamma(5)
            * abs(Double(slope[index])))
      }
      for hasBias in [true, false] {
        let (p, dp, dbias) = (GuardedBuffer(output), GuardedBuffer(slope), GuardedBuffer(before))
        variant.kernels.attention_softmax_pullback(
          2, Int64(columns), 0.125, p.pointer, dp.pointer, hasBias ? dbias.pointer : nil)
        expectClose(
          dp.values, wanted.map { 0.125 * $0 }, within: { 0.125 * bound($0) }, "ds of \(columns)")
        expectClose(
          dbias.values, wanted.indices.map { Double(before[$0]) + (hasBias ? wanted[$0] : 0) },
          within: { bound($0) + unit * (abs(Double(before[$0])) + abs(wanted[$0])) },
          "dbias of \(columns)")
      }
    }
  }
}

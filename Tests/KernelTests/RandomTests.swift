import Arrays
import CKernels
import Glibc
import Testing

@Suite struct RandomTests {
  // Known answers of philox4x32 10 rounds as published with the Random123 library (kat_vectors):
  // counter words, key words, output words.
  private static let knownAnswers: [(counter: [UInt32], key: [UInt32], output: [UInt32])] = [
    ([0, 0, 0, 0], [0, 0], [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8]),
    (
      [0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF], [0xFFFF_FFFF, 0xFFFF_FFFF],
      [0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD]
    ),
    (
      [0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344], [0xA409_3822, 0x299F_31D0],
      [0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1]
    ),
  ]

  /// One block written straight from the paper's definition, with nothing shared with the engine.
  private static func block(_ counter: [UInt32], _ key: [UInt32]) -> [UInt32] {
    var (c, k) = (counter.map(UInt64.init), key)
    for _ in 0..<10 {
      let (left, right) = (c[0] * 0xD251_1F53, c[2] * 0xCD9E_8D57)
      c = [
        (right >> 32) ^ c[1] ^ UInt64(k[0]), right & 0xFFFF_FFFF,
        (left >> 32) ^ c[3] ^ UInt64(k[1]), left & 0xFFFF_FFFF,
      ]
      k = [k[0] &+ 0x9E37_79B9, k[1] &+ 0xBB67_AE85]
    }
    return c.map { UInt32($0) }
  }

  private static func words(_ seed: UInt64, _ stream: UInt64, _ position: UInt64) -> [UInt32] {
    func halves(_ value: UInt64) -> [UInt32] {
      [UInt32(truncatingIfNeeded: value), UInt32(truncatingIfNeeded: value >> 32)]
    }
    return block(halves(position) + halves(stream), halves(seed))
  }

  @Test("the test's own Philox and the engine's give the published words")
  func knownAnswers() {
    for (counter, key, output) in Self.knownAnswers {
      #expect(Self.block(counter, key) == output)
      let seed = UInt64(key[1]) << 32 | UInt64(key[0])
      let stream = UInt64(counter[3]) << 32 | UInt64(counter[2])
      let position = UInt64(counter[1]) << 32 | UInt64(counter[0])
      let engine = Philox.block(seed: seed, stream: stream, position: position)
      #expect((0..<4).map { engine[$0] } == output)
    }
  }

  @Test(
    "uniform numbers are the top 24 bits of the words, wherever a slice begins",
    arguments: Variant.all)
  func uniform(variant: Variant) {
    for (seed, stream, first) in [
      (0, 0, 0), (1, 2, 3), (UInt64.max, 7, 4_294_967_295 * 4 - 6), (9, UInt64.max, 1 << 50),
    ] as [(UInt64, UInt64, UInt64)] {
      for count in sizes {
        let y = GuardedBuffer<Float>(repeating: 7, count: count)
        variant.kernels.random_uniform(Int64(count), seed, stream, first, y.pointer)
        let wanted = (0..<count).map { index in
          let at = first + UInt64(index)
          return Float(Self.words(seed, stream, at / 4)[Int(at % 4)] >> 8) * 0x1p-24
        }
        expectIdentical(y.values, wanted, "uniform \(count) from \(first)")
      }
    }
  }

  @Test(
    "normal numbers are Box-Muller's of the words within 4 ulp and 1e-7", arguments: Variant.all)
  func normal(variant: Variant) {
    let (seed, stream, first, count) = (UInt64(5), UInt64(6), UInt64(2), 20_000)
    let y = GuardedBuffer<Float>(repeating: 7, count: count)
    variant.kernels.random_normal(Int64(count), seed, stream, first, y.pointer)
    let wanted = (0..<count).map { index -> Double in
      let at = first + UInt64(index)
      let words = Self.words(seed, stream, at / 4)
      let pair = Int(at % 4) & 2
      let radius = (-2 * Glibc.log((Double(words[pair]) + 1) * 0x1p-32)).squareRoot()
      let angle = 2 * Double.pi * Double(words[pair + 1]) * 0x1p-32
      return radius * (at % 2 == 0 ? Glibc.cos(angle) : Glibc.sin(angle))
    }
    // u is rounded to a float away from 1, which moves -2 ln u by an absolute 2 u.
    expectClose(y.values, wanted, within: { 4 * ulp(of: wanted[$0]) + 1e-7 }, "normal")
  }

  @Test("every variant and every slicing gives the same normal bits")
  func normalBits() {
    let count = 3000
    func filled(_ variant: Variant, by step: Int) -> [Float] {
      let y = GuardedBuffer<Float>(repeating: 7, count: count)
      for start in stride(from: 0, to: count, by: step) {
        variant.kernels.random_normal(
          Int64(min(step, count - start)), 11, 12, 1 + UInt64(start), y.pointer + start)
      }
      return y.values
    }
    let whole = filled(Variant.all[0], by: count)
    for variant in Variant.all {
      for step in [1, 7, 64, count] {
        expectIdentical(filled(variant, by: step), whole, "\(variant.name) by \(step)")
      }
    }
  }

  @Test("the moments are the distributions', within five standard errors")
  func moments() {
    let count = 400_000
    let y = GuardedBuffer<Float>(repeating: 0, count: count)
    let kernels = Variant.all[0].kernels
    func moment(_ power: Int) -> Double {
      y.values.reduce(0) { $0 + Glibc.pow(Double($1), Double(power)) } / Double(count)
    }
    let error = 5 / Double(count).squareRoot()
    kernels.random_normal(Int64(count), 3, 0, 0, y.pointer)
    // Variances of x, x^2, x^3 and x^4 under the normal distribution: 1, 2, 15 and 96.
    #expect(abs(moment(1)) < error)
    #expect(abs(moment(2) - 1) < error * 2.0.squareRoot())
    #expect(abs(moment(3)) < error * 15.0.squareRoot())
    #expect(abs(moment(4) - 3) < error * 96.0.squareRoot())
    kernels.random_uniform(Int64(count), 3, 0, 0, y.pointer)
    #expect(abs(moment(1) - 0.5) < error * (1.0 / 12).squareRoot())
    #expect(abs(moment(2) - 1.0 / 3) < error * (4.0 / 45).squareRoot())
    #expect(y.values.allSatisfy { $0 >= 0 && $0 < 1 })
  }
}

import Arrays

/// The numbers that golden_logistic.py makes too: a 64-bit linear congruential sequence in 0 ..< 1.
struct CongruentialSequence {
  private var state: UInt64

  init(seed: UInt64 = 12_345) { state = seed }

  mutating func number() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 40) / Double(1 << 24)
  }

  /// An array of numbers in `low` ..< `high`.
  mutating func array(_ shape: Shape, low: Double = 0, high: Double = 1) -> NDArray {
    NDArray((0..<shape.count).map { _ in Float(low + (high - low) * number()) }, shape: shape)
  }
}

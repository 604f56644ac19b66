/// A small generator with a fixed seed (splitmix64), so that what failed can be made again.
public struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  /// Neighbouring seeds give streams that have nothing to do with each other.
  public init(seed: UInt64) {
    state = seed
    // The state moves by a constant: without this, one seed's stream would be the next one's, shifted.
    state = next()
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A whole number below `count`.
  mutating func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &self) }

  /// True once in `count` times.
  mutating func once(in count: Int) -> Bool { below(count) == 0 }

  mutating func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }
}

import CKernels

/// A counter-based stream of random numbers (Philox4x32-10; Salmon et al. 2011).
///
/// A number is a pure function of (seed, stream, position), so results do not depend on how many
/// threads draw them. `split(_:)` gives an independent stream for a part of the work, such as one
/// image of a batch. Not for cryptography.
public struct RandomSource: Sendable, Hashable {
  /// The key: what `seed(7)` sets.
  public let seed: UInt64
  /// Which of the seed's independent streams this is.
  public let stream: UInt64
  /// Blocks of four 32-bit words drawn so far.
  public internal(set) var position: UInt64
  private var block: SIMD4<UInt32> = .zero
  private var used = 4

  /// A stream at its beginning.
  public init(seed: UInt64, stream: UInt64 = 0, position: UInt64 = 0) {
    self.seed = seed
    self.stream = stream
    self.position = position
  }

  /// An independent stream that depends on this one's seed and stream and on `index` alone.
  public func split(_ index: UInt64) -> RandomSource {
    let mixed = Philox.block(seed: seed, stream: stream ^ 0x9E37_79B9_7F4A_7C15, position: index)
    return RandomSource(seed: seed, stream: UInt64(mixed[0]) << 32 | UInt64(mixed[1]))
  }

  /// An independent stream, made from the next numbers of this one.
  public mutating func next() -> RandomSource {
    RandomSource(seed: seed, stream: UInt64(word()) << 32 | UInt64(word()))
  }

  /// The next 32 random bits.
  public mutating func word() -> UInt32 {
    if used == 4 {
      block = Philox.block(seed: seed, stream: stream, position: position)
      position += 1
      used = 0
    }
    defer { used += 1 }
    return block[used]
  }

  /// A number in 0..<1 with 53 random bits.
  public mutating func uniform() -> Double {
    let bits = (UInt64(word()) << 32 | UInt64(word())) >> 11
    return Double(bits) * 0x1p-53
  }

  /// A number in `range`.
  public mutating func uniform(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// An integer in 0..<bound without bias (Lemire 2019).
  public mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0, "the bound of a random integer is positive")
    let range = UInt64(bound)
    while true {
      let bits = UInt64(word()) << 32 | UInt64(word())
      let (high, low) = bits.multipliedFullWidth(by: range)
      if low >= (0 &- range) % range { return Int(high) }
    }
  }

  /// The integers 0..<count in random order (Fisher-Yates).
  public mutating func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    shuffle(&order)
    return order
  }

  /// Puts the elements in random order (Fisher-Yates).
  public mutating func shuffle<T>(_ elements: inout [T]) {
    guard elements.count > 1 else { return }
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(last, integer(below: last + 1))
    }
  }

  /// `count` distinct integers of 0..<bound in random order; `count` is at most `bound`.
  public mutating func sample(_ count: Int, below bound: Int) -> [Int] {
    precondition(count <= bound, "a sample without replacement is no larger than its population")
    // A sparse Fisher-Yates: memory for the sample, not for the population.
    var moved = [Int: Int]()
    return (0..<count).map { index in
      let other = index + integer(below: bound - index)
      let picked = moved[other] ?? other
      moved[other] = moved[index] ?? index
      return picked
    }
  }
}

/// The Philox4x32-10 block function.
package enum Philox {
  package static func block(seed: UInt64, stream: UInt64, position: UInt64) -> SIMD4<UInt32> {
    var counter = SIMD4<UInt32>(
      UInt32(truncatingIfNeeded: position), UInt32(truncatingIfNeeded: position >> 32),
      UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32))
    var (k0, k1) = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    for _ in 0..<10 {
      let a = counter[0].multipliedFullWidth(by: 0xD251_1F53)
      let b = counter[2].multipliedFullWidth(by: 0xCD9E_8D57)
      counter = SIMD4(b.high ^ counter[1] ^ k0, b.low, a.high ^ counter[3] ^ k1, a.low)
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return counter
  }
}

extension RandomSource {
  /// Numbers uniform in `low`..<`high`, 24 random bits each; the same for any number of threads.
  public mutating func uniform(_ shape: Shape, low: Float = 0, high: Float = 1) -> NDArray {
    let result = fill(shape, kernels.random_uniform)
    return low == 0 && high == 1 ? result : result.affine(high - low, low)
  }

  /// Numbers from the normal distribution (Box-Muller); the same for any number of threads.
  public mutating func normal(_ shape: Shape, mean: Float = 0, deviation: Float = 1) -> NDArray {
    let result = fill(shape, kernels.random_normal)
    return mean == 0 && deviation == 1 ? result : result.affine(deviation, mean)
  }

  /// Numbers from the normal distribution with mean 0, redrawn until within `limit` standard
  /// deviations; the same for any number of threads.
  ///
  /// Attempt 1, 2, ... at an element takes the number at the element's own place in a stream of its own,
  /// so whole blocks are redrawn by the vector kernel and no element waits for another.
  public mutating func truncatedNormal(
    _ shape: Shape, deviation: Float = 1, limit: Float = 2
  ) -> NDArray {
    let (first, source) = (position * 4, self)
    let result = normal(shape)
    let values = result.floats
    Parallel.forEachRowSlice(shape.count, columns: 1, costPerElement: 64) { slice in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.redrawBlock) { redrawn in
        for start in stride(from: slice.lowerBound, to: slice.upperBound, by: Self.redrawBlock) {
          let block = start..<min(start + Self.redrawBlock, slice.upperBound)
          source.redraw(values, block, beyond: limit, first: first, into: redrawn)
        }
      }
    }
    return deviation == 1 ? result : result.affine(deviation, 0)
  }

  private static let redrawBlock = 1024

  /// Replaces the numbers of `block` that lie beyond `limit` until none does.
  private func redraw(
    _ values: UnsafeMutablePointer<Float>, _ block: Range<Int>, beyond limit: Float,
    first: UInt64, into redrawn: UnsafeMutableBufferPointer<Float>
  ) {
    // From the far end of the indices, which no caller of `split` counts up to.
    var attempt = UInt64.max
    while block.contains(where: { abs(values[$0]) > limit }) {
      kernels.random_normal(
        Int64(block.count), seed, split(attempt).stream, first + UInt64(block.lowerBound),
        redrawn.baseAddress)
      for index in block where abs(values[index]) > limit {
        values[index] = redrawn[index - block.lowerBound]
      }
      attempt -= 1
    }
  }

  private mutating func fill(
    _ shape: Shape,
    _ kernel:
      @convention(c) (
        Int64, UInt64, UInt64, UInt64, UnsafeMutablePointer<Float>?
      ) -> Void
  ) -> NDArray {
    let result = NDArray(uninitialized: shape)
    let first = position * 4
    position += UInt64(shape.count + 3) / 4
    used = 4
    let (seed, stream, to) = (seed, stream, result.floats)
    Parallel.forEachRowSlice(shape.count, columns: 1, costPerElement: 8) { slice in
      kernel(
        Int64(slice.count), seed, stream, first + UInt64(slice.lowerBound), to + slice.lowerBound)
    }
    return result
  }
}

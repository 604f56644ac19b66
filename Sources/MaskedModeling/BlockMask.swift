public import Arrays

/// Which patches are hidden: masks over a grid, `true` = hidden from the encoder.
///
/// A mask depends on (stream, image) alone, not on threads or on the other images of a batch.
public enum Mask {
  /// Block-wise masks (Bao et al. 2022, BEiT; CCViT uses 75 of 14 x 14).
  ///
  /// Rectangles of random size (at least `minimumBlock` patches) and shape (height over width
  /// log-uniform in aspect ... 1/aspect) are laid until `count` patches are hidden; if no rectangle fits
  /// in ten tries, single patches fill up. Always exactly `count`.
  ///
  /// - Returns: [batch, height, width] bool.
  public static func blocks(
    batch: Int, height: Int, width: Int, count: Int, minimumBlock: Int? = nil,
    aspect: Double = 0.3, random: inout RandomSource
  ) throws(ShapeError) -> NDArray {
    try check(count, height * width)
    // 16 of 14 x 14 in the paper: the same share of other grids.
    let least = minimumBlock ?? max(1, (16 * height * width + 98) / 196)
    let source = random.next()
    var flags = [Bool]()
    flags.reserveCapacity(batch * height * width)
    for image in 0..<batch {
      var builder = BlockMaskBuilder(
        height: height, width: width, target: count, minimumBlock: least, aspect: aspect,
        random: source.split(UInt64(image)))
      flags += builder.build()
    }
    return NDArray(flags, shape: [batch, height, width])
  }

  /// Masks of `count` patches chosen uniformly without replacement, [batch, height, width].
  public static func uniform(
    batch: Int, height: Int, width: Int, count: Int, random: inout RandomSource
  ) throws(ShapeError) -> NDArray {
    try check(count, height * width)
    let source = random.next()
    var flags = [Bool](repeating: false, count: batch * height * width)
    for image in 0..<batch {
      var stream = source.split(UInt64(image))
      for position in stream.sample(count, below: max(1, height * width)) {
        flags[image * height * width + position] = true
      }
    }
    return NDArray(flags, shape: [batch, height, width])
  }

  /// Of each image's visible patches `count`, chosen uniformly without replacement.
  ///
  /// - Shapes: hidden [B, ...] -> the same shape; true where chosen.
  public static func amongVisible(
    _ hidden: NDArray, count: Int, random: inout RandomSource
  ) throws(ShapeError) -> NDArray {
    guard hidden.elementType == .bool, hidden.rank >= 2 else {
      throw ShapeError.wrongRank(
        operation: "random_visible", seen: hidden.shape, wanted: "a mask B x ...")
    }
    let (batch, patches) = (hidden.shape[0], hidden.count / max(1, hidden.shape[0]))
    let source = random.next()
    let flags = hidden.elements(of: Bool.self)
    var chosen = [Bool](repeating: false, count: flags.count)
    for image in 0..<batch {
      let visible = (0..<patches).filter { !flags[image * patches + $0] }
      guard count <= visible.count else {
        throw ShapeError.valueOutOfRange(
          operation: "random_visible", what: "the number to choose", seen: "\(count)",
          wanted: "at most the \(visible.count) visible patches of image \(image)")
      }
      var stream = source.split(UInt64(image))
      for index in stream.sample(count, below: max(1, visible.count)) {
        chosen[image * patches + visible[index]] = true
      }
    }
    return NDArray(chosen, shape: hidden.shape)
  }

  private static func check(_ count: Int, _ patches: Int) throws(ShapeError) {
    guard count >= 0, count <= patches else {
      throw ShapeError.valueOutOfRange(
        operation: "mask", what: "the number of hidden patches", seen: "\(count)",
        wanted: "0 to \(patches), the patches of the grid")
    }
  }
}

/// One block-wise mask. Follows BEiT's generator rule by rule, so that its statistics are the same.
struct BlockMaskBuilder {
  let height: Int, width: Int, target: Int, minimumBlock: Int
  let aspect: Double
  var random: RandomSource
  private var flags: [Bool]
  /// Rectangles laid, and patches filled in singly.
  private(set) var blockCount = 0, fillCount = 0

  init(
    height: Int, width: Int, target: Int, minimumBlock: Int, aspect: Double, random: RandomSource
  ) {
    (self.height, self.width, self.target) = (height, width, target)
    (self.minimumBlock, self.aspect, self.random) = (minimumBlock, aspect, random)
    flags = [Bool](repeating: false, count: height * width)
  }

  mutating func build() -> [Bool] {
    var count = 0
    while count < target {
      let added = layBlock(cap: target - count)
      if added == 0 { break }
      count += added
      blockCount += 1
    }
    if count < target {
      let visible = flags.indices.filter { !flags[$0] }
      fillCount = target - count
      for index in random.sample(fillCount, below: visible.count) { flags[visible[index]] = true }
    }
    return flags
  }

  /// Tries ten rectangles; the first that hides 1 to `cap` more patches is laid. Returns how many.
  private mutating func layBlock(cap: Int) -> Int {
    for _ in 0..<10 {
      // With a cap below the minimum this is uniform between the two, as in the original.
      let area = between(Double(minimumBlock), Double(cap))
      let bound = RealMath.log(aspect)
      let ratio = RealMath.exp(between(bound, -bound))
      let h = Int((area * ratio).squareRoot().rounded(.toNearestOrEven))
      let w = Int((area / ratio).squareRoot().rounded(.toNearestOrEven))
      guard h < height, w < width else { continue }
      let top = random.integer(below: height - h + 1)
      let left = random.integer(below: width - w + 1)
      var added = 0
      for y in top..<(top + h) {
        for x in left..<(left + w) where !flags[y * width + x] { added += 1 }
      }
      guard added > 0, added <= cap else { continue }
      for y in top..<(top + h) { for x in left..<(left + w) { flags[y * width + x] = true } }
      return added
    }
    return 0
  }

  private mutating func between(_ a: Double, _ b: Double) -> Double {
    a + (b - a) * random.uniform()
  }
}

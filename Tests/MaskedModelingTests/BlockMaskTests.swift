import Arrays
import Testing

@testable import MaskedModeling

@Suite struct BlockMaskTests {
  /// A mask and how it came about, for image `index` of a stream: 75 of 14 x 14 as in the paper.
  static func paper(_ stream: RandomSource, _ index: Int) -> BlockMaskBuilder {
    var builder = BlockMaskBuilder(
      height: 14, width: 14, target: 75, minimumBlock: 16, aspect: 0.3,
      random: stream.split(UInt64(index)))
    _ = builder.build()
    return builder
  }

  @Test("4,000 masks of the paper's size have the reference statistics of the method")
  func referenceStatistics() throws {
    var random = RandomSource(seed: 2303)
    let drawn = try Mask.blocks(batch: 4_000, height: 14, width: 14, count: 75, random: &random)
    let flags = drawn.elements(of: Bool.self)
    let masks = (0..<4_000).map { Array(flags[$0 * 196..<($0 + 1) * 196]) }
    let builders = (0..<4_000).map { Self.paper(RandomSource(seed: 2304), $0) }
    expectMean(builders.map { Double($0.blockCount) }, is: 4.13, digits: 0.005, "blocks")
    expectMean(builders.map { $0.fillCount > 0 ? 1 : 0 }, is: 0.325, digits: 0.0005, "with fill")
    expectMean(builders.map { Double($0.fillCount) }, is: 0.51, digits: 0.005, "patches filled")
    let centre = [6 * 14 + 6, 6 * 14 + 7, 7 * 14 + 6, 7 * 14 + 7]
    let corners = [0, 13, 13 * 14, 195]
    // The mean over the four edges of 14 cells, a corner in two of them, gives the reference's
    // number.
    let side = Array(0..<14)
    let border = side + side.map { 13 * 14 + $0 } + side.map { $0 * 14 } + side.map { $0 * 14 + 13 }
    expectMean(masks.map { share($0, of: centre) }, is: 0.72, digits: 0.005, "centre")
    expectMean(masks.map { share($0, of: border) }, is: 0.137, digits: 0.0005, "border")
    expectMean(masks.map { share($0, of: corners) }, is: 0.046, digits: 0.0005, "corners")
    expectMean(
      masks.map { Double(boundary($0, 14, 14)) }, is: 33.6, digits: 0.05, "boundary")
    let blocks = builders.map(\.blockCount).sorted()
    #expect([blocks[200], blocks[2_000]] == [2, 4])
    // 5.9 % of masks have 7 blocks or more (20,000 masks), so 4,000 may put the quantile at 6.
    #expect((6...7).contains(blocks[3_800]))
  }

  @Test("every mask hides exactly the amount, on any grid, for any amount")
  func exactAmounts() throws {
    var random = RandomSource(seed: 5)
    for (height, width) in [(1, 1), (1, 9), (2, 2), (3, 7), (8, 8), (14, 14), (16, 5)] {
      let all = height * width
      for count in Set([0, 1, all / 2, max(0, all - 1), all]) {
        let blocks = try Mask.blocks(
          batch: 5, height: height, width: width, count: count, random: &random)
        let uniform = try Mask.uniform(
          batch: 5, height: height, width: width, count: count, random: &random)
        for masks in [blocks, uniform] {
          #expect(masks.shape == [5, height, width])
          #expect(trueCounts(masks) == [Int](repeating: count, count: 5), "\(count) of \(all)")
        }
      }
    }
  }

  @Test("a single block is a full rectangle of an allowed shape")
  func rectangles() {
    var singles = 0
    for index in 0..<200 {
      var builder = BlockMaskBuilder(
        height: 14, width: 14, target: 16, minimumBlock: 16, aspect: 0.3,
        random: RandomSource(seed: 77, stream: UInt64(index)))
      let mask = builder.build()
      guard builder.blockCount == 1, builder.fillCount == 0 else { continue }
      singles += 1
      let hidden = mask.indices.filter { mask[$0] }
      let rows = Set(hidden.map { $0 / 14 }), columns = Set(hidden.map { $0 % 14 })
      #expect(rows.count * columns.count == 16)
      #expect(max(rows.count, columns.count) <= 8, "aspect 0.3 allows 2 x 8 at most")
    }
    #expect(singles > 50)
  }

  @Test("a rectangle is never as high or as wide as the grid")
  func strictlyInside() {
    // Heights sqrt(12 r) for r in 0.3 ... 3.3 round to 2 ... 6: most are too high for a grid of 4.
    for (height, width) in [(4, 20), (20, 4)] {
      for index in 0..<200 {
        var builder = BlockMaskBuilder(
          height: height, width: width, target: 12, minimumBlock: 12, aspect: 0.3,
          random: RandomSource(seed: 78, stream: UInt64(index)))
        let mask = builder.build()
        guard builder.blockCount == 1, builder.fillCount == 0 else { continue }
        let hidden = mask.indices.filter { mask[$0] }
        #expect(Set(hidden.map { $0 / width }).count < height)
        #expect(Set(hidden.map { $0 % width }).count < width)
      }
    }
  }

  @Test("image i depends on seed and i alone, not on the batch; calls go on where the last ended")
  func independence() throws {
    func draw(_ batch: Int, seed: UInt64) throws -> [NDArray] {
      var random = RandomSource(seed: seed)
      return [
        try Mask.blocks(batch: batch, height: 8, width: 8, count: 24, random: &random),
        try Mask.uniform(batch: batch, height: 8, width: 8, count: 24, random: &random),
        try Mask.blocks(batch: batch, height: 8, width: 8, count: 24, random: &random),
      ]
    }
    let many = try draw(64, seed: 9), few = try draw(7, seed: 9), other = try draw(64, seed: 10)
    for (long, short) in zip(many, few) {
      #expect(try long.slice([.span(from: 0, to: 7)]) == short)
    }
    for (one, another) in zip(many, other) { #expect(one != another) }
    #expect(many[0] != many[2])
  }

  @Test("each patch is hidden equally often by uniform masks")
  func uniformity() throws {
    var random = RandomSource(seed: 3)
    let masks = try Mask.uniform(batch: 4_000, height: 14, width: 14, count: 75, random: &random)
    let flags = masks.elements(of: Bool.self)
    let p = 75.0 / 196, deviation = (p * (1 - p) / 4_000).squareRoot()
    for patch in 0..<196 {
      let hidden = (0..<4_000).count { flags[$0 * 196 + patch] }
      // 196 looks at a normal variable: 5 deviations are exceeded once in 10,000 seeds.
      #expect(abs(Double(hidden) / 4_000 - p) <= 5 * deviation, "patch \(patch)")
    }
    let boundaries = (0..<1_000).map { image in
      Double(boundary(Array(flags[image * 196..<(image + 1) * 196]), 14, 14))
    }
    // Reference 72.8 of 75; a mask's own deviation is below 1.6.
    let mean = boundaries.reduce(0, +) / 1_000
    let bound = 0.05 + 4 * 1.6 * (2.0 / 1_000).squareRoot()
    #expect(abs(mean - 72.8) <= bound)
  }

  @Test("the choice among visible patches is exact, disjoint from the hidden ones and uniform")
  func amongVisible() throws {
    var random = RandomSource(seed: 4)
    let hidden = try Mask.blocks(batch: 300, height: 14, width: 14, count: 75, random: &random)
    let chosen = try Mask.amongVisible(hidden, count: 20, random: &random)
    #expect(chosen.shape == hidden.shape)
    #expect(trueCounts(chosen) == [Int](repeating: 20, count: 300))
    let (h, c) = (hidden.elements(of: Bool.self), chosen.elements(of: Bool.self))
    #expect(!zip(h, c).contains { $0 && $1 })
    // Given visible, a patch is chosen with probability 20 / 121 wherever it stands.
    for rows in [0..<5, 5..<9, 9..<14] {
      let places = h.indices.filter { rows.contains($0 % 196 / 14) && !h[$0] }
      let p = 20.0 / 121, seen = Double(places.count { c[$0] }) / Double(places.count)
      let deviation = (p * (1 - p) / Double(places.count)).squareRoot()
      #expect(abs(seen - p) <= 4 * deviation, "rows \(rows)")
    }
    let last = NDArray([true, false, true, false, false, true], shape: [2, 3])
    let one = try Mask.amongVisible(last, count: 1, random: &random).elements(of: Bool.self)
    #expect(one.prefix(3) == [false, true, false])
  }

  @Test("more patches than there are is an error that says how many there are")
  func errors() {
    func message(_ body: (inout RandomSource) throws -> NDArray) -> String {
      var random = RandomSource(seed: 1)
      do {
        _ = try body(&random)
        return "no error"
      } catch { return "\(error)" }
    }
    let tooMany =
      "mask: the number of hidden patches is 65, wanted 0 to 64, the patches of the grid"
    #expect(
      message { try Mask.blocks(batch: 1, height: 8, width: 8, count: 65, random: &$0) } == tooMany)
    #expect(
      message { try Mask.uniform(batch: 1, height: 8, width: 8, count: 65, random: &$0) } == tooMany
    )
    #expect(
      message { try Mask.uniform(batch: 1, height: 8, width: 8, count: -1, random: &$0) }
        .contains("is -1, wanted 0 to 64"))
    let hidden = NDArray([false, false, true, true], shape: [2, 2])
    #expect(
      message { try Mask.amongVisible(hidden, count: 2, random: &$0) }
        .contains("at most the 0 visible patches of image 1"))
    #expect(
      message { try Mask.amongVisible(NDArray([false]), count: 1, random: &$0) } != "no error")
    #expect(
      message { try Mask.amongVisible(NDArray(zeros: [1, 2]), count: 1, random: &$0) } != "no error"
    )
  }
}

/// Checks a mean against a reference that is itself a mean of 4,000 samples, given to `digits`:
/// four standard errors of the difference of two such means.
private func expectMean(
  _ values: [Double], is reference: Double, digits: Double, _ what: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let count = Double(values.count)
  let mean = values.reduce(0, +) / count
  let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
  let bound = 4 * (2 * variance / count).squareRoot() + digits
  #expect(
    abs(mean - reference) <= bound, "\(what): \(mean), reference \(reference) +- \(bound)",
    sourceLocation: sourceLocation)
}

private func share(_ mask: [Bool], of cells: [Int]) -> Double {
  Double(cells.count { mask[$0] }) / Double(cells.count)
}

/// Hidden patches with a visible neighbour above, below, left or right.
private func boundary(_ mask: [Bool], _ height: Int, _ width: Int) -> Int {
  mask.indices.count { patch in
    guard mask[patch] else { return false }
    let (y, x) = (patch / width, patch % width)
    return (y > 0 && !mask[patch - width]) || (x > 0 && !mask[patch - 1])
      || (y + 1 < height && !mask[patch + width]) || (x + 1 < width && !mask[patch + 1])
  }
}

/// By image: how many flags are true.
func trueCounts(_ masks: NDArray) -> [Int] {
  let flags = masks.elements(of: Bool.self)
  let patches = masks.shape[0] == 0 ? 0 : flags.count / masks.shape[0]
  return (0..<masks.shape[0]).map { image in
    flags[image * patches..<(image + 1) * patches].count { $0 }
  }
}

import Arrays
import MaskedModeling
import Testing

@Suite struct BlockMaskTests {
  /// The paper's masks: 75 of 14 x 14 patches.
  static let paper = BlockMaskOptions(hidden: .count(75))

  @Test("4,000 masks of the paper's size have the reference statistics of the method")
  func referenceStatistics() throws {
    let grid = try PatchGrid(height: 14, width: 14)
    let stream = RandomSource(seed: 2303)
    let masks = try (0..<4_000).map { index in
      var own = stream.split(UInt64(index))
      return try BlockMask(Self.paper, grid: grid, random: &own)
    }
    expectMean(masks.map { Double($0.blockCount) }, is: 4.13, digits: 0.005, "blocks")
    expectMean(masks.map { $0.filledCount > 0 ? 1 : 0 }, is: 0.325, digits: 0.0005, "with fill")
    expectMean(masks.map { Double($0.filledCount) }, is: 0.51, digits: 0.005, "patches filled")
    let centre = [6 * 14 + 6, 6 * 14 + 7, 7 * 14 + 6, 7 * 14 + 7]
    let corners = [0, 13, 13 * 14, 195]
    // The mean over the four edges of 14 cells, a corner in two of them, gives the reference's
    // number.
    let side = Array(0..<14)
    let border = side + side.map { 13 * 14 + $0 } + side.map { $0 * 14 } + side.map { $0 * 14 + 13 }
    expectMean(masks.map { share($0.isHidden, of: centre) }, is: 0.72, digits: 0.005, "centre")
    expectMean(masks.map { share($0.isHidden, of: border) }, is: 0.137, digits: 0.0005, "border")
    expectMean(masks.map { share($0.isHidden, of: corners) }, is: 0.046, digits: 0.0005, "corners")
    expectMean(
      masks.map { Double(boundary($0.isHidden, grid)) }, is: 33.6, digits: 0.05, "boundary")
    let blocks = masks.map(\.blockCount).sorted()
    #expect([blocks[200], blocks[2_000]] == [2, 4])
    // 5.9 % of masks have 7 blocks or more (20,000 masks), so 4,000 may put the quantile at 6.
    #expect((6...7).contains(blocks[3_800]))
  }

  @Test("every mask hides exactly the amount, on any grid, for any amount")
  func exactAmounts() throws {
    var random = RandomSource(seed: 5)
    for (height, width) in [(1, 1), (1, 9), (2, 2), (3, 7), (8, 8), (14, 14), (16, 5)] {
      let grid = try PatchGrid(height: height, width: width)
      for hidden in Set([0, 1, grid.count / 2, max(0, grid.count - 1), grid.count]) {
        let masks = try blockMasks(
          BlockMaskOptions(hidden: .count(hidden)), grid: grid, batch: 5, random: &random)
        #expect(masks.shape == [5, height, width])
        #expect(
          trueCounts(masks) == [Int](repeating: hidden, count: 5), "\(grid), \(hidden) hidden")
      }
    }
  }

  @Test("a share of the grid is rounded to the nearest number of patches")
  func shares() throws {
    var random = RandomSource(seed: 5)
    let grid = try PatchGrid(height: 14, width: 14)
    for (share, wanted) in [(0.38, 74), (0.4, 78), (0.75, 147), (1, 196)] {
      let masks = try blockMasks(
        BlockMaskOptions(hidden: .share(share)), grid: grid, batch: 2, random: &random)
      #expect(trueCounts(masks) == [wanted, wanted])
    }
  }

  @Test("without a fill the mask is a union of the blocks it reports")
  func blocksExplainTheMask() throws {
    // One block whose area is the whole amount: its hidden patches are a full rectangle.
    let grid = try PatchGrid(height: 14, width: 14)
    let options = BlockMaskOptions(hidden: .count(16), minimumBlock: 16)
    var singles = 0
    for index in 0..<200 {
      var random = RandomSource(seed: 77, stream: UInt64(index))
      let mask = try BlockMask(options, grid: grid, random: &random)
      guard mask.blockCount == 1, mask.filledCount == 0 else { continue }
      singles += 1
      let hidden = mask.isHidden.indices.filter { mask.isHidden[$0] }
      let rows = Set(hidden.map { $0 / 14 }), columns = Set(hidden.map { $0 % 14 })
      #expect(rows.count * columns.count == 16)
      #expect(max(rows.count, columns.count) <= 8, "aspect 0.3 allows 2 x 8 at most")
    }
    #expect(singles > 50)
  }

  @Test("image i depends on seed and i alone, not on the batch or on threads")
  func independence() throws {
    let grid = try PatchGrid(height: 14, width: 14)
    func draw(_ batch: Int, threads: Int) throws -> NDArray {
      let before = Parallel.threadCount
      defer { Parallel.threadCount = before }
      Parallel.threadCount = threads
      var random = RandomSource(seed: 9)
      return try blockMasks(Self.paper, grid: grid, batch: batch, random: &random)
    }
    let many = try draw(64, threads: 2)
    #expect(try draw(64, threads: 1) == many)
    #expect(try draw(7, threads: 1) == many.slice([.span(from: 0, to: 7)]))
    var other = RandomSource(seed: 10)
    #expect(try blockMasks(Self.paper, grid: grid, batch: 64, random: &other) != many)
  }

  @Test("successive calls draw from where the last one ended")
  func successiveCalls() throws {
    let grid = try PatchGrid(height: 8, width: 8)
    var random = RandomSource(seed: 9)
    let first = try blockMasks(.init(hidden: .count(24)), grid: grid, batch: 4, random: &random)
    let second = try blockMasks(.init(hidden: .count(24)), grid: grid, batch: 4, random: &random)
    #expect(first != second)
  }

  @Test("amounts, blocks and ratios out of range are errors that say the range")
  func errors() throws {
    let grid = try PatchGrid(height: 8, width: 8)
    func message(_ options: BlockMaskOptions, batch: Int = 1) -> String {
      var random = RandomSource(seed: 1)
      do {
        _ = try blockMasks(options, grid: grid, batch: batch, random: &random)
        return "no error"
      } catch { return "\(error)" }
    }
    #expect(
      message(.init(hidden: .share(1.5)))
        == "the amount to hide is 150.0%, wanted 0% to 100% of the patches")
    #expect(
      message(.init(hidden: .count(65)))
        == "the amount to hide is 65 patches, wanted 0 to 64, the patches of the grid")
    #expect(message(.init(hidden: .share(.nan))).contains("wanted 0% to 100%"))
    #expect(message(.init(hidden: .count(9), minimumBlock: 0)).contains("wanted 1 to 64"))
    #expect(message(.init(hidden: .count(9), aspect: 0)).contains("above 0 and at most 1"))
    #expect(message(.init(hidden: .count(9), aspect: 2)).contains("above 0 and at most 1"))
    #expect(message(.init(hidden: .count(9)), batch: -1).contains("0 or more images"))
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
func boundary(_ mask: [Bool], _ grid: PatchGrid) -> Int {
  mask.indices.count { patch in
    guard mask[patch] else { return false }
    let (y, x) = (patch / grid.width, patch % grid.width)
    return (y > 0 && !mask[patch - grid.width]) || (x > 0 && !mask[patch - 1])
      || (y + 1 < grid.height && !mask[patch + grid.width])
      || (x + 1 < grid.width && !mask[patch + 1])
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

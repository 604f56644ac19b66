// Masks made of rectangles, as BEiT, BEiT v2 and CCViT hide patches. Polarity, here and everywhere:
// true = hidden from the encoder.
public import Arrays
import Glibc

/// How rectangles are drawn for a mask.
public struct BlockMaskOptions: Hashable, Sendable {
  /// How many patches to hide; every mask hides exactly so many.
  public var hidden: PatchAmount
  /// Smallest area that a rectangle aims at, in patches; nil scales the paper's 16 of 14 x 14
  /// patches to the grid (5 of 8 x 8), and is at least 1.
  public var minimumBlock: Int?
  /// Flattest aspect ratio (height / width); the ratio is log-uniform in aspect ... 1 / aspect.
  public var aspect: Double

  /// The paper's rectangles for a given amount.
  public init(hidden: PatchAmount, minimumBlock: Int? = nil, aspect: Double = 0.3) {
    (self.hidden, self.minimumBlock, self.aspect) = (hidden, minimumBlock, aspect)
  }
}

/// One image's mask made of rectangles, and how it came about.
///
/// Rectangles are placed until the amount is reached: an area s ~ U(minimum, patches still wanted)
/// and an aspect ratio r give round(sqrt(s r)) x round(sqrt(s / r)), which is placed uniformly if
/// it is smaller than the grid on both sides and hides at least one new patch and no more than are
/// still wanted; ten tries each. When ten tries fail, patches drawn uniformly fill the rest. Such
/// masks hide the centre of an image far more often than its corners.
///
/// - Source: the mask generator of BEiT (Bao et al. 2022, alg. 1), as CCViT's code uses it:
///   75 of 14 x 14 patches, minimum 16, aspect 0.3.
public struct BlockMask: Sendable {
  /// By patch, row by row: true = hidden from the encoder.
  public private(set) var isHidden: [Bool]
  /// Rectangles placed.
  public private(set) var blockCount = 0
  /// Patches hidden one by one because no rectangle fitted any more.
  public private(set) var filledCount = 0

  /// Draws a mask.
  ///
  /// - Throws: `MaskedModelingError.option` for an amount, minimum or aspect out of range.
  public init(
    _ options: BlockMaskOptions, grid: PatchGrid, random: inout RandomSource
  ) throws(MaskedModelingError) {
    self.init(try BlockMaskPlan(options, grid: grid), random: &random)
  }

  fileprivate init(_ plan: BlockMaskPlan, random: inout RandomSource) {
    isHidden = [Bool](repeating: false, count: plan.grid.count)
    var missing = plan.hidden
    while missing > 0, let added = placeBlock(plan, atMost: missing, &random) {
      blockCount += 1
      missing -= added
    }
    filledCount = missing
    hideUniformly(missing, &random)
  }

  /// Places one rectangle and returns how many patches it newly hides; nil after ten failures.
  private mutating func placeBlock(
    _ plan: BlockMaskPlan, atMost cap: Int, _ random: inout RandomSource
  ) -> Int? {
    for _ in 0..<10 {
      // With fewer patches wanted than the minimum the bounds change places; the cap below decides.
      let (low, high) = (Double(min(cap, plan.minimum)), Double(max(cap, plan.minimum)))
      let area = random.uniform(in: low...high)
      let ratio = Glibc.exp(random.uniform(in: plan.logAspect...(-plan.logAspect)))
      let height = Int((area * ratio).squareRoot().rounded(.toNearestOrEven))
      let width = Int((area / ratio).squareRoot().rounded(.toNearestOrEven))
      guard height < plan.grid.height, width < plan.grid.width else { continue }
      let top = random.integer(below: plan.grid.height - height + 1)
      let left = random.integer(below: plan.grid.width - width + 1)
      let cells = (top..<(top + height)).flatMap { y in
        (left..<(left + width)).lazy.map { x in y * plan.grid.width + x }
      }
      let fresh = cells.filter { !isHidden[$0] }
      guard (1...cap).contains(fresh.count) else { continue }
      for cell in fresh { isHidden[cell] = true }
      return fresh.count
    }
    return nil
  }

  private mutating func hideUniformly(_ count: Int, _ random: inout RandomSource) {
    guard count > 0 else { return }
    let visible = isHidden.indices.filter { !isHidden[$0] }
    for index in random.sample(count, below: visible.count) { isHidden[visible[index]] = true }
  }
}

/// Options checked against a grid.
private struct BlockMaskPlan {
  let grid: PatchGrid
  let hidden: Int
  let minimum: Int
  let logAspect: Double

  init(_ options: BlockMaskOptions, grid: PatchGrid) throws(MaskedModelingError) {
    self.grid = grid
    hidden = try options.hidden.resolved(in: grid.count, name: "the amount to hide")
    let scaled = (16 * Double(grid.count) / 196).rounded()
    minimum = options.minimumBlock ?? max(1, Int(scaled))
    guard (1...grid.count).contains(minimum) else {
      throw MaskedModelingError.option(
        name: "the smallest block", seen: "\(minimum) patches",
        wanted: "1 to \(grid.count), the patches of the grid")
    }
    guard options.aspect > 0, options.aspect <= 1 else {
      throw MaskedModelingError.option(
        name: "the aspect ratio", seen: "\(options.aspect)", wanted: "above 0 and at most 1")
    }
    logAspect = Glibc.log(options.aspect)
  }
}

/// Masks made of rectangles for a batch, true = hidden from the encoder.
///
/// - Shapes: -> [B, gh, gw] bool, each mask with exactly the amount asked for.
/// - Randomness: takes one stream from `random` and gives each image its own part of it, so image i
///   depends on the stream and on i alone, not on B or on threads.
/// - Throws: as `BlockMask.init`, and `option` for a negative batch.
public func blockMasks(
  _ options: BlockMaskOptions, grid: PatchGrid, batch: Int, random: inout RandomSource
) throws(MaskedModelingError) -> NDArray {
  let plan = try BlockMaskPlan(options, grid: grid)
  return try drawMasks(grid, batch, &random) { stream in
    BlockMask(plan, random: &stream).isHidden
  }
}

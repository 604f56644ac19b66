import Arrays
import MaskedModeling
import Testing

@Suite struct UniformMaskTests {
  @Test("every mask hides exactly the amount, and each patch equally often")
  func uniformity() throws {
    let grid = try PatchGrid(height: 14, width: 14)
    var random = RandomSource(seed: 3)
    let masks = try uniformMasks(.count(75), grid: grid, batch: 4_000, random: &random)
    #expect(trueCounts(masks).allSatisfy { $0 == 75 })
    let flags = masks.elements(of: Bool.self)
    let p = 75.0 / 196, deviation = (p * (1 - p) / 4_000).squareRoot()
    for patch in 0..<196 {
      let hidden = (0..<4_000).count { flags[$0 * 196 + patch] }
      // 196 looks at a normal variable: 5 deviations are exceeded once in 10,000 seeds.
      #expect(abs(Double(hidden) / 4_000 - p) <= 5 * deviation, "patch \(patch)")
    }
    let boundaries = (0..<1_000).map { image in
      Double(boundary(Array(flags[image * 196..<(image + 1) * 196]), grid))
    }
    // Reference 72.8 of 75; a mask's own deviation is below 1.6.
    let mean = boundaries.reduce(0, +) / 1_000
    let bound = 0.05 + 4 * 1.6 * (2.0 / 1_000).squareRoot()
    #expect(abs(mean - 72.8) <= bound)
  }

  @Test("the choice among visible patches is exact, disjoint from the hidden ones and uniform")
  func choice() throws {
    let grid = try PatchGrid(height: 14, width: 14)
    var random = RandomSource(seed: 4)
    let hidden = try blockMasks(
      BlockMaskOptions(hidden: .count(75)), grid: grid, batch: 300, random: &random)
    let chosen = try visibleChoice(.count(20), hidden: hidden, random: &random)
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
  }

  @Test("a share of the choice counts hidden patches too")
  func shareOfTheGrid() throws {
    var random = RandomSource(seed: 4)
    let hidden = try NDArray(
      [Bool](repeating: true, count: 40) + [Bool](repeating: false, count: 60)
    )
    .reshaped(to: [1, 100])
    let chosen = try visibleChoice(.share(0.1), hidden: hidden, random: &random)
    #expect(trueCounts(chosen) == [10])
  }

  @Test("all visible patches can be chosen, and none when none are wanted")
  func extremes() throws {
    var random = RandomSource(seed: 4)
    let hidden = NDArray([true, false, true, false, false, true], shape: [2, 3])
    #expect(
      try visibleChoice(.count(1), hidden: hidden, random: &random).elements(of: Bool.self)
        .prefix(3) == [false, true, false])
    let none = try visibleChoice(.count(0), hidden: hidden, random: &random)
    #expect(trueCounts(none) == [0, 0])
  }

  @Test("too few visible patches name the image, the wanted and the available number")
  func tooFew() {
    var random = RandomSource(seed: 4)
    let hidden = NDArray([false, false, true, true], shape: [2, 2])
    #expect(
      throws: MaskedModelingError.tooFewPatches(
        operation: "choice of visible patches", wanted: 2, available: 0, image: 1)
    ) { try visibleChoice(.count(2), hidden: hidden, random: &random) }
    #expect(throws: ShapeError.self) {
      try visibleChoice(.count(1), hidden: NDArray([Float(1)], shape: [1, 1]), random: &random)
    }
    #expect(throws: ShapeError.self) {
      try visibleChoice(.count(1), hidden: NDArray([false]), random: &random)
    }
  }

  @Test("a grid below 1 patch a side is an error")
  func emptyGrid() {
    #expect(throws: MaskedModelingError.self) { try PatchGrid(height: 0, width: 4) }
  }
}

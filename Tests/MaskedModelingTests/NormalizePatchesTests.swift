import Arrays
import MaskedModeling
import Testing

@Suite struct NormalizePatchesTests {
  static let unit = 0x1p-24

  @Test(
    "a patch becomes mean 0 and unbiased variance 1, up to epsilon", arguments: [2, 3, 48, 768])
  func statistics(width: Int) throws {
    var numbers = CongruentialSequence()
    let patches = numbers.array([2, 3, width])
    let rows = try normalizePatches(patches).elements(of: Float.self)
    let source = patches.elements(of: Float.self)
    for row in 0..<6 {
      let x = source[row * width..<(row + 1) * width].map(Double.init)
      let y = rows[row * width..<(row + 1) * width].map(Double.init)
      let mean = x.reduce(0, +) / Double(width)
      let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width - 1)
      for (seen, pixel) in zip(y, x) {
        let exact = (pixel - mean) / (variance + 1e-6).squareRoot()
        #expect(abs(seen - exact) <= Self.unit * abs(exact) + 1e-12)
      }
    }
  }

  @Test("a flat patch becomes zeros, and offset and contrast go away")
  func invariance() throws {
    let flat = NDArray(repeating: Float(0.7), shape: [1, 48])
    #expect(try normalizePatches(flat).elements(of: Float.self).allSatisfy { abs($0) < 1e-9 })
    // Powers of two keep the offset and the contrast exact.
    let x = NDArray([Float(0), 0.25, 0.5, 0.75, 1, 0.25, 0, 1], shape: [1, 8])
    let shifted = NDArray(x.elements(of: Float.self).map { $0 / 2 + 0.5 }, shape: [1, 8])
    let (a, b) = (
      try normalizePatches(x).elements(of: Float.self),
      try normalizePatches(shifted).elements(of: Float.self)
    )
    // Half the contrast makes epsilon count four times: by 3e-6 / (2 var) at most, var above 0.15 /
    // 4.
    for (p, q) in zip(a, b) { #expect(abs(p - q) <= 4e-5 * abs(p)) }
  }

  @Test("patches of one value are an error: their variance does not exist")
  func oneValue() {
    #expect(throws: ShapeError.self) {
      try normalizePatches(NDArray([Float(1)], shape: [1, 1]))
    }
  }
}

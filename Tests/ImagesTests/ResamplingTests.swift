import Arrays
import Images
import Testing

@Suite("Resampling")
struct ResamplingTests {
  static let source = NDArray(Golden.source, shape: [1, 9, 13])

  @Test(
    "sizes and filters agree with Pillow",
    arguments: [
      (Resampling.Filter.bicubic, 4, 5, Golden.bicubicSmaller),
      (.bicubic, 11, 17, Golden.bicubicLarger), (.bilinear, 4, 5, Golden.bilinearSmaller),
      (.bilinear, 11, 17, Golden.bilinearLarger), (.nearest, 4, 5, Golden.nearestSmaller),
      (.nearest, 11, 17, Golden.nearestLarger),
    ])
  func golden(filter: Resampling.Filter, height: Int, width: Int, wanted: [Float]) {
    let result = Resampling.resized(Self.source, height: height, width: width, filter: filter)
    expectClose(result, wanted, [1, height, width])
  }

  @Test("a part of an image agrees with Pillow's box")
  func box() {
    let result = Resampling.resized(
      Self.source, top: 1, left: 2.5, cropHeight: 7, cropWidth: 9, height: 6, width: 6)
    expectClose(result, Golden.bicubicBox, [1, 6, 6])
  }

  /// Two passes of at most 16 products with sum |w| < 1.5 each: 2 * 18 u * 1.5^2 * 255 < 0.0013; the
  /// goldens are rounded to 0.0001.
  private func expectClose(_ image: NDArray, _ wanted: [Float], _ shape: Shape) {
    #expect(image.shape == shape)
    for (index, (a, b)) in zip(image.elements(of: Float.self), wanted).enumerated() {
      #expect(abs(a - b) <= 0.0014, "element \(index): \(a), Pillow has \(b)")
    }
  }

  @Test("bytes and floats give the same numbers")
  func types() {
    let bytes = Self.source.converted(to: .uint8)
    for filter in Resampling.Filter.allCases {
      #expect(
        Resampling.resized(bytes, height: 5, width: 20, filter: filter)
          == Resampling.resized(Self.source, height: 5, width: 20, filter: filter))
    }
  }

  @Test("the same size keeps every pixel, a constant stays constant at any size")
  func identity() {
    for filter in Resampling.Filter.allCases {
      #expect(Resampling.resized(Self.source, height: 9, width: 13, filter: filter) == Self.source)
      let flat = NDArray(repeating: Float(64), shape: [3, 7, 5])
      for (height, width) in [(1, 1), (2, 9), (31, 3), (7, 100)] {
        let result = Resampling.resized(flat, height: height, width: width, filter: filter)
        // Weights add to 1 within the rounding of 24 of them.
        #expect(result.elements(of: Float.self).allSatisfy { abs($0 - 64) <= 64 * 48 * 0x1p-24 })
      }
    }
  }

  @Test("single pixels and lines can be resized")
  func tiny() {
    for shape: Shape in [[3, 1, 1], [3, 1, 9], [3, 2, 1], [1, 3, 3]] {
      let result = Resampling.resized(NDArray(repeating: UInt8(9), shape: shape), height: 5, width: 6)
      #expect(result.shape == [shape[0], 5, 6])
    }
  }

  @Test("the middle square of a wide image is kept")
  func centerCrop() {
    let row: [UInt8] = [0, 0, 10, 20, 0, 0]
    let image = NDArray(row + row, shape: [1, 2, 6])
    #expect(
      Resampling.centerCrop(image, size: 2).elements(of: Float.self) == [10, 20, 10, 20])
  }

  @Test("flipping twice is nothing, once mirrors")
  func flipped() {
    let image = NDArray([1, 2, 3, 4, 5, 6] as [UInt8], shape: [1, 2, 3])
    #expect(Resampling.flipped(image).elements(of: UInt8.self) == [3, 2, 1, 6, 5, 4])
    #expect(Resampling.flipped(Resampling.flipped(Self.source)) == Self.source)
  }

  @Test("random crops keep within area and aspect, and depend on the stream alone")
  func randomCrops() {
    // Columns hold their own index: the first and last of a crop tell which part it was.
    var image = NDArray(zeros: [1, 60, 80])
    image.withMutableElements(of: Float.self) { for i in $0.indices { $0[i] = Float(i % 80) } }
    var random = RandomSource(seed: 5)
    var again = RandomSource(seed: 5)
    var flips = 0
    for _ in 0..<400 {
      let crop = Resampling.randomResizedCrop(image, size: 16, random: &random)
      #expect(crop == Resampling.randomResizedCrop(image, size: 16, random: &again))
      let row = Array(crop.elements(of: Float.self).prefix(16))
      let width = abs(row[12] - row[3]) * 16 / 9
      // Narrowest: 20 % of 4800 pixels at 3:4 is 26.8 wide; widest: the whole width.
      #expect(width > 26 && width < 81, "\(width)")
      if row[0] > row[15] { flips += 1 }
    }
    // 400 fair coins: five standard deviations are 50.
    #expect(abs(flips - 200) <= 50)
  }

  @Test("an image too long for any crop gives its largest middle part")
  func fallback() {
    let image = NDArray((0..<800).map { Float($0 % 400) }, shape: [1, 2, 400])
    var random = RandomSource(seed: 1)
    for _ in 0..<5 {
      let crop = Resampling.randomResizedCrop(image, size: 8, area: 1...1, random: &random)
      #expect(crop.shape == [1, 8, 8])
      // Three of 400 columns, 198 to 200, and the kernel's neighbours.
      #expect(crop.elements(of: Float.self).allSatisfy { $0 > 196 && $0 < 203 })
    }
  }
}

import Arrays
import Glibc
import Images
import Testing

/// Waves of many lengths, the longer the stronger, as photographs have them; 0 ... 255.
private func scenery(_ height: Int, _ width: Int, seed: UInt64 = 1) -> NDArray {
  var random = RandomSource(seed: seed)
  let waves = (0..<24).map { _ -> (down: Double, across: Double, phase: Double, size: Double) in
    let frequency = exp(random.uniform(in: -5 ... -0.7)), angle = random.uniform(in: 0...3.14)
    return (
      frequency * sin(angle), frequency * cos(angle), random.uniform(in: 0...6.28),
      0.8 / frequency.squareRoot()
    )
  }
  let plane = (0..<(height * width)).map { index in
    var sum = 128.0
    for wave in waves {
      let (y, x) = (Double(index / width), Double(index % width))
      sum += wave.size * sin(wave.down * y + wave.across * x + wave.phase)
    }
    return min(max(sum, 0), 255)
  }
  // The darker, the more blue.
  let channels = [plane, plane.map { $0 * 0.9 }, plane.map { 30 + $0 * 0.7 }]
  return NDArray(channels.flatMap { $0.map { UInt8($0) } }, shape: [3, height, width])
}

private func crop(
  _ bytes: [UInt8], _ height: Int = 24, _ width: Int = 20, detail: ImageFile.Detail = .full,
  seed: UInt64
) throws -> NDArray {
  var random = RandomSource(seed: seed)
  return try ImageFile.randomCrop(
    bytes, name: "crop", height: height, width: width, detail: detail, random: &random)
}

/// The long way: the whole image, then the part of it.
private func longWay(_ bytes: [UInt8], _ height: Int, _ width: Int, seed: UInt64) throws -> [Float]
{
  var random = RandomSource(seed: seed)
  return Resampling.randomResizedCrop(
    try ImageFile.decode(bytes, name: "whole"), height: height, width: width, random: &random
  ).elements(of: Float.self).map { min(max($0 / 255, 0), 1) }
}

@Suite("Random crops from files")
struct RandomCropTests {
  private static func file(_ kind: String) throws -> [UInt8] {
    switch kind {
    case "half colours": try ImageFile.jpeg(scenery(83, 117), quality: 80)
    case "full colours": try ImageFile.jpeg(scenery(83, 117), quality: 95)
    case "tall": try ImageFile.jpeg(scenery(150, 41), quality: 75)
    case "grey": Golden.jpegGrey
    case "progressive": Golden.jpegProgressive
    case "CMYK": Golden.jpegCMYK
    case "small": Golden.jpegColor
    case "PNG": try ImageFile.png(scenery(61, 90))
    case "palette": Golden.pngPalette
    case "alpha": Golden.pngRGBA
    case "16 bits": Golden.pngRGB16
    default: []
    }
  }

  @Test(
    "every kind of file gives the pixels of the long way",
    arguments: [
      "half colours", "full colours", "tall", "grey", "progressive", "CMYK", "small", "PNG",
      "palette", "alpha", "16 bits",
    ])
  func kinds(kind: String) throws {
    let bytes = try Self.file(kind)
    for seed in 0..<12 as Range<UInt64> {
      for (height, width) in [(24, 20), (7, 33), (1, 1)] {
        let seen = try crop(bytes, height, width, seed: seed).elements(of: Float.self)
        let wanted = try longWay(bytes, height, width, seed: seed)
        // Two passes of n taps with sum |w| < 1.5 on values up to 1, each way's roundings: at most
        // 2 * 2 (n + 2) u * 1.5^2, where n is below 4 * 150 / 1 + 4.
        let taps = Double(4 * 150 / min(height, width) + 8)
        let bound = Float(4 * (taps + 2) * 0x1p-24 * 2.25)
        let worst = zip(seen, wanted).map { abs($0 - $1) }.max() ?? 0
        #expect(worst <= bound, "seed \(seed), \(height) x \(width)")
      }
    }
  }

  @Test("half of the crops are mirrored, by the stream")
  func flips() throws {
    // Brighter to the right.
    let ramp = NDArray((0..<(3 * 32 * 32)).map { UInt8($0 % 32 * 8) }, shape: [3, 32, 32])
    let bytes = try ImageFile.png(ramp)
    let mirrored = try (0..<200 as Range<UInt64>).filter { seed in
      let row = try crop(bytes, seed: seed).elements(of: Float.self).prefix(20)
      return row.first ?? 0 > row.last ?? 0
    }
    // 200 fair coins: five standard deviations are 36.
    #expect(abs(mirrored.count - 100) <= 36)
  }

  @Test("enough detail is hardly told from full detail, and is full detail where a part is small")
  func detail() throws {
    let bytes = try ImageFile.jpeg(scenery(360, 480), quality: 92)
    for (side, isScaled) in [(24, true), (36, true), (300, false)] {
      for seed in 0..<4 as Range<UInt64> {
        let full = try crop(bytes, side, side, seed: seed)
        let enough = try crop(bytes, side, side, detail: .enough, seed: seed)
        #expect((full != enough) == isScaled)
        let squares = zip(full.elements(of: Float.self), enough.elements(of: Float.self))
          .reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
        let decibels = 10 * log10(Double(3 * side * side) / max(squares, 1e-12))
        // Pixels are stored in steps of 1/255, of which rounding alone costs 59 dB; 40 dB is an error of 2.55 steps.
        #expect(decibels > 40, "\(side), seed \(seed): \(decibels) dB")
      }
    }
  }

  @Test("a truncated file is an error, or it ends below the crop, which is then whole")
  func truncated() throws {
    let bytes = try ImageFile.jpeg(scenery(90, 70), quality: 80)
    var (errors, crops) = (0, 0)
    for seed in 0..<6 as Range<UInt64> {
      let whole = try crop(bytes, seed: seed)
      for count in stride(from: 8, to: bytes.count - 2, by: 97) {
        do {
          #expect(try crop(Array(bytes[..<count]), seed: seed) == whole)
          crops += 1
        } catch let error as ImageError {
          guard case .damaged("crop", "JPEG", let reason) = error else { throw error }
          #expect(!reason.isEmpty)
          errors += 1
        }
      }
    }
    #expect(errors > crops && crops > 0)
    #expect(throws: ImageError.self) { try crop(Array(Golden.jpegProgressive.dropLast(40)), seed: 0) }
  }

  @Test("a changed byte anywhere is an error or pixels between 0 and 1, never a crash")
  func corrupt() throws {
    var random = RandomSource(seed: 12)
    let half = try ImageFile.jpeg(scenery(40, 50), quality: 70)
    for original in [half, Golden.jpegProgressive, Golden.pngPalette, Golden.jpegCMYK] {
      for seed in 0..<150 as Range<UInt64> {
        var bytes = original
        bytes[8 + random.integer(below: bytes.count - 8)] = UInt8(random.integer(below: 256))
        guard let image = try? crop(bytes, 5, 6, seed: seed) else { continue }
        #expect(image.elements(of: Float.self).allSatisfy { $0 >= 0 && $0 <= 1 })
      }
    }
  }

  @Test("what is no image, empty or promises too many pixels is refused as by a reader of the whole")
  func refused() {
    #expect(throws: ImageError.empty(path: "crop")) { try crop([], seed: 0) }
    #expect(throws: ImageError.unknownFormat(path: "crop")) { try crop([1, 2, 3, 4], seed: 0) }
    for bytes in [Golden.pngBomb, Golden.jpegBomb] {
      let error = #expect(throws: ImageError.self) { try crop(bytes, seed: 0) }
      #expect("\(error!)".contains("more than the limit"), "\(error!)")
    }
  }
}

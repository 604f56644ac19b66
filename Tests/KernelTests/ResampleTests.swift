import Arrays
import CKernels
import Testing

@Suite("Resampling kernels")
struct ResampleTests {
  private static func floats(_ count: Int, seed: UInt64) -> [Float] {
    var random = RandomSource(seed: seed)
    return (0..<count).map { _ in Float(random.uniform(in: -1...1)) }
  }

  @Test("rows of bytes are mixed as in double precision, at every length", arguments: Variant.all)
  func rows(variant: Variant) {
    var random = RandomSource(seed: 2)
    for (n, taps) in [(1, 1), (3, 4), (16, 3), (63, 8), (64, 5), (65, 7), (200, 12), (1031, 9)] {
      let stride = n + 5
      let bytes = (0..<(taps * stride)).map { _ in UInt8(random.integer(below: 256)) }
      let weights = Self.floats(taps, seed: UInt64(n))
      var line = [Float](repeating: .nan, count: n + 1)
      variant.kernels.mix_byte_rows(Int64(n), Int64(taps), weights, bytes, Int64(stride), &line)
      for i in 0..<n {
        let products = (0..<taps).map { Double(weights[$0]) * Double(bytes[$0 * stride + i]) }
        let bound = Double(taps + 1) * 0x1p-24 * products.reduce(0) { $0 + abs($1) }
        #expect(abs(Double(line[i]) - products.reduce(0, +)) <= bound, "\(n), \(taps), \(i)")
      }
      #expect(line[n].isNaN, "nothing beyond the end")
    }
  }

  @Test("pixels of a line go to three planes, held between 0 and 1", arguments: Variant.all)
  func pixels(variant: Variant) {
    var random = RandomSource(seed: 3)
    for (n, taps) in [(1, 4), (2, 8), (4, 4), (5, 12), (7, 8), (33, 16)] {
      let columns = taps + 20
      let line = Self.floats(4 * columns, seed: UInt64(n)).map { $0 * 255 }
      let weights = Self.floats(n * taps, seed: UInt64(n + 1))
      let starts = (0..<n).map { _ in Int32(random.integer(below: 21)) }
      var planes = [Float](repeating: .nan, count: 3 * n + 1)
      planes.withUnsafeMutableBufferPointer { planes in
        let red = planes.baseAddress!
        variant.kernels.mix_pixels(
          Int64(n), Int64(taps), starts, weights, 1 / 255, line, red, red + n, red + 2 * n)
      }
      for i in 0..<n {
        for channel in 0..<3 {
          let products = (0..<taps).map {
            Double(weights[i * taps + $0]) * Double(line[4 * (Int(starts[i]) + $0) + channel])
          }
          let bound = Double(taps + 4) * 0x1p-24 * products.reduce(0) { $0 + abs($1) } / 255
          let wanted = min(max(products.reduce(0, +) / 255, 0), 1)
          #expect(abs(Double(planes[channel * n + i]) - wanted) <= bound, "\(n), \(taps), \(i)")
        }
      }
      #expect(planes[3 * n].isNaN, "nothing beyond the end")
    }
  }
}

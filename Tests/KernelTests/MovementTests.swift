import CKernels
import Testing

@Suite struct MovementTests {
  @Test("axes swap places, any part of the outer axis alone", arguments: Variant.all)
  func swapAxes(variant: Variant) {
    for (outer, a, b, inner) in [
      (1, 1, 1, 1), (2, 3, 5, 1), (3, 17, 33, 1), (2, 16, 16, 1), (2, 7, 4, 3), (3, 5, 2, 64),
      (0, 4, 4, 1), (1, 0, 3, 2), (1, 3, 4, 0),
    ] {
      let count = outer * a * b * inner
      let input = (0..<count).map(Float.init)
      let x = GuardedBuffer(input)
      let y = GuardedBuffer<Float>(repeating: -1, count: count)
      let (half, end) = (Int64(outer / 2), Int64(outer))
      for (from, to) in [(half, end), (0, half)] {
        variant.kernels.swap_axes(from, to, Int64(a), Int64(b), Int64(inner), x.pointer, y.pointer)
      }
      var wanted = [Float]()
      for o in 0..<outer {
        for j in 0..<b {
          for i in 0..<a {
            for k in 0..<inner { wanted.append(input[((o * a + i) * b + j) * inner + k]) }
          }
        }
      }
      #expect(y.values == wanted, "[\(outer), \(a), \(b), \(inner)]")
    }
  }

  @Test(
    "patches are (c, y, x) vectors row by row, and unpatchify undoes it", arguments: Variant.all)
  func patches(variant: Variant) {
    for (images, channels, height, width, patch) in [
      (2, 3, 8, 12, 4), (1, 1, 6, 6, 1), (3, 3, 16, 32, 16), (2, 2, 6, 9, 3), (0, 3, 8, 8, 4),
    ] {
      let count = images * channels * height * width
      let input = (0..<count).map(Float.init)
      let image = GuardedBuffer(input)
      let output = GuardedBuffer<Float>(repeating: -1, count: count)
      let (c, h, w, p) = (Int64(channels), Int64(height), Int64(width), Int64(patch))
      for index in 0..<Int64(images) {
        variant.kernels.patchify(index, index + 1, c, h, w, p, image.pointer, output.pointer)
      }
      let wanted = patchVectors(input, images, channels, height, width, patch)
      #expect(output.values == wanted, "\(images) images \(channels) x \(height) x \(width)")
      let back = GuardedBuffer<Float>(repeating: -1, count: count)
      variant.kernels.unpatchify(0, Int64(images), c, h, w, p, output.pointer, back.pointer)
      #expect(back.values == input)
    }
  }

  private func patchVectors(
    _ input: [Float], _ images: Int, _ channels: Int, _ height: Int, _ width: Int, _ patch: Int
  ) -> [Float] {
    var wanted = [Float]()
    for b in 0..<images {
      for row in 0..<(height / patch) {
        for column in 0..<(width / patch) {
          for c in 0..<channels {
            for y in 0..<patch {
              for x in 0..<patch {
                wanted.append(
                  input[
                    ((b * channels + c) * height + row * patch + y) * width + column * patch + x])
              }
            }
          }
        }
      }
    }
    return wanted
  }
}

import Arrays
import Glibc
import Images
import TestSupport
import Testing

/// Red, green, blue of one pixel.
private func pixel(_ image: NDArray, _ y: Int, _ x: Int) -> [Int] {
  let (height, width) = (image.shape[1], image.shape[2])
  let bytes = image.elements(of: UInt8.self)
  return (0..<3).map { Int(bytes[($0 * height + y) * width + x]) }
}

private func noise(_ height: Int, _ width: Int) -> NDArray {
  var random = RandomSource(seed: 3)
  return NDArray(
    (0..<(3 * height * width)).map { _ in UInt8(random.integer(below: 256)) },
    shape: [3, height, width])
}

@Suite("Image files")
struct ImageFileTests {
  @Test(
    "JPEGs of all colour kinds decode to the pixels that Pillow sees",
    arguments: [
      ("colour", Golden.jpegColor, Golden.jpegColorCorners),
      ("grey", Golden.jpegGrey, Golden.jpegGreyCorners),
      ("progressive", Golden.jpegProgressive, Golden.jpegProgressiveCorners),
      ("CMYK", Golden.jpegCMYK, Golden.jpegCMYKCorners),
    ])
  func jpegKinds(name: String, bytes: [UInt8], corners: [UInt8]) throws {
    let image = try ImageFile.decode(bytes, name: name)
    #expect(image.shape == [3, 16, 24])
    #expect(image.elementType == .uint8)
    let seen = [(0, 0), (0, 23), (15, 0), (15, 23)].flatMap { pixel(image, $0.0, $0.1) }
    // Two libjpeg builds may differ by 1 in each of two roundings (the transform, the colours).
    for (a, b) in zip(seen, corners) { #expect(abs(a - Int(b)) <= 2, "\(seen)") }
  }

  @Test("grey, 16-bit and palette PNGs become 8-bit RGB")
  func pngKinds() throws {
    let grey = try ImageFile.decode(Golden.pngGrey, name: "grey")
    #expect(grey.shape == [3, 1, 2])
    #expect(pixel(grey, 0, 0) == [0, 0, 0] && pixel(grey, 0, 1) == [200, 200, 200])
    // 0x8000 / 0xFFFF * 255 = 127.502
    let deep = try ImageFile.decode(Golden.pngGrey16, name: "grey 16")
    #expect(pixel(deep, 0, 0) == [128, 128, 128] && pixel(deep, 0, 1) == [255, 255, 255])
    // 0x1080 / 0xFFFF * 255 = 16.436
    #expect(pixel(try ImageFile.decode(Golden.pngRGB16, name: "rgb 16"), 0, 0) == [16, 128, 255])
    let palette = try ImageFile.decode(Golden.pngPalette, name: "palette")
    #expect(pixel(palette, 0, 0) == [255, 0, 0] && pixel(palette, 1, 1) == [9, 8, 7])
  }

  @Test("alpha is laid over white, at 16 bits too")
  func alpha() throws {
    let image = try ImageFile.decode(Golden.pngRGBA, name: "alpha")
    #expect(pixel(image, 0, 0) == [255, 0, 0])
    #expect(pixel(image, 0, 1) == [255, 255, 255])
    #expect(pixel(image, 0, 2) == [127, 127, 127])
    let deep = try ImageFile.decode(Golden.pngRGBA16, name: "alpha 16")
    #expect(pixel(deep, 0, 0) == [255, 255, 255])
    #expect(pixel(deep, 0, 1) == [127, 127, 127])
    // (100 * 128 + 255 * 127) / 255 = 177.2
    let grey = try ImageFile.decode(Golden.pngGreyAlpha, name: "grey alpha")
    #expect(pixel(grey, 0, 0) == [177, 177, 177])
    let clear = try ImageFile.decode(Golden.pngPaletteClear, name: "palette alpha")
    #expect(pixel(clear, 0, 1) == [255, 255, 255] && pixel(clear, 0, 0) == [255, 0, 0])
  }

  @Test("every truncation of a file is an error, never a grey rest")
  func truncated() throws {
    let png = try ImageFile.png(noise(8, 8))
    for (format, bytes) in [
      ("JPEG", Golden.jpegColor), ("JPEG", Golden.jpegProgressive), ("PNG", png),
    ] {
      // The last two bytes of a JPEG are its end marker, without which all pixels may be there.
      for count in stride(from: 8, to: bytes.count - 2, by: 5) {
        let error = #expect(throws: ImageError.self, "\(format), \(count) of \(bytes.count)") {
          try ImageFile.decode(Array(bytes[..<count]), name: "half.x")
        }
        guard case .damaged("half.x", format, let reason) = error else {
          Issue.record("\(String(describing: error))")
          continue
        }
        #expect(!reason.isEmpty)
      }
    }
  }

  @Test("a changed byte anywhere is an error or an image of the right size, never a crash")
  func corrupt() throws {
    var random = RandomSource(seed: 11)
    for original in [Golden.jpegColor, Golden.jpegProgressive, Golden.pngPalette, Golden.jpegCMYK] {
      for _ in 0..<200 {
        var bytes = original
        bytes[8 + random.integer(below: bytes.count - 8)] = UInt8(random.integer(below: 256))
        guard let image = try? ImageFile.decode(bytes, name: "corrupt") else { continue }
        #expect(image.rank == 3 && image.shape[0] == 3)
      }
    }
  }

  @Test("headers that promise too many pixels are refused")
  func bombs() {
    for bytes in [Golden.pngBomb, Golden.jpegBomb] {
      let error = #expect(throws: ImageError.self) { try ImageFile.decode(bytes, name: "bomb") }
      #expect("\(error!)".contains("more than the limit"), "\(error!)")
    }
  }

  @Test("empty, foreign and missing files and folders are told apart")
  func notImages() {
    #expect(throws: ImageError.empty(path: "a.png")) { try ImageFile.decode([], name: "a.png") }
    #expect(throws: ImageError.unknownFormat(path: "a.png")) {
      try ImageFile.decode(Array("GIF89a, or so".utf8), name: "a.png")
    }
    let scratch = Scratch()
    #expect(throws: ImageError.unreadable(path: scratch.path, reason: "it is a folder")) {
      try ImageFile.read(scratch.path)
    }
    let missing = scratch.path + "/none.png"
    #expect(throws: ImageError.unreadable(path: missing, reason: "No such file or directory")) {
      try ImageFile.read(missing)
    }
  }

  @Test("PNG keeps every byte", arguments: [(1, 1), (3, 5), (17, 2)])
  func pngRoundTrip(height: Int, width: Int) throws {
    let image = noise(height, width)
    #expect(try ImageFile.decode(ImageFile.png(image), name: "round") == image)
  }

  @Test("JPEG of quality 100 keeps smooth pixels within a few levels, and lower quality is smaller")
  func jpegRoundTrip() throws {
    let image = try ImageFile.decode(Golden.jpegColor, name: "colour")
    let fine = try ImageFile.jpeg(image, quality: 100)
    let back = try ImageFile.decode(fine, name: "back")
    for (a, b) in zip(image.elements(of: UInt8.self), back.elements(of: UInt8.self)) {
      #expect(abs(Int(a) - Int(b)) <= 4)
    }
    #expect(
      try ImageFile.jpeg(noise(64, 64), quality: 20).count < ImageFile.jpeg(noise(64, 64)).count)
  }

  @Test("floats are clamped and rounded, one channel is grey, NaN is black")
  func floats() throws {
    let values: [Float] = [-1, 0.5, 2, .nan]
    let image = try ImageFile.decode(
      ImageFile.png(NDArray(values, shape: [1, 1, 4])), name: "floats")
    #expect((0..<4).map { pixel(image, 0, $0)[0] } == [0, 128, 255, 0])
    #expect(throws: ImageError.self) { try ImageFile.png(NDArray(zeros: [2, 4, 4])) }
    #expect(throws: ImageError.self) { try ImageFile.png(NDArray(zeros: [3, 0, 4])) }
  }

  @Test("the size is read from the header alone")
  func size() throws {
    #expect(try ImageFile.size(of: Golden.jpegColor, name: "c") == (16, 24))
    #expect(try ImageFile.size(of: Array(Golden.pngPalette.dropLast(20)), name: "p").width == 2)
    #expect(throws: ImageError.self) { try ImageFile.size(of: Golden.pngBomb, name: "bomb") }
  }

  @Test("a JPEG comes smaller by a power of two as long as both sides keep enough pixels")
  func least() throws {
    let bytes = try ImageFile.jpeg(noise(64, 96))
    let sides = try [0, 65, 64, 33, 32, 16, 9, 8, 1].map {
      try ImageFile.decode(bytes, name: "least", least: $0).shape[1]
    }
    #expect(sides == [64, 64, 64, 64, 32, 16, 16, 8, 8])
  }

  @Test("the extension says the format, others are refused")
  func extensions() throws {
    let scratch = Scratch()
    try ImageFile.write(noise(4, 4), to: scratch.path + "/a.JPG")
    try ImageFile.write(noise(4, 4), to: scratch.path + "/a.png")
    #expect(try ImageFile.bytes(of: scratch.path + "/a.JPG").prefix(2) == [0xFF, 0xD8])
    #expect(try ImageFile.bytes(of: scratch.path + "/a.png").prefix(2) == [0x89, 0x50])
    #expect(throws: ImageError.unknownExtension(path: "a.bmp")) {
      try ImageFile.write(noise(4, 4), to: "a.bmp")
    }
  }
}

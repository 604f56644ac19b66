import Arrays
import Foundation
import Testing

@testable import Images

@Suite("Pictures")
struct PicturesTests {
  @Test("a grid puts images in rows with a border, enlarged by a whole number")
  func grid() {
    let images = NDArray((0..<9).map { Float($0) / 10 }, shape: [3, 3, 1, 1])
    let picture = Pictures.grid(images, columns: 2, scale: 1)
    #expect(picture.shape == [3, 5, 5])
    let red = Array(picture.elements(of: Float.self).prefix(25))
    // White but for the images' places; the last place of the second row stays empty.
    #expect(red[6] == 0 && red[8] == 0.3 && red[16] == 0.6 && red[18] == 1)
    #expect(red.filter { $0 == 1 }.count == 22)
    #expect(Pictures.grid(images, columns: 3, scale: 4).shape == [3, 8, 20])
  }

  @Test("grey images and bytes become colour floats; no image is an empty picture")
  func gridKinds() {
    let grey = Pictures.grid(NDArray(repeating: UInt8(51), shape: [1, 1, 2, 2]), scale: 1)
    let values = grey.elements(of: Float.self)
    #expect((0..<3).allSatisfy { abs(values[$0 * 16 + 5] - 0.2) < 1e-6 })
    #expect(Pictures.grid(NDArray(zeros: [0, 3, 4, 4])).rank == 3)
  }

  @Test("two pixels make a half block, colours are told where they change")
  func halfBlocks() throws {
    let picture = NDArray(
      [255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255] as [UInt8], shape: [3, 2, 2])
    #expect(
      try Pictures.halfBlocks(picture, columns: 80, rows: 20)
        == "\u{1B}[38;2;255;0;0m\u{1B}[48;2;0;0;255m\u{2580}\u{2580}\u{1B}[0m\n")
    #expect(
      try Pictures.halfBlocks(picture, columns: 80, rows: 20, ink: .colors256)
        == "\u{1B}[38;5;196m\u{1B}[48;5;21m\u{2580}\u{2580}\u{1B}[0m\n")
  }

  @Test("letters have no escape codes and follow brightness")
  func letters() throws {
    let ramp = NDArray((0..<10).map { Float($0) / 9 }, shape: [1, 1, 10])
    #expect(try Pictures.halfBlocks(ramp, columns: 80, rows: 2, ink: .ascii) == " .:-=+*#%@\n")
  }

  @Test(
    "a picture is shrunk to fit, never cut", arguments: [(200, 100), (100, 333), (7, 5), (81, 1)])
  func fits(width: Int, height: Int) throws {
    // 0.45 lies in the middle of what one letter stands for.
    let picture = NDArray(repeating: Float(0.45), shape: [3, height, width])
    let lines = try Pictures.halfBlocks(picture, columns: 80, rows: 24, ink: .ascii)
      .split(separator: "\n")
    #expect(lines.count <= 24 && lines.allSatisfy { $0.count <= 80 })
    #expect(Set(lines.map(\.count)).count == 1)
    #expect(lines.count == 24 || lines[0].count == 80 || lines[0].count == width)
    // An even grey stays one.
    #expect(Set(lines.joined()).count == 1)
  }

  @Test(
    "greys of 256 colours are the nearest of the ramp or the cube",
    arguments: [0, 8, 100, 238, 255])
  func greys(value: Int) throws {
    let text = try Pictures.halfBlocks(
      NDArray(repeating: UInt8(value), shape: [1, 2, 1]), columns: 8, rows: 8, ink: .colors256)
    let wanted = [0: "16", 8: "232", 100: "241", 238: "255", 255: "231"][value] ?? ""
    #expect(text.contains("38;5;\(wanted)m"), "\(text.dropFirst())")
  }

  @Test("what is no picture is an error that says so")
  func wrong() {
    #expect(throws: ImageError.self) {
      try Pictures.halfBlocks(NDArray(zeros: [2, 4, 4]), columns: 8, rows: 8)
    }
    #expect(throws: ImageError.self) { try Pictures.sixel(NDArray(zeros: [4])) }
  }

  @Test("sixels decode to the picture, within the percent that they are told in")
  func sixel() throws {
    var random = RandomSource(seed: 2)
    // At most 200 colours, each in a cell of its own: the palette holds them all.
    let colors = (0..<200).map { index in
      [index % 32 * 8, index / 32 * 8, random.integer(below: 256)]
    }
    let (height, width) = (13, 31)
    var bytes = [UInt8](repeating: 0, count: 3 * height * width)
    for pixel in 0..<(height * width) {
      let color = colors[random.integer(below: 200)]
      for channel in 0..<3 { bytes[channel * height * width + pixel] = UInt8(color[channel]) }
    }
    let decoded = decode(
      try Pictures.sixel(NDArray(bytes, shape: [3, height, width])), height, width)
    // Half a percent of 255, rounded up.
    for (a, b) in zip(decoded, bytes) { #expect(abs(a - Int(b)) <= 2) }
  }

  @Test("kitty's chunks hold the picture as a PNG")
  func kitty() throws {
    var random = RandomSource(seed: 3)
    let (height, width) = (40, 61)
    let bytes = (0..<(3 * height * width)).map { _ in UInt8(random.integer(below: 256)) }
    let picture = NDArray(bytes, shape: [3, height, width])
    let text = try Pictures.kitty(picture)
    let chunks = text.split(separator: "\u{1B}\\")
    #expect(chunks.count == 3 && text.hasSuffix("\u{1B}\\"))
    var data = ""
    for (index, chunk) in chunks.enumerated() {
      let more = index + 1 < chunks.count ? "m=1;" : "m=0;"
      let head = "\u{1B}_G" + (index == 0 ? "a=T,f=100,q=2," : "") + more
      #expect(chunk.hasPrefix(head) && chunk.count - head.count <= 4096)
      data += chunk.dropFirst(head.count)
    }
    let png = try #require(Data(base64Encoded: data))
    let decoded = try ImageFile.decode(Array(png), name: "it")
    #expect(decoded.elements(of: UInt8.self) == bytes)
    // At most so many pixels.
    let small = try Pictures.kitty(picture, width: 20, height: 20)
    #expect(small.count < text.count)
    #expect(Pictures.kitty(png: [1], id: 7) == "\u{1B}_Ga=T,f=100,q=2,i=7,p=1,C=1,m=0;AQ==\u{1B}\\")
  }

  @Test("base 64", arguments: [0, 1, 2, 3, 4, 57, 58, 255])
  func base64(count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    let expected = Data(bytes).base64EncodedString()
    #expect(String(decoding: Pictures.base64(bytes), as: UTF8.self) == expected)
  }

  @Test("more colours than the palette holds come out near")
  func manyColors() throws {
    let (height, width) = (32, 32)
    let red: [UInt8] = (0..<1024).map { UInt8($0 % 32 * 8) }
    let green: [UInt8] = (0..<1024).map { UInt8($0 / 32 * 8) }
    let blue: [UInt8] = (0..<1024).map { UInt8(255 - $0 / 4) }
    let bytes = red + green + blue
    let decoded = decode(
      try Pictures.sixel(NDArray(bytes, shape: [3, height, width])), height, width)
    let error = zip(decoded, bytes).map { abs($0 - Int($1)) }.max() ?? 255
    // 1024 colours on a square surface in 256 boxes: 2 x 2 cells of 8 levels on average.
    #expect(error <= 32, "\(error)")
  }

  /// Planes of the pixels that sixels draw; -1 where they draw nothing.
  private func decode(_ text: String, _ height: Int, _ width: Int) -> [Int] {
    var planes = [Int](repeating: -1, count: 3 * height * width)
    var palette: [Int: [Int]] = [:]
    var (color, x, top) = (0, 0, 0)
    let body = Array(text.unicodeScalars.map { Int($0.value) })
    var at = (body.firstIndex(of: 113) ?? 0) + 1  // q
    func numbers() -> [Int] {
      var list = [0]
      while at < body.count, (48...57).contains(body[at]) || body[at] == 59 {
        if body[at] == 59 {
          list.append(0)
        } else {
          list[list.count - 1] = list[list.count - 1] * 10 + body[at] - 48
        }
        at += 1
      }
      return list
    }
    while at < body.count, body[at] != 0x1B {
      let letter = body[at]
      at += 1
      switch letter {
      case 34: #expect(numbers() == [1, 1, width, height])
      case 35:
        let list = numbers()
        color = list[0]
        if list.count == 5 { palette[color] = list[2...].map { ($0 * 255 + 50) / 100 } }
      case 36: x = 0
      case 45: (x, top) = (0, top + 6)
      default:
        let count = letter == 33 ? numbers()[0] : 1
        let bits = (letter == 33 ? body[at] : letter) - 63
        if letter == 33 { at += 1 }
        for column in x..<(x + count) {
          for row in 0..<6 where bits >> row & 1 == 1 {
            for channel in 0..<3 {
              planes[(channel * height + top + row) * width + column] =
                palette[color]?[channel] ?? -1
            }
          }
        }
        x += count
      }
    }
    return planes
  }
}

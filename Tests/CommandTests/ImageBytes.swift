/// Image files byte by byte, the unusual ones that no program at hand writes.
enum ImageBytes {
  /// What the samples of a PNG mean.
  enum PNGColor: UInt8 {
    case grey = 0
    case rgb = 2
    case greyAlpha = 4
    case rgba = 6
  }

  /// A PNG whose every pixel has the same samples, each of `depth` bits (8 or 16), not compressed.
  static func png(
    _ color: PNGColor, _ samples: [Int], width: Int = 4, height: Int = 3, depth: Int = 8
  ) -> [UInt8] {
    let pixel = samples.flatMap { depth == 16 ? [UInt8($0 >> 8), UInt8($0 & 0xFF)] : [UInt8($0)] }
    let line = [0] + Array(repeating: pixel, count: width).joined()
    let lines = Array(Array(repeating: line, count: height).joined())
    return signature + header(color, width: width, height: height, depth: depth)
      + chunk("IDAT", stored(lines)) + chunk("IEND", [])
  }

  /// The beginning of a PNG that claims a size; no pixel follows.
  static func pngClaiming(width: Int, height: Int) -> [UInt8] {
    signature + header(.rgb, width: width, height: height, depth: 8)
      + chunk("IDAT", stored([0])) + chunk("IEND", [])
  }

  private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  private static func header(_ color: PNGColor, width: Int, height: Int, depth: Int) -> [UInt8] {
    chunk("IHDR", bigEndian(width) + bigEndian(height) + [UInt8(depth), color.rawValue, 0, 0, 0])
  }

  private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + data
    return bigEndian(data.count) + body + bigEndian(Int(checksum(body)))
  }

  private static func bigEndian(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  /// The CRC-32 of the PNG specification, annex D, bit by bit.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { rest, _ in
        rest & 1 == 1 ? rest >> 1 ^ 0xEDB8_8320 : rest >> 1
      }
    }
  }

  /// A zlib stream of one stored block (RFC 1950, RFC 1951), at most 65535 bytes.
  private static func stored(_ bytes: [UInt8]) -> [UInt8] {
    let (low, high) = (UInt8(bytes.count & 0xFF), UInt8(bytes.count >> 8))
    var a = 1, b = 0
    for byte in bytes {
      a = (a + Int(byte)) % 65521
      b = (b + a) % 65521
    }
    return [0x78, 0x01, 0x01, low, high, ~low, ~high] + bytes + bigEndian(b << 16 | a)
  }

  // MARK: - JPEG

  /// A baseline JPEG of 8 x 8 pixels (claimed: another size) that all have the same components, as they
  /// are stored: one is grey, three are Y Cb Cr, four with Adobe's marker are inverted C M Y K.
  static func jpeg(_ components: [Int], width: Int = 8, height: Int = 8) -> [UInt8] {
    let count = UInt8(components.count)
    var bytes: [UInt8] = [0xFF, 0xD8]
    if count == 4 {
      bytes += segment(0xEE, Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, 0])
    }
    bytes += segment(0xDB, [0] + [UInt8](repeating: 1, count: 64))
    let size = [UInt8(height >> 8), UInt8(height & 0xFF), UInt8(width >> 8), UInt8(width & 0xFF)]
    bytes += segment(0xC0, [8] + size + [count] + (1...count).flatMap { [$0, 0x11, 0] })
    // Codes of DC: the twelve categories in four bits each; of AC: one bit that ends the block.
    bytes += segment(0xC4, [0x00, 0, 0, 0, 12] + [UInt8](repeating: 0, count: 12) + Array(0..<12))
    bytes += segment(0xC4, [0x10, 1] + [UInt8](repeating: 0, count: 15) + [0])
    bytes += segment(0xDA, [count] + (1...count).flatMap { [$0, 0x00] } + [0, 63, 0])
    return bytes + scan(components) + [0xFF, 0xD9]
  }

  private static func segment(_ marker: UInt8, _ data: [UInt8]) -> [UInt8] {
    [0xFF, marker, UInt8((data.count + 2) >> 8), UInt8((data.count + 2) & 0xFF)] + data
  }

  private static func scan(_ components: [Int]) -> [UInt8] {
    var bits = ""
    for component in components {
      // The mean of a block is its first coefficient over 8.
      let value = 8 * (component - 128)
      let category = value == 0 ? 0 : String(abs(value), radix: 2).count
      let magnitude = value < 0 ? value + (1 << category) - 1 : value
      bits += padded(category, 4) + (category == 0 ? "" : padded(magnitude, category)) + "0"
    }
    while bits.count % 8 != 0 { bits += "1" }
    let digits = Array(bits)
    return stride(from: 0, to: digits.count, by: 8).flatMap { start -> [UInt8] in
      let byte = UInt8(String(digits[start..<(start + 8)]), radix: 2) ?? 0
      return byte == 0xFF ? [0xFF, 0x00] : [byte]
    }
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number, radix: 2)
    return String(repeating: "0", count: width - digits.count) + digits
  }
}

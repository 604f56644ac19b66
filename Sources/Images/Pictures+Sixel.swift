public import Arrays

extension Pictures {
  /// A picture as sixel graphics with 256 colours of its own (median cut), at most so many pixels wide
  /// and high.
  ///
  /// - Shapes: [3, H, W], [1, H, W] or [H, W], float 0 ... 1 or uint8.
  /// - Throws: `ImageError.shape` for anything else.
  /// - Source: DEC STD 070 (sixels); Heckbert 1982 (median cut).
  public static func sixel(
    _ picture: NDArray, width: Int = 800, height: Int = 600
  ) throws(ImageError) -> String {
    let raster = try Raster(picture, columns: width, rows: height)
    let palette = Palette(raster, limit: 256)
    var text = "\u{1B}P0;1;0q\"1;1;\(raster.width);\(raster.height)"
    for (index, color) in palette.colors.enumerated() {
      text += "#\(index);2;\(percent(color.red));\(percent(color.green));\(percent(color.blue))"
    }
    for top in stride(from: 0, to: raster.height, by: 6) {
      band(raster, palette, top, into: &text)
    }
    return text + "\u{1B}\\"
  }

  /// Sixels tell colours in percent.
  private static func percent(_ value: Int) -> Int { (value * 100 + 127) / 255 }

  /// Six rows: for each colour in them the columns that have it, one bit a row.
  private static func band(
    _ raster: Raster, _ palette: Palette, _ top: Int, into text: inout String
  ) {
    var columns: [Int: [UInt8]] = [:]
    for y in top..<min(top + 6, raster.height) {
      for x in 0..<raster.width {
        columns[palette.index(of: raster[x, y]), default: Array(repeating: 0, count: raster.width)][
          x] |= 1 << UInt8(y - top)
      }
    }
    for (color, bits) in columns.sorted(by: { $0.key < $1.key }) {
      text += "#\(color)"
      appendRuns(bits, to: &text)
      text += "$"
    }
    text += "-"
  }

  private static func appendRuns(_ bits: [UInt8], to text: inout String) {
    var start = 0
    while start < bits.count {
      var end = start + 1
      while end < bits.count, bits[end] == bits[start] { end += 1 }
      let letter = String(UnicodeScalar(63 + bits[start]))
      text +=
        end - start > 3 ? "!\(end - start)\(letter)" : String(repeating: letter, count: end - start)
      start = end
    }
  }
}

/// A few colours that stand for all of a picture's.
private struct Palette {
  private(set) var colors: [Color] = []
  private var indexByCell: [Int: Int] = [:]

  /// Pixels whose colours agree in the five high bits of each channel.
  private struct Cell {
    let key: Int
    var count = 0, red = 0, green = 0, blue = 0

    func channel(_ axis: Int) -> Int { (key >> (5 * (2 - axis))) & 31 }
  }

  init(_ raster: Raster, limit: Int) {
    var cells: [Int: Cell] = [:]
    for y in 0..<raster.height {
      for x in 0..<raster.width {
        let color = raster[x, y]
        let key = Self.key(color)
        var cell = cells[key] ?? Cell(key: key)
        cell.count += 1
        cell.red += color.red
        cell.green += color.green
        cell.blue += color.blue
        cells[key] = cell
      }
    }
    for box in Self.boxes(cells.values.sorted { $0.key < $1.key }, limit) {
      for cell in box { indexByCell[cell.key] = colors.count }
      colors.append(Self.mean(box))
    }
  }

  func index(of color: Color) -> Int { indexByCell[Self.key(color)] ?? 0 }

  private static func key(_ color: Color) -> Int {
    (color.red >> 3) << 10 | (color.green >> 3) << 5 | color.blue >> 3
  }

  private static func mean(_ box: [Cell]) -> Color {
    let count = box.reduce(0) { $0 + $1.count }
    func mean(_ sum: Int) -> Int { (sum + count / 2) / max(1, count) }
    return Color(
      red: mean(box.reduce(0) { $0 + $1.red }), green: mean(box.reduce(0) { $0 + $1.green }),
      blue: mean(box.reduce(0) { $0 + $1.blue }))
  }

  /// Halves the box of most pixels times extent until there are `limit` or none can be halved.
  private static func boxes(_ cells: [Cell], _ limit: Int) -> [[Cell]] {
    var boxes = [(cells: cells, weight: weight(cells))]
    while boxes.count < limit,
      let widest = boxes.indices.max(by: { boxes[$0].weight < boxes[$1].weight }),
      boxes[widest].weight > 0
    {
      let (low, high) = halves(boxes.remove(at: widest).cells)
      boxes.append((low, weight(low)))
      boxes.append((high, weight(high)))
    }
    return boxes.map(\.cells)
  }

  private static func extent(_ box: [Cell], _ axis: Int) -> Int {
    (box.map { $0.channel(axis) }.max() ?? 0) - (box.map { $0.channel(axis) }.min() ?? 0)
  }

  private static func weight(_ box: [Cell]) -> Int {
    let longest = (0..<3).map { extent(box, $0) }.max() ?? 0
    return longest * box.reduce(0) { $0 + $1.count }
  }

  /// Split along the longest axis where half of the pixels lie on each side.
  private static func halves(_ box: [Cell]) -> ([Cell], [Cell]) {
    let axis = (0..<3).max { extent(box, $0) < extent(box, $1) } ?? 0
    let sorted = box.sorted { ($0.channel(axis), $0.key) < ($1.channel(axis), $1.key) }
    let half = sorted.reduce(0) { $0 + $1.count } / 2
    var (cut, seen) = (0, 0)
    while cut < sorted.count - 1, seen + sorted[cut].count <= half || cut == 0 {
      seen += sorted[cut].count
      cut += 1
    }
    return (Array(sorted[..<cut]), Array(sorted[cut...]))
  }
}

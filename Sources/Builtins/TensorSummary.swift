import Arrays
import Interpreter

/// What a tensor looks like at the prompt: shape, type, range, how its numbers are spread, and its corners.
enum TensorSummary {
  static func text(_ array: NDArray, width: Int) -> String {
    let head = head(array, width: width)
    guard array.rank > 0, array.count > 0 else { return head }
    let picture = array.elementType == .bool ? MaskPicture.text(array, width: width) : nil
    return head + "\n" + (picture ?? slice(array, width))
  }

  /// The first line: shape, type, range, and the spread of the numbers where there is room.
  static func head(_ array: NDArray, width: Int) -> String {
    if array.rank == 0 { return element(array, 0) }
    let isMask = array.elementType == .bool
    var head = "\(isMask ? "mask" : "tensor") \(array.shape)"
    if isMask {
      let share = array.withElements(of: Bool.self) { $0.lazy.filter { $0 }.count }
      head += "  \(share) of \(array.count) true"
    } else {
      head += "  " + ([array.elementType.name] + statistics(array)).joined(separator: "  ")
      let line = Sparkline.histogram(of: array)
      if !line.isEmpty, head.count + 2 + line.count <= width { head += "  " + line }
    }
    return head
  }

  private static func statistics(_ array: NDArray) -> [String] {
    guard array.count > 0 else { return ["empty"] }
    let statistics = array.statistics
    var parts = [String]()
    if let low = statistics.minimum, let mean = statistics.mean, let high = statistics.maximum {
      parts += ["min \(short(low))", "mean \(short(mean))", "max \(short(high))"]
    }
    if statistics.nanCount > 0 { parts.append("\(statistics.nanCount) nan") }
    if statistics.infiniteCount > 0 { parts.append("\(statistics.infiniteCount) infinite") }
    return parts
  }

  /// The last two axes; of a higher rank those of the first slice, which is named.
  private static func slice(_ array: NDArray, _ width: Int) -> String {
    let text = corners(array, width: width)
    guard array.rank > 2 else { return text }
    let zeros = Array(repeating: "0", count: array.rank - 2).joined(separator: ", ")
    return "  [\(zeros), :, :]\n" + text
  }

  /// Up to 6 rows and as many columns as fit, the middle left out; numbers of one scale stand with their
  /// points below each other.
  private static func corners(_ array: NDArray, width: Int) -> String {
    let extents = array.shape.extents
    let columns = extents[extents.count - 1]
    let rows = extents.count > 1 ? extents[extents.count - 2] : 1
    let rowsShown = picked(rows, limit: 6)
    let columnsShown = picked(columns, limit: max(3, min(12, (width - 4) / 9)))
    let values = rowsShown.compactMap(\.self).flatMap { row in
      columnsShown.compactMap(\.self).map { array.number(at: row * columns + $0) }
    }
    let format = array.elementType == .bool ? nil : NumberColumn(values)
    return rowsShown.map { row in
      guard let row else { return "    ..." }
      let cells = columnsShown.map { column -> String in
        guard let column else { return "..." }
        let position = row * columns + column
        let text = format.map { $0.text(array.number(at: position)) } ?? element(array, position)
        return String(repeating: " ", count: max(0, 8 - text.count)) + text
      }
      return "  " + cells.joined(separator: " ")
    }.joined(separator: "\n")
  }

  /// Indices from both ends, nil for the gap.
  static func picked(_ count: Int, limit: Int) -> [Int?] {
    guard count > limit else { return Array(0..<count) }
    let tail = limit / 2
    return Array(0..<(limit - tail - 1)) + [nil] + Array((count - tail)..<count)
  }

  private static func element(_ array: NDArray, _ position: Int) -> String {
    let value = array.number(at: position)
    if array.elementType == .bool { return value != 0 ? "true" : "false" }
    return short(value)
  }

  /// Four significant digits.
  static func short(_ value: Double) -> String {
    guard value.isFinite, value != 0, value != value.rounded() || abs(value) >= 1e6 else {
      return Display.number(value)
    }
    var scale = 1.0
    var magnitude = abs(value)
    var exponent = 0
    while magnitude >= 10 {
      magnitude /= 10
      exponent += 1
    }
    while magnitude < 1 {
      magnitude *= 10
      exponent -= 1
    }
    if exponent >= 6 || exponent < -4 {
      var mantissa = (magnitude * 1000).rounded() / 1000
      // 9.9999e-9 is 1e-8.
      if mantissa >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
      return (value < 0 ? "-" : "") + Display.number(mantissa) + "e\(exponent)"
    }
    for _ in 0..<max(0, 3 - exponent) { scale *= 10 }
    return Display.number((value * scale).rounded() / scale)
  }
}

import Arrays
import Interpreter

/// What a tensor looks like at the prompt: shape, type, range, and its corners if it is small.
enum TensorSummary {
  static func text(_ array: NDArray, width: Int) -> String {
    if array.rank == 0 { return element(array, 0) }
    let kind = array.elementType == .bool ? "mask" : "tensor"
    var parts = ["\(kind) \(array.shape)"]
    if array.elementType == .bool {
      let share = array.withElements(of: Bool.self) { $0.lazy.filter { $0 }.count }
      parts.append("\(share) of \(array.count) true")
    } else {
      parts.append(array.elementType.name)
      parts += statistics(array)
    }
    let head = parts.joined(separator: "  ")
    guard array.rank <= 2, array.count > 0 else { return head }
    return head + "\n" + corners(array, width: width)
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

  /// Up to 6 rows and as many columns as fit, the middle left out.
  private static func corners(_ array: NDArray, width: Int) -> String {
    let (rows, columns) = array.shape.rowsAndColumns
    let rowsShown = picked(rows, limit: 6)
    let columnsShown = picked(columns, limit: max(3, min(12, (width - 4) / 9)))
    return rowsShown.map { row in
      guard let row else { return "    ..." }
      let cells = columnsShown.map { column -> String in
        guard let column else { return "..." }
        let text = element(array, row * columns + column)
        return String(repeating: " ", count: max(0, 8 - text.count)) + text
      }
      return "  " + cells.joined(separator: " ")
    }.joined(separator: "\n")
  }

  /// Indices from both ends, nil for the gap.
  private static func picked(_ count: Int, limit: Int) -> [Int?] {
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
      let mantissa = (value.sign == .minus ? -magnitude : magnitude) * 1000
      return Display.number(mantissa.rounded() / 1000) + "e\(exponent)"
    }
    for _ in 0..<max(0, 3 - exponent) { scale *= 10 }
    return Display.number((value * scale).rounded() / scale)
  }
}

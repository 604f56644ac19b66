import Arrays
import Glibc

/// How numbers are spread, in one short row of bars.
enum Sparkline {
  private static let bins = 16
  /// As many elements as are looked at; of more, evenly spaced ones.
  private static let sampleMax = 1 << 16
  /// Fewer say more as numbers.
  private static let countMin = 16

  /// Bars from the least to the greatest element, each as high as the share of elements in its sixteenth of
  /// that range; empty where all are the same, or few.
  static func histogram(of array: NDArray) -> String {
    guard array.count >= countMin, let range = range(of: array) else { return "" }
    var counts = [Int](repeating: 0, count: bins)
    let stride = max(1, array.count / sampleMax)
    let scale = Double(bins) / (range.upperBound - range.lowerBound)
    guard scale.isFinite else { return "" }
    for position in Swift.stride(from: 0, to: array.count, by: stride) {
      let value = array.number(at: position)
      guard value.isFinite else { continue }
      counts[min(bins - 1, max(0, Int((value - range.lowerBound) * scale)))] += 1
    }
    return bars(counts)
  }

  private static func range(of array: NDArray) -> ClosedRange<Double>? {
    let statistics = array.statistics
    guard let low = statistics.minimum, let high = statistics.maximum, low < high else {
      return nil
    }
    return Double(low)...Double(high)
  }

  /// Bars of eighths; a count that is not zero has one at least.
  static func bars(_ counts: [Int]) -> String {
    let levels = Array(isUnicode ? " ▁▂▃▄▅▆▇█" : " .:-=+*#@")
    guard let most = counts.max(), most > 0 else { return "" }
    return String(
      counts.map { count in
        count == 0 ? levels[0] : levels[max(1, (count * 8 + most / 2) / most)]
      })
  }

  /// Whether the locale's characters are Unicode's.
  static let isUnicode: Bool = {
    for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
      guard let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty else { continue }
      let text = value.uppercased()
      return text.contains("UTF-8") || text.contains("UTF8")
    }
    return false
  }()
}

import Glibc

/// The least and the greatest of some values, and the range of an axis that shows them.
struct Extent {
  var low = Double.infinity, high = -Double.infinity

  init(_ values: [Double]) {
    for value in values { (low, high) = (min(low, value), max(high, value)) }
  }

  /// Whether gnuplot would see no range in it.
  private var isPoint: Bool { high - low <= 1e-9 * max(low.magnitude, high.magnitude) }

  /// gnuplot finds good ranges by itself but where all values are the same, and for logarithmic
  /// axes, which it widens to whole decades. A tight axis ends where the values end.
  func commands(_ axis: String, isLog: Bool, isTight: Bool) -> [String] {
    if isPoint { return ["set \(axis)range \(widenedPoint(isLog: isLog))"] }
    guard isLog else { return isTight ? ["set autoscale \(axis)fix"] : [] }
    let margin = isTight ? 1 : pow(high / low, 0.05)
    let (first, last) = (low / margin, high * margin)
    let range = "set \(axis)range [\(first):\(last)]"
    // Two labels on a logarithmic axis are too few: 1, 2, 5 of each decade, or even steps.
    guard last / first < 100 else { return [range] }
    let tics = last / first < 4 ? Self.evenSteps(first, last) : Self.preferred(first, last)
    return [range, "set \(axis)tics (\(tics.map { "\($0)" }.joined(separator: ", ")))"]
  }

  private func widenedPoint(isLog: Bool) -> String {
    if isLog { return "[\(low / 2):\(high * 2)]" }
    let margin = max(high.magnitude, low.magnitude) * 0.1
    return margin > 0 ? "[\(low - margin):\(high + margin)]" : "[-1:1]"
  }

  private static func preferred(_ first: Double, _ last: Double) -> [Double] {
    let decades = Int(floor(log10(first)))...Int(ceil(log10(last)))
    return decades.flatMap { decade in [1.0, 2, 5].map { scaled($0, decade) } }
      .filter { $0 >= first && $0 <= last }
  }

  /// Four to ten steps of 1, 2 or 5 times a power of ten.
  private static func evenSteps(_ first: Double, _ last: Double) -> [Double] {
    let decade = Int(floor(log10((last - first) / 4)))
    let unit = scaled(1, decade)
    let multiple = [5.0, 2, 1].first { $0 * unit <= (last - first) / 4 } ?? 1
    let steps = Int(ceil(first / (multiple * unit)))...Int(floor(last / (multiple * unit)))
    return steps.map { scaled(Double($0) * multiple, decade) }
  }

  /// Divides for negative powers, so that 2 of the decade -1 is the double nearest to 0.2.
  private static func scaled(_ value: Double, _ decade: Int) -> Double {
    decade < 0 ? value / pow(10, Double(-decade)) : value * pow(10, Double(decade))
  }
}

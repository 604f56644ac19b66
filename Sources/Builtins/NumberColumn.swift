import Interpreter

/// Numbers that stand below each other, with as many decimals as the largest needs for four digits.
struct NumberColumn {
  /// Digits behind the point; nil where the numbers differ too much in size for one form.
  private let decimals: Int?

  init(_ values: [Double]) {
    let finite = values.filter { $0.isFinite && $0 != 0 }.map(abs)
    guard let largest = finite.max(), let smallest = finite.min() else {
      decimals = 0
      return
    }
    if values.allSatisfy({ !$0.isFinite || $0 == $0.rounded() }) {
      decimals = largest < 1e6 ? 0 : nil
    } else if largest >= 1e6 || largest < 1e-3 || smallest < largest * 1e-5 {
      decimals = nil
    } else {
      var exponent = 0
      while Self.power(exponent + 1) <= largest { exponent += 1 }
      let most = largest < 1 ? 4 : max(0, 3 - exponent)
      // Noughts that all of them would end in are left out.
      decimals =
        (0..<most).first { places in
          finite.allSatisfy { value in
            let scale = Self.power(most - places)
            return ((value * Self.power(most)).rounded() / scale).truncatingRemainder(dividingBy: 1)
              == 0
          }
        } ?? most
    }
  }

  private static func power(_ exponent: Int) -> Double {
    (0..<max(0, exponent)).reduce(1.0) { value, _ in value * 10 }
  }

  func text(_ value: Double) -> String {
    guard let decimals, value.isFinite else { return TensorSummary.short(value) }
    let scale = Self.power(decimals)
    // A zero that was rounded to keeps no sign.
    let whole = (value * scale).rounded() + 0
    let digits = String(Int64(abs(whole)))
    let sign = whole < 0 ? "-" : ""
    if decimals == 0 { return sign + digits }
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    return "\(sign)\(padded.dropLast(decimals)).\(padded.suffix(decimals))"
  }
}

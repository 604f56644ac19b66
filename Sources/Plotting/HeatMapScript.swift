/// A matrix as coloured cells with its numbers in them, the first row on top.
struct HeatMapScript {
  let map: Figure.HeatMap
  let isText: Bool
  private let labelFontSize: Int
  private let nameStep: Int

  init(_ map: Figure.HeatMap, _ figure: Figure, isText: Bool) {
    (self.map, self.isText) = (map, isText)
    // The cells are square; the names and the title take about a quarter.
    let cells = max(map.rows.count, map.columns.count, 1)
    let cellPixels = min(figure.width, figure.height) * 3 / 4 / cells
    labelFontSize = min(11, cellPixels / 3)
    nameStep = max(1, (22 + max(cellPixels, 1) - 1) / max(cellPixels, 1))
  }

  /// Smaller numbers than this cannot be read.
  private var hasLabels: Bool { isText || labelFontSize >= 5 }

  var lines: [String] {
    let (rows, columns) = (map.rows.count, map.columns.count)
    guard map.values.contains(where: \.isFinite) else {
      return [
        "unset tics", "unset grid", "set label 1 'no data yet' at graph 0.5,0.5 center",
        "set xrange [0:1]", "set yrange [0:1]", "plot NaN",
      ]
    }
    let finite = map.values.filter(\.isFinite)
    let low = min(0, finite.min() ?? 0), top = finite.max() ?? 1
    let high = top > low ? top : low + 1
    var lines = [
      data, "unset grid", "unset key", "set xrange [-0.5:\(Double(columns) - 0.5)]",
      "set yrange [\(Double(rows) - 0.5):-0.5]",
      "set xtics (\(tics(map.columns)))\(columns > 6 && !isText ? " rotate by 45 right" : "")",
      "set ytics (\(tics(map.rows)))",
    ]
    if !isText {
      lines += [
        "unset border", "set tics scale 0", "set size ratio \(Double(rows) / Double(columns))",
        "set palette defined (0 '#f7fbff', 0.5 '#6baed6', 1 '#08306b')",
        "set cbrange [\(low):\(high)]",
        hasLabels ? "unset colorbox" : "set colorbox noborder",
      ]
    }
    return lines + ["plot " + layers(threshold: low + 0.55 * (high - low)).joined(separator: ", ")]
  }

  private func layers(threshold: Double) -> [String] {
    let cells =
      "$m using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5):3 with boxxyerror "
      + "fs solid noborder lc palette"
    if isText { return ["$m using 1:2:4 with labels"] }
    guard hasLabels else { return [cells] }
    // White on dark cells; nothing counted stands back.
    let color = "($3 > \(threshold) ? 0xffffff : $3 == 0 ? 0xb0b8c0 : 0x222222)"
    return [
      cells,
      "$m using 1:2:4:\(color) with labels textcolor rgb variable font ',\(labelFontSize)'",
    ]
  }

  private var data: String {
    let areCounts = map.values.allSatisfy { !$0.isFinite || ($0 == $0.rounded() && abs($0) < 1e9) }
    var text = "$m << EOD\n"
    for (index, value) in map.values.enumerated() where value.isFinite {
      let label = areCounts ? "\(Int(value))" : Self.short(value)
      text += "\(index % map.columns.count) \(index / map.columns.count) \(value) \(label)\n"
    }
    return text + "EOD"
  }

  /// Two decimals between 0.01 and 1000, else three digits and an exponent.
  static func short(_ value: Double) -> String {
    let size = abs(value)
    if value == 0 { return "0" }
    if size < 0.01 || size >= 1000 {
      var (mantissa, exponent) = (value, 0)
      while abs(mantissa) >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
      while abs(mantissa) < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
      return "\((mantissa * 100).rounded() / 100)e\(exponent)"
    }
    let hundredths = Int((size * 100).rounded())
    let fraction = hundredths % 100
    return "\(value < 0 ? "-" : "")\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
  }

  /// Every name, or every so many where they would overlap.
  private func tics(_ names: [String]) -> String {
    names.enumerated().filter { $0.offset % nameStep == 0 }
      .map { "\(GnuplotScript.quoted($1)) \($0)" }.joined(separator: ", ")
  }
}

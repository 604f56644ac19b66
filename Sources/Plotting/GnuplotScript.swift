/// Figures as gnuplot's commands: text in, text out.
public enum GnuplotScript {
  /// Where the drawing goes.
  public enum Target: Sendable {
    case png(path: String)
    case svg(path: String)
    /// Characters, for a terminal.
    case text(path: String, columns: Int, rows: Int)
    case sixel(path: String)
    case window
  }

  /// Points beyond this many are thinned before they are sent: a screen has fewer columns.
  static let pointsMax = 4000

  public static func script(_ figure: Figure, to target: Target) -> String {
    var lines = ["reset", "set encoding utf8"]
    lines += terminal(figure, target)
    lines += frame(figure, isText: { if case .text = target { true } else { false } }())
    lines.append(
      figure.heatMap.map { heatMap($0) } ?? curves(figure, isText: { if case .text = target { true } else { false } }()))
    lines.append("unset output")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func terminal(_ figure: Figure, _ target: Target) -> [String] {
    let size = "size \(figure.width),\(figure.height)"
    switch target {
    case .png(let path):
      return [
        "set terminal pngcairo noenhanced \(size) font 'DejaVu Sans,12' background '#ffffff'",
        "set output \(quoted(path))",
      ]
    case .svg(let path):
      return [
        "set terminal svg noenhanced \(size) font 'DejaVu Sans,14' background '#ffffff'",
        "set output \(quoted(path))",
      ]
    case .text(let path, let columns, let rows):
      return [
        "set terminal dumb noenhanced mono size \(columns),\(rows)", "set output \(quoted(path))",
      ]
    case .sixel(let path):
      return ["set terminal sixelgd noenhanced \(size)", "set output \(quoted(path))"]
    case .window: return ["set terminal qt noenhanced noraise \(size)"]
    }
  }

  private static func frame(_ figure: Figure, isText: Bool) -> [String] {
    var lines = [String]()
    if !isText {
      lines += [
        "set border 3 lw 1.2 lc rgb '#555555'", "set tics nomirror out scale 0.6",
        "set grid lc rgb '#dddddd' lw 0.8", "set key top right opaque noautotitle",
      ]
    } else {
      lines += ["set tics nomirror", "set key top right noautotitle"]
    }
    if !figure.title.isEmpty { lines.append("set title \(quoted(figure.title))") }
    if !figure.xLabel.isEmpty { lines.append("set xlabel \(quoted(figure.xLabel))") }
    if !figure.yLabel.isEmpty { lines.append("set ylabel \(quoted(figure.yLabel))") }
    if figure.isLogX { lines.append("set logscale x") }
    if figure.isLogY { lines.append("set logscale y") }
    // A ratio r is shown as 100 r %: gnuplot's own format cannot multiply.
    if figure.xFormat == "%" { lines.append("set format x '%.0f%%'") }
    if figure.yFormat == "%" { lines.append("set format y '%.0f%%'") }
    return lines
  }

  /// Colours that people with the common kinds of colour blindness tell apart (Okabe and Ito 2008).
  private static let palette = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000",
  ]

  private static func curves(_ figure: Figure, isText: Bool) -> String {
    guard figure.series.contains(where: { !$0.x.isEmpty }) else {
      return "set xrange [0:1]\nset yrange [0:1]\nplot NaN title 'no data yet'"
    }
    var data = "", plots = [String]()
    for (index, series) in figure.series.enumerated() {
      let points = thinned(series)
      let xScale = figure.xFormat == "%" ? 100.0 : 1, yScale = figure.yFormat == "%" ? 100.0 : 1
      data += "$d\(index) << EOD\n"
      for (x, y) in points {
        // A blank line breaks a curve: that is how a value that is not finite shows.
        data += x.isFinite && y.isFinite ? "\(x * xScale) \(y * yScale)\n" : "\n"
      }
      data += "EOD\n"
      let color = palette[index % palette.count]
      let style =
        switch series.style {
        case .lines: points.count == 1 ? "points pt 7 ps 1.2" : "lines lw 2.2"
        case .points: "points pt 7 ps 1"
        case .bars: "boxes fs solid 0.7"
        }
      let look = isText ? "\(style.split(separator: " ")[0])" : "\(style) lc rgb '\(color)'"
      plots.append("$d\(index) using 1:2 with \(look) title \(quoted(series.name))")
    }
    let bars = figure.series.contains { $0.style == .bars }
    return data + (bars ? "set boxwidth 0.8 relative\nset yrange [0:*]\n" : "") + "plot "
      + plots.joined(separator: ", \\\n     ")
  }

  /// Per column of the picture the least and the greatest value, so that no peak is lost.
  static func thinned(_ series: Figure.Series) -> [(Double, Double)] {
    let points = Array(zip(series.x, series.y))
    guard points.count > pointsMax else { return points }
    let bucket = (points.count * 2 + pointsMax - 1) / pointsMax
    var kept = [(Double, Double)]()
    for start in stride(from: 0, to: points.count, by: bucket) {
      let part = points[start..<min(start + bucket, points.count)]
      let finite = part.filter { $0.1.isFinite }
      guard let low = finite.min(by: { $0.1 < $1.1 }), let high = finite.max(by: { $0.1 < $1.1 })
      else { continue }
      kept += low.0 <= high.0 ? [low, high] : [high, low]
    }
    return kept
  }

  private static func heatMap(_ map: Figure.HeatMap) -> String {
    let (rows, columns) = (map.rows.count, map.columns.count)
    var data = "$m << EOD\n"
    for row in 0..<rows {
      for column in 0..<columns {
        data += "\(column) \(row) \(map.values[row * columns + column])\n"
      }
    }
    data += "EOD\n"
    func tics(_ names: [String]) -> String {
      names.enumerated().map { "\(quoted($1)) \($0)" }.joined(separator: ", ")
    }
    let top = map.values.max() ?? 1
    return data + """
      unset grid
      unset key
      set palette defined (0 '#ffffff', 1 '#0072b2')
      set cbrange [0:\(max(top, 1))]
      set xrange [-0.5:\(columns - 1).5]
      set yrange [\(rows - 1).5:-0.5]
      set xtics (\(tics(map.columns))) rotate by 45 right
      set ytics (\(tics(map.rows)))
      plot $m using 1:2:3 with image, \\
           $m using 1:2:(sprintf('%g', $3)):($3 > \(top * 0.6) ? 0xffffff : 0x222222) with labels tc rgb variable font ',10'
      """
  }

  /// In single quotes gnuplot takes all characters as they are, but for the quote itself and line breaks.
  static func quoted(_ text: String) -> String {
    let line = text.map { $0.isNewline ? " " : String($0) }.joined()
    return "'" + line.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
      + "'"
  }
}

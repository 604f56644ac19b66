/// The series of a figure as data blocks, ranges and one plot command.
struct CurveScript {
  /// Colours that people with the common kinds of colour blindness tell apart (Okabe and Ito 2008).
  static let palette = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000",
  ]
  /// Up to so many points of a line are marked.
  static let markedPointsMax = 40

  /// A series as it is sent: runs of points between the gaps, scaled and thinned.
  private struct Curve {
    var name: String
    var style: Figure.Series.Style
    var runs: [[Point]]
    var points: some Sequence<Point> { runs.joined() }
    var pointCount: Int { runs.reduce(0) { $0 + $1.count } }
  }

  private let figure: Figure
  private let isText: Bool
  private var curves: [Curve] = []
  private var barWidth = 1.0
  private var barPlaces: [Double] = []

  init(_ figure: Figure, isText: Bool) {
    (self.figure, self.isText) = (figure, isText)
    let grid = PixelGrid(
      columns: max(figure.width, 64), rows: max(figure.height, 64), isLogX: figure.isLogX,
      isLogY: figure.isLogY)
    curves = figure.series.map { series in
      let runs = Self.runs(of: series, in: figure)
      return Curve(name: series.name, style: series.style, runs: grid.thinned(runs, series.style))
    }
    placeBars()
  }

  /// The stretches of values that the axes can show.
  private static func runs(of series: Figure.Series, in figure: Figure) -> [[Point]] {
    let xScale = figure.xFormat == "%" ? 100.0 : 1, yScale = figure.yFormat == "%" ? 100.0 : 1
    var runs: [[Point]] = [], run: [Point] = []
    for (x, y) in zip(series.x, series.y) {
      let point = Point(x: x * xScale, y: y * yScale)
      if point.x.magnitude <= Point.magnitudeMax, point.y.magnitude <= Point.magnitudeMax,
        !figure.isLogX || point.x >= Point.logarithmicMin,
        !figure.isLogY || point.y >= Point.logarithmicMin
      {
        run.append(point)
      } else if !run.isEmpty {
        runs.append(run)
        run = []
      }
    }
    return run.isEmpty ? runs : runs + [run]
  }

  /// Bars of several series stand side by side, together four fifths of the least step along x.
  private mutating func placeBars() {
    let barred = curves.indices.filter { curves[$0].style == .bars }
    let places = Set(barred.flatMap { curves[$0].points.map(\.x) }).sorted()
    guard !places.isEmpty else { return }
    barPlaces = places
    let step = zip(places.dropFirst(), places).map { $0 - $1 }.min() ?? 1
    barWidth = 0.8 * step / Double(barred.count)
    // On a logarithmic axis no shift is the same for all bars.
    guard !figure.isLogX else { return }
    for (order, index) in barred.enumerated() {
      let shift = (Double(order) - Double(barred.count - 1) / 2) * barWidth
      curves[index].runs = curves[index].runs.map { run in
        run.map { Point(x: $0.x + shift, y: $0.y) }
      }
    }
  }

  var lines: [String] {
    guard curves.contains(where: { !$0.runs.isEmpty }) else {
      return [
        "unset logscale", "unset tics", "unset grid",
        "set label 1 'no data yet' at graph 0.5,0.5 center",
        "set xrange [0:1]", "set yrange [0:1]", "plot NaN",
      ]
    }
    var data: [String] = [], plots: [String] = []
    for index in curves.indices {
      add(index, &data, &plots)
    }
    return data + key + ranges + ["plot " + plots.joined(separator: ", \\\n     ")]
  }

  private func add(_ index: Int, _ data: inout [String], _ plots: inout [String]) {
    let curve = curves[index]
    let (title, look) = (legend(curve), style(index))
    guard !curve.runs.isEmpty else {
      if !title.isEmpty { plots.append("keyentry with \(look)\(title)") }
      return
    }
    data.append(Self.block("$d\(index)", curve.runs))
    plots.append("$d\(index) using 1:2 with \(look)\(title)")
    // A line through one point alone is nothing to see.
    let lonely = curve.runs.filter { $0.count == 1 }
    if look.hasPrefix("lines "), !lonely.isEmpty {
      data.append(Self.block("$p\(index)", lonely))
      plots.append("$p\(index) using 1:2 with points \(mark(0)) ps 0.7\(color(index))")
    }
  }

  /// A blank line breaks a curve.
  private static func block(_ name: String, _ runs: [[Point]]) -> String {
    var text = "\(name) << EOD\n"
    for (order, run) in runs.enumerated() {
      if order > 0 { text += "\n" }
      for point in run { text += "\(point.x) \(point.y)\n" }
    }
    return text + "EOD"
  }

  /// One curve named as its axis needs no legend.
  private func legend(_ curve: Curve) -> String {
    let isPlain = curves.count == 1 && (curve.name == figure.yLabel || curve.name == figure.title)
    return curve.name.isEmpty || isPlain ? "" : " title \(GnuplotScript.quoted(curve.name))"
  }

  private func color(_ index: Int) -> String {
    let color = Self.palette[index % Self.palette.count]
    // Nobody knows the ground of a terminal: grey shows on black and on white.
    return " lc rgb '\(isText && color == "#000000" ? "#888888" : color)'"
  }

  /// Discs, squares, triangles, diamonds; letters that look like marks where there are only letters.
  private func mark(_ index: Int) -> String {
    isText ? "pt '\(["o", "x", "+", "#"][index % 4])'" : "pt \([7, 5, 9, 13][index % 4])"
  }

  private func style(_ index: Int) -> String {
    // After the last colour the dashes change; in characters each dash is a letter of its own, and a
    // terminal's colours alone do not tell curves apart.
    let dashes = isText ? index % 8 + 1 : index / Self.palette.count % 4 + 1
    let color = color(index)
    switch curves[index].style {
    case .points: return "points \(mark(index)) ps 0.8\(color)"
    case .bars: return "boxes fs solid 0.85 noborder\(color)"
    case .lines:
      let isMarked = !isText && curves[index].pointCount <= Self.markedPointsMax
      return isMarked
        ? "linespoints dt \(dashes) lw 2 pt 7 ps 0.6\(color)" : "lines dt \(dashes) lw 2\(color)"
    }
  }

  /// The legend never hides data: between title and curves, or at the side where it is long.
  private var key: [String] {
    let names = curves.map { legend($0) }.filter { !$0.isEmpty }
    let sample = "noautotitle reverse Left samplen 2"
    if names.isEmpty { return ["set key off"] }
    if names.count > 4 || names.reduce(0, { $0 + $1.count }) > 80 {
      return ["set key outside right top vertical \(sample)"]
    }
    if isText { return ["set key below left horizontal \(sample)"] }
    let rows = figure.title.isEmpty ? 2.5 : 4.5
    return [
      "set key at graph 0,1.01 left bottom horizontal \(sample)", "set tmargin \(rows)",
      "set title offset 0,1.1",
    ]
  }

  /// A few epochs or steps: there is nothing between two of them.
  private func countRange(_ points: [Point]) -> [String]? {
    let x = Extent(points.map(\.x))
    guard !figure.isLogX, figure.xFormat.isEmpty, x.high - x.low <= 10,
      points.allSatisfy({ $0.x == $0.x.rounded() && $0.x.magnitude < 1e9 })
    else { return nil }
    let margin = x.low == x.high || !curves.allSatisfy { $0.style == .lines } ? 1.0 : 0
    return ["set xtics 1", "set xrange [\(x.low - margin):\(x.high + margin)]"]
  }

  private var ranges: [String] {
    let points = curves.flatMap { Array($0.points) }
    let x = Extent(points.map(\.x)), y = Extent(points.map(\.y))
    guard curves.contains(where: { $0.style == .bars }) else {
      if let counts = countRange(points) {
        return counts + y.commands("y", isLog: figure.isLogY, isTight: false)
      }
      let areLines = !isText && curves.allSatisfy { $0.style == .lines }
      return x.commands("x", isLog: figure.isLogX, isTight: areLines)
        + y.commands("y", isLog: figure.isLogY, isTight: false)
    }
    var lines = ["set boxwidth \(barWidth) absolute"]
    if !figure.isLogX {
      lines.append("set xrange [\(x.low - barWidth):\(x.high + barWidth)]")
      if barPlaces.count <= 12 {
        lines += [
          "set xtics (\(barPlaces.map { "\($0)" }.joined(separator: ", ")))", "set grid noxtics",
        ]
      }
    }
    if figure.isLogY { return lines + y.commands("y", isLog: true, isTight: false) }
    if y.low >= 0 { lines.append("set yrange [0:\(y.high > 0 ? "*" : "1")]") }
    return lines
  }
}

/// Figures as gnuplot's commands: text in, text out. The drawing goes to gnuplot's standard output.
enum GnuplotScript {
  enum Target: Equatable {
    case png, svg, sixel
    /// Characters, for a terminal.
    case text(columns: Int, rows: Int, ink: FigureRenderer.Ink)
    /// `terminal` is the name of one of gnuplot's that open windows.
    case window(terminal: String)

    var isText: Bool { if case .text = self { true } else { false } }
  }

  static func script(_ figure: Figure, to target: Target) -> String {
    var lines = ["reset", "set encoding utf8", terminal(figure, target)]
    lines += frame(figure, target)
    if let map = figure.heatMap {
      lines += HeatMapScript(map, figure, isText: target.isText).lines
    } else {
      lines += CurveScript(figure, isText: target.isText).lines
    }
    lines.append("unset output")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func terminal(_ figure: Figure, _ target: Target) -> String {
    func bounded(_ pixels: Int) -> Int { min(max(pixels, 64), 16_384) }
    let size = "size \(bounded(figure.width)),\(bounded(figure.height))"
    switch target {
    case .png: return "set terminal pngcairo noenhanced \(size) font 'Sans,12' background '#ffffff'"
    case .svg:
      return "set terminal svg noenhanced \(size) font 'sans-serif,15' background '#ffffff'"
    case .sixel: return "set terminal sixelgd noenhanced \(size)"
    case .text(let columns, let rows, let ink):
      let color =
        switch ink {
        case .plain: "mono"
        case .colors256: "ansi256"
        case .trueColor: "ansirgb"
        }
      return
        "set terminal dumb noenhanced nofeed \(color) size \(max(columns, 40)),\(max(rows, 10))"
    case .window(let terminal):
      return "set terminal \(terminal) 0 noenhanced persist noraise \(size)"
    }
  }

  private static func frame(_ figure: Figure, _ target: Target) -> [String] {
    var lines: [String] = []
    if target.isText {
      lines.append("set tics nomirror")
    } else {
      lines += [
        // The letters of the label below hang into the edge of the picture else.
        "set title font ',\(target == .svg ? 17 : 14)'", "set xlabel offset 0,0.3",
        "set border 3 lw 1 lc rgb '#666666'",
        "set tics nomirror out scale 0.6 textcolor rgb '#333333'",
        "set grid lt 1 lc rgb '#e4e4e4' lw 1",
      ]
    }
    for (command, text) in [
      ("title", figure.title), ("xlabel", figure.xLabel), ("ylabel", figure.yLabel),
    ] where !text.isEmpty {
      lines.append("set \(command) \(quoted(text))")
    }
    if figure.isLogX { lines.append("set logscale x") }
    if figure.isLogY { lines.append("set logscale y") }
    for (axis, format) in [("x", figure.xFormat), ("y", figure.yFormat)] where !format.isEmpty {
      // The values are multiplied before they are sent: a format of gnuplot cannot.
      lines.append("set format \(axis) \(quoted(format == "%" ? "%g%%" : format))")
    }
    return lines
  }

  /// In single quotes gnuplot takes every character as it is but the quote, which is doubled; what
  /// cannot be printed on a line (line breaks, tabs, escapes) is a space.
  static func quoted(_ text: String) -> String {
    var line = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "'": line += "''"
      case _ where scalar.properties.generalCategory == .control: line += " "
      case "\u{2028}", "\u{2029}": line += " "
      default: line.unicodeScalars.append(scalar)
      }
    }
    return "'\(line)'"
  }
}

import Arrays
import Autograd
import Interpreter
import Plotting

/// Plots of tables and of numbers.
enum PlotFunctions {
  private static let group = "pictures and plots"

  static func functions(_ host: Host) -> [NativeFunction] { [plot(host)] }

  private static func plot(_ host: Host) -> NativeFunction {
    NativeFunction(
      "plot",
      "data: table, x=nil string, y=nil string or list, live=false bool, title=\"\" string, x_label=nil string, y_label=nil string, log_x=false bool, log_y=false bool, style=\"lines\" \(NativeFunction.oneOf(Figure.Series.Style.allCases.map(\.rawValue))), x_format=nil string, y_format=nil string, size=nil list",
      group: group,
      summary: "Draws curves: of a table's columns, or of a list or tensor of numbers.",
      details: """
        In a window where there is a display, else in characters or pixels on the terminal. Without gnuplot:
        a note, and the program goes on.
        data: a table, a list or tensor of numbers, or a confusion matrix.
        x: the column along the x axis; the table's first when left out.
        y: the column to draw, or a list of several; all others when left out.
        live: whether it is redrawn as the table grows.
        title: what stands above it.
        x_label: what stands along the x axis; its column when left out.
        y_label: what stands along the y axis; its column when left out.
        log_x: whether the x axis is logarithmic.
        log_y: whether the y axis is logarithmic.
        style: "lines", "points" or "bars".
        x_format: how the x axis writes numbers: "%" for ratios.
        y_format: how the y axis writes numbers: "%" for ratios.
        size: [width, height] of a file, in pixels, 50 to 10000 each.
        Gives the figure, for `save` or `show`.
        """,
      example: "plot([3, 1, 2], title: \"three\")",
      related: ["table", "show", "save", "tables"]
    ) { call in
      let ready = PictureFunctions.figure(of: call[0])
      if ready != nil, let option = (1..<call.function.parameters.count).first(where: call.has) {
        throw Diagnosis(
          "E119", "plot: \(Display.described(call[0])) is drawn already, without options",
          arguments: [(option, "")], hint: "`show(x, title: \"...\")`, or the option where it is made.")
      }
      let figure = try ready ?? curves(call)
      if try call.flag(3, default: false), let table = call[0].object as? TableObject {
        let live = LivePlot(host, figure.build)
        figure.live = live
        // The figure holds the table; the table only looks at the figure.
        table.observers.append { [weak live] in
          guard let live else { return false }
          live.update()
          return true
        }
        return .owning(figure)
      }
      try PictureFunctions.draw(figure, host)
      return .owning(figure)
    }
  }

  private static func curves(_ call: Call) throws -> FigureObject {
    var base = Figure()
    base.title = try call.string(4, default: "")
    base.isLogX = try call.flag(7, default: false)
    base.isLogY = try call.flag(8, default: false)
    base.xFormat = try call.string(10, default: "")
    base.yFormat = try call.string(11, default: "")
    let style =
      Figure.Series.Style(
        rawValue: try call.word(9, default: "lines")) ?? .lines
    if call.has(12) {
      let size = try Tensors.integers(call, 12)
      guard size.count == 2, size.allSatisfy({ (50...10_000).contains($0) }) else {
        throw call.wrongType(12, wanted: "a list of width and height in pixels, such as [900, 560]")
      }
      (base.width, base.height) = (size[0], size[1])
    }
    let xLabel = call.has(5) ? try call.string(5) : nil
    let yLabel = call.has(6) ? try call.string(6) : nil
    guard let table = call[0].object as? TableObject else {
      let values = try Tensors.argument(call, 0).value.converted(to: .float32)
      var figure = base
      figure.xLabel = xLabel ?? ""
      figure.yLabel = yLabel ?? ""
      let numbers = (0..<values.count).map { values.number(at: $0) }
      figure.series = [
        .init(name: "", x: numbers.indices.map(Double.init), y: numbers, style: style)
      ]
      let made = figure
      return FigureObject([]) { made }
    }
    let x = call.has(1) ? try call.string(1) : table.columns.first ?? ""
    var ys = [String]()
    if let list = call[2].list {
      ys = list.values.map(Display.text)
    } else {
      ys = call.has(2) ? [try call.string(2)] : table.columns.filter { $0 != x }
    }
    for name in [x] + ys where !table.columns.contains(name) {
      throw Diagnosis(
        "E110", "plot: the table has no column \"\(name)\"",
        arguments: [(0, "it has \(table.columns.joined(separator: ", "))")])
    }
    var figure = base
    figure.xLabel = xLabel ?? x
    figure.yLabel = yLabel ?? (ys.count == 1 ? ys[0] : "")
    let made = figure
    return FigureObject([call[0]]) { [unowned table] in
      var figure = made
      let xs = (table.column(x) ?? []).map { $0.number ?? .nan }
      figure.series = ys.map { name in
        .init(
          name: name, x: xs, y: (table.column(name) ?? []).map { $0.number ?? .nan }, style: style)
      }
      return figure
    }
  }
}

import Arrays
import Autograd
import Glibc
import Images
public import Interpreter
import MaskedModeling
public import Plotting

extension PlotError: DiagnosableError {
  public var diagnosis: Diagnosis { Diagnosis("E142", description, arguments: [(0, "")]) }
}

/// What `show` gives: an image that can be saved.
final class PictureObject: ForeignObject {
  let picture: NDArray
  let title: String

  init(_ picture: NDArray, title: String) {
    self.picture = picture
    self.title = title
  }

  override var typeName: String { "picture" }
  override func summary(width: Int) -> String {
    "picture\(title.isEmpty ? "" : " \"\(title)\"") of \(picture.shape[2]) x \(picture.shape[1]) pixels"
  }
  override var byteCount: Int { picture.byteCount }
}

/// A plot; with a table behind it, it can be redrawn as the table grows.
final class FigureObject: ForeignObject {
  let build: () -> Figure
  var live: LivePlot?
  private lazy var window = FigureWindow()
  /// What the figure is drawn from, kept while the figure is.
  let sources: [Value]

  init(_ sources: [Value], _ build: @escaping () -> Figure) {
    self.sources = sources.map { $0.retained() }
    self.build = build
  }

  deinit {
    live?.settle()
    for source in sources { source.release() }
  }

  /// The same with another title.
  func titled(_ title: String) -> FigureObject {
    FigureObject([]) { [self] in
      var figure = build()
      figure.title = title
      return figure
    }
  }

  func drawInWindow() { window.draw(build()) }

  override var typeName: String { "figure" }
  override func summary(width: Int) -> String {
    let figure = build()
    let curves = figure.series.map { "\($0.name) (\($0.x.count) points)" }
    let what = figure.heatMap == nil ? curves.joined(separator: ", ") : "a heat map"
    return "figure\(figure.title.isEmpty ? "" : " \"\(figure.title)\""): \(what)"
  }
}

/// Pictures and plots.
enum PictureFunctions {
  private static let group = "pictures and plots"

  static func functions(_ host: Host) -> [NativeFunction] { [show(host), plot(host)] }

  // MARK: - show

  private static func show(_ host: Host) -> NativeFunction {
    NativeFunction(
      "show", "x: any, title=\"\" string, columns=nil number, save=nil string", group: group,
      summary: "Draws a value as a picture: images, patches, masks, tokenizers, confusion matrices, figures.",
      details:
        "[3, H, W] one image, [N, 3, H, W] a grid, [H, W] grey, a mask white where true, a tokenizer its centroids. On a terminal in half blocks; in a pipe one line. save: also writes a .png (or .svg of a figure). Gives the picture.",
      example: "show(uniform([4, 3, 8, 8], seed: 1), title: \"noise\")", related: ["plot", "save", "cover"]
    ) { call in
      let title = try call.string(1, default: "")
      if let plain = figure(of: call[0]) {
        let figure = title.isEmpty ? plain : plain.titled(title)
        if let confusion = call[0].object as? ConfusionObject, host.pictureStyle != .sixels,
          !FigureWindow.isAvailable
        {
          host.livePlots.settle()
          // As text its own table says more than a plot of characters.
          host.write((title.isEmpty ? "" : title + "\n") + confusion.summary(width: host.width()) + "\n")
        } else {
          try draw(figure, host)
        }
        if call.has(3) { try write(figure, to: try call.string(3), host) }
        return .owning(figure)
      }
      let columns = call.has(2) ? try call.integer(2, in: 1...10_000) : nil
      let picture = PictureObject(try pixels(call, 0, columns: columns), title: title)
      if call.has(3) { try ImageFile.write(picture.picture, to: try call.string(3)) }
      try draw(picture, savedAs: call.has(3) ? try call.string(3) : nil, host)
      return .owning(Silent(picture))
    }
  }

  private static func draw(_ picture: PictureObject, savedAs path: String?, _ host: Host) throws {
    host.livePlots.settle()
    let pixels = picture.picture
    let drawing: String
    switch host.pictureStyle {
    case .line:
      drawing = picture.summary(width: 80) + (path.map { " -> \($0)" } ?? "") + "\n"
    case .characters(let ink):
      drawing = try Pictures.halfBlocks(
        pixels, columns: max(8, host.width() - 1), rows: max(8, host.rows() - 4), ink: ink)
    case .sixels:
      let cell = host.cell()
      drawing =
        try Pictures.sixel(
          pixels, width: (host.width() - 1) * cell.width,
          height: max(4, host.rows() - 4) * cell.height) + "\n"
    }
    let isTitled = host.pictureStyle != .line && !picture.title.isEmpty
    host.write((isTitled ? picture.title + "\n" : "") + drawing)
  }

  static func figure(of value: Value) -> FigureObject? {
    if let figure = value.object as? FigureObject { return figure }
    guard let confusion = value.object as? ConfusionObject else { return nil }
    return FigureObject([value]) {
      var figure = Figure()
      figure.title = "confusion (rows: labels, columns: predictions)"
      figure.heatMap = Figure.HeatMap(
        rows: confusion.names, columns: confusion.names,
        values: (0..<confusion.counts.count).map { confusion.counts.number(at: $0) })
      return figure
    }
  }

  /// Writes a figure; without gnuplot a note says so and the program goes on.
  static func write(_ figure: FigureObject, to path: String, _ host: Host) throws {
    try AtomicFile.makeFolders(for: path)
    do throws(PlotError) {
      try FigureRenderer.save(figure.build(), to: path)
    } catch {
      guard error == .gnuplotMissing else { throw error }
      host.writeNote("\(path) is not written: \(error)\n")
    }
  }

  /// Anything that is a picture, as one [3, H, W].
  static func pixels(_ call: Call, _ index: Int, columns: Int?) throws -> NDArray {
    if let silent = call[index].object as? Silent { return silent.picture.picture }
    if let picture = call[index].object as? PictureObject { return picture.picture }
    if let tokenizer = call[index].object as? TokenizerObject {
      let t = tokenizer.tokenizer
      let tiles = try t.centroids.reshaped(to: [t.k, t.channels, t.patch, t.patch])
      return Pictures.grid(tiles, columns: columns)
    }
    let x = try (call[index].object as? any ImageSource)?.allImages() ?? Tensors.argument(call, index).value
    switch x.rank {
    case 2: return Pictures.grid(try x.reshaped(to: [1, 1] + x.shape.extents), columns: 1)
    case 3 where x.shape[0] == 3 && x.elementType != .bool:
      return Pictures.grid(try x.reshaped(to: [1] + x.shape.extents), columns: 1)
    case 3: return Pictures.grid(try x.reshaped(to: [x.shape[0], 1, x.shape[1], x.shape[2]]), columns: columns)
    case 4 where x.shape[1] == 3 || x.shape[1] == 1: return Pictures.grid(x, columns: columns)
    default:
      throw ImageError.shape(
        seen: "a tensor \(x.shape)", wanted: "3 x H x W, N x 3 x H x W, H x W or N x H x W numbers")
    }
  }

  // MARK: - plot

  private static func plot(_ host: Host) -> NativeFunction {
    NativeFunction(
      "plot",
      "data: table, x=nil string, y=nil string, live=false bool, title=\"\" string, x_label=nil string, y_label=nil string, log_x=false bool, log_y=false bool, style=\"lines\" string, x_format=nil string, y_format=nil string, size=nil list",
      group: group, summary: "Draws curves: of a table's columns, of a list or tensor of numbers, or a confusion matrix.",
      details:
        "x, y: columns; y may be a list of them. live: redrawn as the table grows. style: \"lines\", \"points\" or \"bars\". x_format, y_format: \"%\" for ratios. size: [width, height] in pixels. In a window where there is a display, in characters on a terminal; save(figure, \"x.png\") writes it. Without gnuplot: a note, and the program goes on.",
      example: "plot([3, 1, 2], title: \"three\")", related: ["table", "show", "save"]
    ) { call in
      let figure = try figure(of: call[0]) ?? curves(call)
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
      try draw(figure, host)
      return .owning(figure)
    }
  }

  /// In a window where there is a display, else in characters or sixels.
  private static func draw(_ figure: FigureObject, _ host: Host) throws {
    if FigureWindow.isAvailable { return figure.drawInWindow() }
    host.livePlots.settle()
    do throws(PlotError) {
      host.write(try FigureText(host).drawing(of: figure.build()))
    } catch {
      guard error == .gnuplotMissing else { throw error }
      host.writeNote("\(error)\n")
    }
  }

  private static func curves(_ call: Call) throws -> FigureObject {
    var base = Figure()
    base.title = try call.string(4, default: "")
    base.isLogX = try call.flag(7, default: false)
    base.isLogY = try call.flag(8, default: false)
    base.xFormat = try call.string(10, default: "")
    base.yFormat = try call.string(11, default: "")
    let style = Figure.Series.Style(
      rawValue: try call.word(9, default: "lines", of: Figure.Series.Style.allCases.map(\.rawValue))) ?? .lines
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
        .init(name: name, x: xs, y: (table.column(name) ?? []).map { $0.number ?? .nan }, style: style)
      }
      return figure
    }
  }
}

/// A picture that has just been shown: the prompt need not print it again.
final class Silent: ForeignObject {
  let picture: PictureObject
  init(_ picture: PictureObject) { self.picture = picture }
  override var typeName: String { "picture" }
  override func summary(width: Int) -> String { picture.summary(width: width) }
}

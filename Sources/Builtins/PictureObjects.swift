import Arrays
import Images
public import Interpreter
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
  /// The figure in characters, for a width, where it knows that better than gnuplot.
  let drawnText: ((Int) -> String)?

  init(_ sources: [Value], text: ((Int) -> String)? = nil, _ build: @escaping () -> Figure) {
    drawnText = text
    self.sources = sources.map { $0.retained() }
    self.build = build
  }

  deinit {
    live?.settle()
    for source in sources { source.release() }
  }

  /// The same with another title.
  func titled(_ title: String) -> FigureObject {
    FigureObject([], text: drawnText.map { text in { "\(title)\n\(text($0))" } }) { [self] in
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

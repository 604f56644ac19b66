/// A plot as a value: what to draw, not how.
public struct Figure: Sendable {
  /// One curve, set of points or set of bars. Values that are not finite are gaps.
  public struct Series: Sendable {
    public enum Style: String, Sendable, CaseIterable { case lines, points, bars }
    public var name: String
    public var x: [Double]
    public var y: [Double]
    public var style: Style

    public init(name: String, x: [Double], y: [Double], style: Style = .lines) {
      (self.name, self.x, self.y, self.style) = (name, x, y, style)
    }
  }

  /// A matrix of numbers with names for rows and columns: a confusion matrix.
  public struct HeatMap: Sendable {
    public var rows: [String], columns: [String]
    /// Row by row.
    public var values: [Double]

    public init(rows: [String], columns: [String], values: [Double]) {
      (self.rows, self.columns, self.values) = (rows, columns, values)
    }
  }

  public var title = ""
  public var xLabel = ""
  public var yLabel = ""
  public var isLogX = false
  public var isLogY = false
  /// "%" prints ratios as percentages.
  public var xFormat = ""
  public var yFormat = ""
  /// Pixels.
  public var width = 900
  public var height = 560
  public var series: [Series] = []
  public var heatMap: HeatMap?

  public init() {}
}

/// Why there is no plot.
public enum PlotError: Error, Equatable, CustomStringConvertible {
  case gnuplotMissing
  case gnuplot(String)
  case unwritable(path: String, reason: String)
  case unknownKind(path: String)

  /// What was seen and what to try.
  public var description: String {
    switch self {
    case .gnuplotMissing: "gnuplot is not installed, so nothing can be drawn; apt-get install gnuplot-nox"
    case .gnuplot(let text): "gnuplot could not draw this: \(text)"
    case .unwritable(let path, let reason): "cannot write \(path): \(reason)"
    case .unknownKind(let path): "\(path): a figure is saved as .png or .svg"
    }
  }
}

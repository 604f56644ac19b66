/// A plot as a value: what to draw, not how.
public struct Figure: Sendable {
  /// One curve, set of points or set of bars. Values that are not finite are gaps.
  public struct Series: Sendable {
    public enum Style: String, Sendable, CaseIterable { case lines, points, bars }
    /// The text of the legend; empty: not in the legend.
    public var name: String
    public var x: [Double]
    /// As many as `x`.
    public var y: [Double]
    public var style: Style

    public init(name: String, x: [Double], y: [Double], style: Style = .lines) {
      (self.name, self.x, self.y, self.style) = (name, x, y, style)
    }
  }

  /// A matrix of numbers with names for rows and columns: a confusion matrix.
  public struct HeatMap: Sendable {
    public var rows: [String], columns: [String]
    /// Row by row, `rows.count` x `columns.count`. Values that are not finite are empty cells.
    public var values: [Double]

    public init(rows: [String], columns: [String], values: [Double]) {
      precondition(
        values.count == rows.count * columns.count, "a heat map has a value for each cell")
      (self.rows, self.columns, self.values) = (rows, columns, values)
    }
  }

  public var title = ""
  public var xLabel = ""
  public var yLabel = ""
  /// On a logarithmic axis values that are not positive are gaps.
  public var isLogX = false
  public var isLogY = false
  /// "%" shows the ratio r as 100 r %; else a gnuplot format such as "%.2f"; empty: as it fits.
  public var xFormat = ""
  public var yFormat = ""
  /// Pixels, 64...16384; sizes outside are drawn at the nearer end.
  public var width = 900
  public var height = 560
  public var series: [Series] = []
  /// Drawn instead of the series.
  public var heatMap: HeatMap?

  public init() {}
}

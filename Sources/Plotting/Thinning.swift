import Glibc

/// A point of a series.
struct Point: Equatable {
  /// gnuplot's arithmetic on ranges overflows beyond.
  static let magnitudeMax = 1e300
  /// gnuplot takes less for no positive number on a logarithmic axis.
  static let logarithmicMin = 1e-300
  var x: Double
  var y: Double
}

/// The pixels of a drawing, to send gnuplot no more points than can be told apart.
struct PixelGrid {
  var columns: Int
  var rows: Int
  var isLogX: Bool
  var isLogY: Bool

  /// Series with fewer points are sent as they are.
  static let pointsMax = 4000

  /// Runs with x in order keep per pixel column the first, last, least and greatest point, which
  /// draws the same line (Jugel et al. 2014, M4); others keep one point of each pixel.
  func thinned(_ runs: [[Point]], _ style: Figure.Series.Style) -> [[Point]] {
    guard runs.reduce(0, { $0 + $1.count }) > Self.pointsMax else { return runs }
    let xs = Axis(runs, \.x, isLog: isLogX, pixels: columns)
    if style != .points, runs.allSatisfy(Self.isOrdered) {
      return runs.map { thinnedByColumn($0, xs) }
    }
    let ys = Axis(runs, \.y, isLog: isLogY, pixels: rows)
    return thinnedByPixel(runs, xs, ys, isLine: style == .lines)
  }

  private static func isOrdered(_ run: [Point]) -> Bool {
    var last = -Double.infinity
    for point in run {
      if point.x < last { return false }
      last = point.x
    }
    return true
  }

  private func thinnedByColumn(_ run: [Point], _ xs: Axis) -> [Point] {
    var kept: [Point] = [], start = 0
    while start < run.count {
      let column = xs.pixel(run[start].x)
      var (low, high, end) = (start, start, start + 1)
      while end < run.count, xs.pixel(run[end].x) == column {
        if run[end].y < run[low].y { low = end }
        if run[end].y > run[high].y { high = end }
        end += 1
      }
      var last = -1
      for index in [start, min(low, high), max(low, high), end - 1] where index > last {
        kept.append(run[index])
        last = index
      }
      start = end
    }
    return kept
  }

  /// Of points the first on each pixel; of a line, which may come back, each step onto another.
  private func thinnedByPixel(
    _ runs: [[Point]], _ xs: Axis, _ ys: Axis, isLine: Bool
  ) -> [[Point]] {
    var seen: Set<Int> = []
    return runs.compactMap { run in
      var kept: [Point] = [], last = -1
      for point in run {
        let pixel = ys.pixel(point.y) * columns + xs.pixel(point.x)
        if isLine ? pixel != last : seen.insert(pixel).inserted { kept.append(point) }
        last = pixel
      }
      return kept.isEmpty ? nil : kept
    }
  }
}

/// Values to pixels along one axis.
private struct Axis {
  let low: Double
  let scale: Double
  let isLog: Bool
  let pixels: Int

  init(_ runs: [[Point]], _ key: KeyPath<Point, Double>, isLog: Bool, pixels: Int) {
    var low = Double.infinity, high = -Double.infinity
    for run in runs {
      for point in run {
        let value = point[keyPath: key]
        (low, high) = (min(low, value), max(high, value))
      }
    }
    if isLog { (low, high) = (log(low), log(high)) }
    (self.low, self.isLog, self.pixels) = (low, isLog, pixels)
    scale = high > low ? Double(pixels) / (high - low) : 0
  }

  func pixel(_ value: Double) -> Int {
    min(Int(((isLog ? log(value) : value) - low) * scale), pixels - 1)
  }
}

public import Arrays

/// Points that are read a part at a time, again in each iteration, because they need not fit in memory.
public protocol PointSource {
  var count: Int { get }
  /// Numbers in a point.
  var width: Int { get }
  /// Points are read in multiples of so many, from a multiple on (the last part may have fewer): those
  /// of one image.
  var granularity: Int { get }
  /// The most memory that reading takes for each point, the point itself included.
  var bytesPerPoint: Int { get }

  /// Points in their order, [range.count, width] float32; every time the same, which is the source's to
  /// check.
  ///
  /// - Parameter pulse: called now and then; it throws to give up.
  func read(_ range: Range<Int>, pulse: () throws -> Void) throws -> NDArray

  /// Some points, by ascending numbers, [rows.count, width].
  ///
  /// - Parameter memory: bytes that may be taken at a time, beside the result.
  func points(at rows: [Int], memory: Int, pulse: () throws -> Void) throws -> NDArray
}

/// Points in memory.
struct ArrayPoints: PointSource {
  let points: NDArray

  var count: Int { points.shape[0] }
  var width: Int { points.shape[1] }
  var granularity: Int { 1 }
  var bytesPerPoint: Int { 0 }

  func read(_ range: Range<Int>, pulse: () throws -> Void) throws -> NDArray {
    range == 0..<count ? points : try points.rows(at: NDArray(range.map { Int32($0) }))
  }
}

extension PointSource {
  /// Only the parts that hold them are read.
  public func points(at rows: [Int], memory: Int, pulse: () throws -> Void) throws -> NDArray {
    let result = NDArray(uninitialized: [rows.count, width])
    let step = max(1, memory / max(1, bytesPerPoint * granularity)) * granularity
    var next = 0
    while next < rows.count {
      let start = rows[next] / granularity * granularity
      // Points that lie close are read together, those far apart are not worth what lies between.
      var last = next
      while last + 1 < rows.count, rows[last + 1] < start + step,
        rows[last + 1] - rows[last] <= 2 * granularity
      { last += 1 }
      let end = min(count, (rows[last] / granularity + 1) * granularity)
      let part = try read(start..<end, pulse: pulse)
      for index in next...last {
        (result.floats + index * width).update(
          from: part.floats + (rows[index] - start) * width, count: width)
      }
      withExtendedLifetime(part) {}
      next = last + 1
      try pulse()
    }
    return result
  }
}

/// The points of a source cut into parts that the memory holds; a single part is read only once.
final class PointParts {
  let source: any PointSource
  let ranges: [Range<Int>]
  /// Whether the bounds of all points fit, too.
  let hasRoomForBounds: Bool
  private var kept: NDArray?

  /// Smaller parts would hardly keep the threads busy.
  private static let leastPoints = 4096

  /// - Parameter memory: bytes that a fit with k centroids may take.
  init(_ source: any PointSource, k: Int, memory: Int) throws {
    self.source = source
    let (count, width) = (source.count, source.width)
    // Ids of all points; centroids and their packed copies, old centroids, sums in double precision.
    let fixed = 8 * count + 32 * k * width
    let rest = memory - fixed
    let each = max(source.bytesPerPoint, 1)
    let wholes = rest / each / source.granularity
    let least = (Self.leastPoints + source.granularity - 1) / source.granularity
    guard wholes >= least || wholes * source.granularity >= count || source.bytesPerPoint == 0
    else {
      throw ClusteringError.memory(
        bytes: memory, needed: fixed + each * min(count, least * source.granularity))
    }
    let (size, overflow) = wholes.multipliedReportingOverflow(by: source.granularity)
    let step = source.bytesPerPoint == 0 || overflow ? count : min(count, size)
    ranges = stride(from: 0, to: count, by: max(1, step)).map { $0..<min(count, $0 + step) }
    let panels = (k + Codebook.panelSize - 1) / Codebook.panelSize
    let bounds = 4 * count * (Codebook.padded(panels) + 1)
    hasRoomForBounds = source.bytesPerPoint == 0 || rest - each * step >= bounds
  }

  func read(_ index: Int, _ pulse: () throws -> Void) throws -> NDArray {
    if let kept { return kept }
    let part = try source.read(ranges[index], pulse: pulse)
    precondition(part.shape == [ranges[index].count, source.width], "a source reads what it says")
    if ranges.count == 1 { kept = part }
    return part
  }
}

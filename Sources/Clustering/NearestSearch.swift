import Arrays
import CKernels

/// One pass over points that finds the nearest centroid of each, tile by tile.
struct NearestSearch {
  let book: Codebook
  let points: UnsafePointer<Float>
  let count: Int
  /// The number of the first of these points among all that bounds are kept of.
  var firstPoint = 0

  /// Multiplications and additions between two calls of `progress`: tens to hundreds of milliseconds.
  private static let workPerCall = 1 << 31

  /// Rows of a tile: few enough for its scores to stay in a core's cache, many enough to make the
  /// passage of all centroids through it worth while; a multiple of what the filters take at once.
  private var tileRows: Int {
    let rows = (1 << 17) / (book.panels * Codebook.panelSize)
    return min(420, max(126, rows / 42 * 42))
  }

  /// The points of a packed tile stand apart by this many words; rows whose distance is a multiple of
  /// 256 bytes would share few sets of a cache.
  private var stride: Int { book.words >= 64 && book.words % 64 == 0 ? book.words + 16 : book.words }

  /// - Parameters:
  ///   - ids: the nearest centroid of each point, of equals the lowest; with usable bounds it is
  ///     read first.
  ///   - distances: if not nil, the squared distances.
  ///   - bounds: if not nil, made, or used and brought up to date.
  /// - Returns: pairs of a point and a panel that were looked at.
  @discardableResult
  func run(
    ids: UnsafeMutablePointer<Int32>, distances: UnsafeMutablePointer<Float>? = nil,
    bounds: DistanceBounds? = nil, progress: (Int) throws -> Void = { _ in }
  ) rethrows -> Int {
    let rows = tileRows
    let tiles = (count + rows - 1) / rows
    let work = rows * book.panels * Codebook.panelSize * max(1, book.width)
    let threads = Parallel.threadCount
    let step = threads * max(2, Self.workPerCall / work / threads)
    let looks = Block<Int>(repeating: 0, count: tiles)
    for first in Swift.stride(from: 0, to: tiles, by: step) {
      Parallel.forEachSlice(of: min(step, tiles - first)) { slice in
        book.withView { view in
          let tile = Tile(rows: rows, stride: stride, book: book, view: view)
          for index in (first + slice.lowerBound)..<(first + slice.upperBound) {
            let start = index * rows
            let range = start..<min(count, start + rows)
            if let bounds, bounds.areUsable {
              looks[index] = tile.review(range, points, ids, bounds, firstPoint)
            } else {
              tile.search(range, points, ids, distances, bounds, firstPoint)
              looks[index] = range.count * book.panels
            }
          }
        }
      }
      try progress(min(count, (first + step) * rows))
    }
    return (0..<tiles).reduce(0) { $0 + looks[$1] }
  }
}

/// The working memory of one thread.
private final class Tile {
  private let book: Codebook
  private let view: UnsafePointer<ccv_codebook>
  private let kernels: ccv_cluster_kernels
  private let rows: Int
  private let stride: Int
  private let room: Int
  private let packed: Block<Float>
  private let norms: Block<Float>
  private let losses: Block<Float>
  private let scores: Block<Float>
  private let best: Block<Float>
  private let squares: Block<Double>
  private let all: Block<Int32>
  private lazy var open = Block<Int32>(count: rows)
  private lazy var lists = Block<Int32>(count: rows * book.panels)
  private lazy var counts = Block<Int32>(count: book.panels)

  init(rows: Int, stride: Int, book: Codebook, view: UnsafePointer<ccv_codebook>) {
    (self.rows, self.stride, self.book, self.view) = (rows, stride, book, view)
    kernels = book.filter.kernels
    room = Codebook.padded(book.panels)
    packed = Block(count: rows * stride)
    norms = Block(count: rows)
    losses = Block(count: rows)
    scores = Block(count: rows * book.panels * Codebook.panelSize)
    best = Block(count: rows * room)
    squares = Block(count: rows)
    all = Block(count: rows)
    for row in 0..<rows { all[row] = Int32(row) }
  }

  /// Looks at every panel.
  func search(
    _ range: Range<Int>, _ points: UnsafePointer<Float>, _ ids: UnsafeMutablePointer<Int32>,
    _ distances: UnsafeMutablePointer<Float>?, _ bounds: DistanceBounds?, _ firstPoint: Int
  ) {
    let source = points + range.lowerBound * book.width
    pack(all.start, range.count, source)
    best.start.update(repeating: -.infinity, count: range.count * room)
    for panel in 0..<book.panels { score(panel, all.start, range.count) }
    let first = range.lowerBound
    let wantsSquares = distances != nil || bounds != nil
    kernels.settle_rows(
      view, Int64(range.count), all.start, source, norms.start, losses.start, scores.start,
      best.start, false, ids + first, wantsSquares ? squares.start : nil,
      bounds.map { $0.upper.start + firstPoint + first },
      bounds.map { $0.lower.start + (firstPoint + first) * room })
    guard let distances else { return }
    for row in range.indices { distances[row] = Float(squares[row - first]) }
  }

  /// Looks where the bounds leave a doubt.
  func review(
    _ range: Range<Int>, _ points: UnsafePointer<Float>, _ ids: UnsafeMutablePointer<Int32>,
    _ bounds: DistanceBounds, _ firstPoint: Int
  ) -> Int {
    let first = range.lowerBound
    let source = points + first * book.width
    let upper = bounds.upper.start + firstPoint + first
    let lower = bounds.lower.start + (firstPoint + first) * room
    counts.start.update(repeating: 0, count: book.panels)
    let found = kernels.bound_rows(
      view, Int64(range.count), source, bounds.steps.start, bounds.panelSteps.start, ids + first,
      upper, lower, squares.start, open.start, lists.start, Int64(rows), counts.start)
    guard found > 0 else { return 0 }
    pack(open.start, Int(found), source)
    for index in 0..<Int(found) {
      (best.start + Int(open[index]) * room).update(repeating: -.infinity, count: room)
    }
    var looks = 0
    for panel in 0..<book.panels where counts[panel] > 0 {
      score(panel, lists.start + panel * rows, Int(counts[panel]))
      looks += Int(counts[panel])
    }
    kernels.settle_rows(
      view, found, open.start, source, norms.start, losses.start, scores.start, best.start, true,
      ids + first, squares.start, upper, lower)
    return looks
  }

  private func pack(
    _ list: UnsafePointer<Int32>, _ count: Int, _ source: UnsafePointer<Float>
  ) {
    kernels.pack_rows(
      Int64(count), list, Int64(book.width), Int64(stride), source, book.mean.start, packed.start,
      norms.start, losses.start)
  }

  private func score(_ panel: Int, _ list: UnsafePointer<Int32>, _ count: Int) {
    let place = panel * Codebook.panelSize
    kernels.score_rows(
      Int64(count), list, Int64(book.words), Int64(stride), packed.start,
      book.packed.start + place * book.words, book.biases.start + place, scores.start + place,
      Int64(book.panels * Codebook.panelSize), best.start + panel, Int64(room))
  }
}

import Arrays
import CKernels

/// The kernels around one of the products that may serve as a filter; with each the same centroids are
/// found to be the nearest.
///
/// Safety: a table of constant function pointers.
struct Filter: @unchecked Sendable {
  let kernels: ccv_cluster_kernels

  static let float32 = Filter(kernels: CKernels.ccv_active_kernels().pointee.cluster.pointee)
  /// nil unless the CPU has AVX512-BF16 and no other kernels were asked for.
  static let bfloat16 = ccv_bfloat_cluster_kernels().map { Filter(kernels: $0.pointee) }
  static let fastest = bfloat16 ?? float32
}

/// Centroids packed for the filter, in panels of 32, with what bounds the filter's errors.
final class Codebook {
  static let panelSize = Int(CCV_PANEL)

  /// Arrays by panel have room for whole vectors.
  static func padded(_ panels: Int) -> Int { (panels + 15) & ~15 }

  let filter: Filter
  let width: Int
  let count: Int
  let panels: Int
  /// Words of four bytes of a packed point or centroid.
  let words: Int
  /// Subtracted from points and centroids before they are rounded: distances do not change by it, but
  /// the numbers, and with them what rounding loses, become small.
  let mean: Block<Float>
  /// [panels][words][32].
  let packed: Block<Float>
  /// -|c - mean|^2 / 2 by place; -infinity where there is no centroid.
  let biases: Block<Float>

  private let centroids: NDArray
  private let number: Block<Int32>
  private let place: Block<Int32>
  private let norm: Block<Float>
  private let loss: Block<Float>
  private let rest: Block<Float>

  /// - Parameter order: the centroids in the order in which they share panels; their own without it.
  init(_ source: NDArray, order: [Int32]? = nil, filter: Filter = .fastest) {
    (count, width) = (source.shape[0], source.shape[1])
    self.filter = filter
    let halves = Int(filter.kernels.halves)
    words = (width + halves - 1) / halves
    panels = (count + Self.panelSize - 1) / Self.panelSize
    mean = Self.mean(of: source)
    packed = Block(count: panels * Self.panelSize * words)
    biases = Block(repeating: -.infinity, count: panels * Self.panelSize)
    number = Block(count: count)
    place = Block(count: count)
    let room = Self.padded(panels)
    norm = Block(repeating: 0, count: room)
    loss = Block(repeating: 0, count: room)
    rest = Block(repeating: 0, count: room)
    for index in 0..<count {
      let id = order?[index] ?? Int32(index)
      number[index] = id
      place[Int(id)] = Int32(index)
    }
    centroids = order == nil ? source : Self.gathered(source, number)
    pack()
  }

  /// What the kernels know of it; for the time of `body`.
  func withView<Result>(_ body: (UnsafePointer<ccv_codebook>) throws -> Result) rethrows -> Result {
    var view = ccv_codebook(
      columns: Int64(width), panels: Int64(panels), count: Int64(count),
      centroids: centroids.floats, number: number.start, place: place.start, norm: norm.start,
      loss: loss.start, rest: rest.start)
    return try withExtendedLifetime(self) { try body(&view) }
  }

  /// Whether sums of squares stay finite in float32, which bounds need.
  var isFinite: Bool { (0..<panels).allSatisfy { norm[$0] < 1e15 } }

  /// Panel by panel the largest of some numbers by centroid.
  func largestByPanel(_ values: Block<Float>) -> Block<Float> {
    let result = Block<Float>(repeating: 0, count: Self.padded(panels))
    for index in 0..<count {
      let panel = index / Self.panelSize
      result[panel] = max(result[panel], values[Int(number[index])])
    }
    return result
  }

  private static func mean(of rows: NDArray) -> Block<Float> {
    let (count, width) = (rows.shape[0], rows.shape[1])
    let result = Block<Float>(repeating: 0, count: width)
    kernels.add_column_sums(Int64(count), Int64(width), rows.floats, result.start)
    for column in 0..<width { result[column] /= Float(count) }
    for column in 0..<width where !result[column].isFinite { result[column] = 0 }
    return result
  }

  private static func gathered(_ source: NDArray, _ number: Block<Int32>) -> NDArray {
    let (count, width) = (source.shape[0], source.shape[1])
    let result = NDArray(uninitialized: source.shape)
    let (from, to) = (source.floats, result.floats)
    Parallel.forEachRowSlice(count, columns: width) { slice in
      for index in slice {
        (to + index * width).update(from: from + Int(number[index]) * width, count: width)
      }
    }
    return result
  }

  private func pack() {
    let rows = Block<Float>(count: panels * Self.panelSize * words)
    let (squares, lost) = (Block<Float>(count: count), Block<Float>(count: count))
    Parallel.forEachSlice(of: panels) { slice in
      let norms = Block<Double>(count: Self.panelSize)
      let zeros = Block<Int32>(repeating: 0, count: Self.panelSize)
      let rising = Block<Int32>(count: Self.panelSize)
      for index in 0..<Self.panelSize { rising[index] = Int32(index) }
      for panel in slice {
        let start = panel * Self.panelSize
        let used = min(Self.panelSize, count - start)
        let from = centroids.floats + start * width
        let to = rows.start + start * words
        filter.kernels.pack_rows(
          Int64(used), rising.start, Int64(width), Int64(words), from, mean.start, to, squares.start + start,
          lost.start + start)
        (to + used * words).update(repeating: 0, count: (Self.panelSize - used) * words)
        filter.kernels.squared_distances(
          Int64(used), Int64(width), from, mean.start, zeros.start, norms.start)
        bound(panel, used, norms, lost)
      }
      kernels.swap_axes(
        Int64(slice.lowerBound), Int64(slice.upperBound), Int64(Self.panelSize), Int64(words), 1,
        rows.start, packed.start)
    }
    withExtendedLifetime((rows, squares, lost, centroids)) {}
  }

  /// The biases of a panel, and what bounds the errors of its scores.
  private func bound(_ panel: Int, _ used: Int, _ norms: Block<Double>, _ lost: Block<Float>) {
    let start = panel * Self.panelSize
    var (largest, largestLoss) = (0.0, Float(0))
    for index in 0..<used {
      biases[start + index] = -Float(norms[index] / 2)
      largest = norms[index] > largest || norms[index].isNaN ? norms[index] : largest
      largestLoss = max(largestLoss, lost[start + index])
    }
    // The squares of `lost` were added in float32; 1e-17 stands for squares below its range.
    let grow = 1 + Float(width + 64) * 0x1p-23
    norm[panel] = Float(largest.squareRoot()) * (1 + 0x1p-20) + 1e-17
    loss[panel] = (largestLoss * grow).squareRoot() * grow + 1e-17
    // A score is a sum of its bias and of `width` products, each addition rounded.
    rest[panel] = Float(width + 16) * 0x1p-24 * norm[panel] * norm[panel] + 1e-30
  }
}

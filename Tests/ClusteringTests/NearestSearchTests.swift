import Arrays
import CKernels
import Testing

@testable import Clustering

@Suite("Nearest centroids")
struct NearestSearchTests {
  /// The kernels of every instruction set, the bfloat16 product, and a deliberately crude one: numbers
  /// rounded to 8 bits before a float32 product.
  private static let filters: [(name: String, filter: Filter)] = {
    var all = (0..<ccv_kernels_count()).map { index in
      let table = ccv_kernels_at(index).pointee
      return (String(cString: table.name), Filter(kernels: table.cluster.pointee))
    }
    if let bfloat = Filter.bfloat16 { all.append(("bfloat16", bfloat)) }
    var crude = Filter.float32.kernels
    crude.pack_rows = { count, rows, columns, stride, x, mean, packed, norm, loss in
      guard let rows, let x, let mean, let packed, let norm, let loss else { return }
      let out = packed.assumingMemoryBound(to: Float.self)
      for row in (0..<Int(count)).map({ Int(rows[$0]) }) {
        (norm[row], loss[row]) = (0, 0)
        for column in 0..<Int(columns) {
          let value = x[row * Int(columns) + column] - mean[column]
          let rounded = Float(bitPattern: (value.bitPattern &+ 0x7fff) & 0xffff_0000)
          out[row * Int(stride) + column] = rounded
          norm[row] += value * value
          loss[row] += (value - rounded) * (value - rounded)
        }
      }
    }
    all.append(("crude", Filter(kernels: crude)))
    return all
  }()

  /// Kinds of points: what they are, points, centroids.
  private static func sets() throws -> [(String, NDArray, NDArray)] {
    var sets = [(String, NDArray, NDArray)]()
    for (count, width, k) in [
      (300, 1, 7), (300, 3, 33), (513, 48, 200), (200, 65, 31), (260, 17, 600), (40, 5, 1),
    ] {
      var random = RandomSource(seed: UInt64(width * k))
      sets.append(
        ("normal \(width) \(k)", random.normal([count, width]), random.normal([k, width])))
      // Whole numbers: many exact ties, many centroids that are the same.
      let grid = random.normal([count, width]).elements(of: Float.self).map { $0.rounded() }
      let lattice = random.normal([k, width]).elements(of: Float.self).map { $0.rounded() / 2 }
      sets.append(
        (
          "ties \(width) \(k)", NDArray(grid, shape: [count, width]),
          NDArray(lattice, shape: [k, width])
        ))
      // Far from the origin and close together: products lose nearly everything.
      let far = random.normal([count, width], deviation: 1e-3).elements(of: Float.self)
      let close = random.normal([k, width], deviation: 1e-3).elements(of: Float.self)
      sets.append(
        (
          "far \(width) \(k)", NDArray(far.map { $0 + 100 }, shape: [count, width]),
          NDArray(close.map { $0 + 100 }, shape: [k, width])
        ))
      for scale: Float in [1e-22, 1e18] {
        sets.append(
          (
            "scale \(scale) \(width) \(k)", random.normal([count, width], deviation: scale),
            random.normal([k, width], deviation: scale)
          ))
      }
    }
    // Rounded to 8 bits x and 2 x grow by the most, and the mean of the centroids is exactly 0: the errors of
    // point and centroid come together.
    let x: Float = 1 + 0x1p-8 + 0x1p-14, small: Float = 0x1p-18
    let threes = [2 * x, small, -(2 * x + small)].flatMap { [Float](repeating: $0, count: 32) }
    sets.append(
      ("rounded apart", NDArray([x], shape: [1, 1]), NDArray(threes, shape: [96, 1])))
    return sets
  }

  /// All distances in double precision, of equal ones the lowest number.
  private func reference(_ points: NDArray, _ centroids: NDArray) -> (
    ids: [Int32], squares: [Double]
  ) {
    let (count, width, k) = (points.shape[0], points.shape[1], centroids.shape[0])
    var ids = [Int32](), squares = [Double]()
    var row = [Double](repeating: 0, count: k)
    let numbers = (0..<Int32(k)).map { $0 }
    for point in 0..<count {
      let copies = NDArray(
        (0..<k).flatMap { _ in
          Array(UnsafeBufferPointer(start: points.floats + point * width, count: width))
        }, shape: [k, width])
      Filter.float32.kernels.squared_distances(
        Int64(k), Int64(width), copies.floats, centroids.floats, numbers, &row)
      let best = row.min() ?? .nan
      ids.append(Int32(row.firstIndex(of: best) ?? 0))
      squares.append(best)
    }
    return (ids, squares)
  }

  @Test("every filter finds what all distances in double precision say, ties to the lowest number")
  func filters() throws {
    for (what, points, centroids) in try Self.sets() {
      let expected = reference(points, centroids)
      for (name, filter) in Self.filters {
        let count = points.shape[0]
        let ids = Block<Int32>(count: count), distances = Block<Float>(count: count)
        let book = Codebook(centroids, filter: filter)
        try NearestSearch(book: book, points: points.floats, count: count)
          .run(ids: ids.start, distances: distances.start)
        let found = (0..<count).map { ids[$0] }
        #expect(found == expected.ids, "\(name): \(what)")
        for point in 0..<count {
          // Variants may add the squares in another order.
          let difference = abs(Double(distances[point]) - expected.squares[point])
          #expect(difference <= expected.squares[point] * 0x1p-23 + 0x1p-149, "\(name): \(what)")
        }
      }
    }
  }

  @Test("distances in double precision are those of plain arithmetic")
  func squares() {
    var random = RandomSource(seed: 3)
    for width in [1, 7, 16, 31, 48, 100] {
      let (x, c) = (random.normal([5, width]), random.normal([3, width]))
      let ids: [Int32] = [2, 0, 1, 1, 2]
      var squares = [Double](repeating: 0, count: 5)
      for (name, filter) in Self.filters {
        filter.kernels.squared_distances(5, Int64(width), x.floats, c.floats, ids, &squares)
        for row in 0..<5 {
          let plain = (0..<width).reduce(0.0) { sum, column in
            let difference =
              Double(x.floats[row * width + column])
              - Double(c.floats[Int(ids[row]) * width + column])
            return sum + difference * difference
          }
          #expect(abs(squares[row] - plain) <= plain * Double(2 * width + 6) * 0x1p-53, "\(name)")
        }
      }
    }
  }

  @Test("points that are not finite belong to centroid 0 and disturb no others")
  func notFinite() throws {
    var random = RandomSource(seed: 1)
    let (points, centroids) = (random.normal([100, 20]), random.normal([70, 20]))
    let clean = try Assignment.assign(points, to: centroids).ids.elements(of: Int32.self)
    var broken = points.elements(of: Float.self)
    broken[20 * 7] = .nan
    broken[20 * 9 + 3] = .infinity
    let ids = try Assignment.assign(NDArray(broken, shape: [100, 20]), to: centroids)
      .ids.elements(of: Int32.self)
    for point in 0..<100 { #expect(ids[point] == ([7, 9].contains(point) ? 0 : clean[point])) }
  }
}

import Arrays
import Testing

@testable import Clustering

@Suite("Points read in parts")
struct PointSourceTests {
  /// Points in groups, as the patches of an image are, with a record of what was read.
  private final class Groups: PointSource {
    let points: NDArray
    let granularity: Int
    var reads: [Range<Int>] = []

    init(_ points: NDArray, granularity: Int) {
      (self.points, self.granularity) = (points, granularity)
    }

    var count: Int { points.shape[0] }
    var width: Int { points.shape[1] }
    var bytesPerPoint: Int { 4 * width }
    func read(_ range: Range<Int>, pulse: () throws -> Void) throws -> NDArray {
      #expect(range.lowerBound % granularity == 0)
      #expect(range.upperBound % granularity == 0 || range.upperBound == count)
      reads.append(range)
      try pulse()
      return try points.rows(at: NDArray(range.map { Int32($0) }))
    }
  }

  private func points(_ count: Int) -> NDArray {
    var random = RandomSource(seed: 7)
    return random.normal([count, 6])
  }

  @Test("a fit of points in parts is the fit of points in memory, bit by bit")
  func sameBits() throws {
    let points = points(13_000)
    let model = KMeans(k: 70, iterations: 8, seed: 2)
    let whole = try model.fit(points)
    let fixed = 8 * 13_000 + 32 * 70 * 6
    for (granularity, room) in [(1, 4096), (64, 5000), (64, 7000), (1, 13_000), (64, 1 << 20)] {
      let groups = Groups(points, granularity: granularity)
      let fit = try model.fit(groups, memory: fixed + room * 24)
      #expect(fit.history == whole.history && fit.counts == whole.counts)
      #expect(fit.centroids == whole.centroids)
      // No part is larger than the memory has room for, and one part is read once.
      #expect(groups.reads.allSatisfy { $0.count <= room })
      let parts =
        (13_000 + room / granularity * granularity - 1) / (room / granularity * granularity)
      #expect(groups.reads.count == (parts <= 1 ? 1 : parts * (1 + fit.history.count)))
    }
  }

  @Test("k-means++ in parts, and too little memory, are refused with what would help")
  func refusals() throws {
    let groups = Groups(points(13_000), granularity: 1)
    let fixed = 8 * 13_000 + 32 * 5 * 6
    #expect(throws: ClusteringError.plusInParts(points: 13_000)) {
      try KMeans(k: 5, start: .plus).fit(groups, memory: fixed + 5000 * 24)
    }
    #expect(throws: ClusteringError.memory(bytes: 1000, needed: fixed + 4096 * 24)) {
      try KMeans(k: 5).fit(groups, memory: 1000)
    }
    let text = ClusteringError.memory(bytes: 1000, needed: 1 << 21).description
    #expect(text.contains("try memory: \"2048K\""))
  }

  @Test("what is wrong with a point is said with its number among all")
  func notFinite() throws {
    var points = points(13_000)
    try points.replace([.position(9000), .position(1)], with: NDArray(scalar: Float.nan))
    let groups = Groups(points, granularity: 1)
    #expect(throws: ClusteringError.notFinite(row: 9000)) {
      try KMeans(k: 5).fit(groups, memory: 8 * 13_000 + 32 * 5 * 6 + 5000 * 24)
    }
  }

  @Test("some points are read with little of what lies between them")
  func gathering() throws {
    let points = points(1000)
    let groups = Groups(points, granularity: 10)
    let rows = [3, 4, 8, 31, 32, 500, 999]
    let found = try groups.points(at: rows, memory: 20 * 24) {}
    #expect(found == (try points.rows(at: NDArray(rows.map { Int32($0) }))))
    #expect(groups.reads == [0..<10, 30..<40, 500..<510, 990..<1000])
  }

  @Test("a pulse that throws ends the fit while points are read")
  func interruption() throws {
    struct Stop: Error {}
    var pulses = 0
    let groups = Groups(points(13_000), granularity: 1)
    #expect(throws: Stop.self) {
      try KMeans(k: 5).fit(
        groups, memory: 8 * 13_000 + 32 * 5 * 6 + 5000 * 24, progress: { _ in true }
      ) {
        pulses += 1
        if pulses == 9 { throw Stop() }
      }
    }
  }
}

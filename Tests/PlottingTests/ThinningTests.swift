import Testing

@testable import Plotting

@Suite struct ThinningTests {
  let grid = PixelGrid(columns: 500, rows: 300, isLogX: false, isLogY: false)

  @Test("a million points keep every column's extremes, the ends and the gap")
  func million() {
    let count = 1_000_000
    var run = (0..<count).map { Point(x: Double($0), y: Double(($0 * 7919) % 1000)) }
    run[654_321].y = 1e6
    run[123_456].y = -1e6
    let runs = [Array(run[..<500_000]), Array(run[500_001...])]
    let kept = grid.thinned(runs, .lines)
    #expect(kept.count == 2)
    let points = kept.flatMap { $0 }
    #expect(points.count <= 4 * 500 + 8)
    #expect(points.contains(run[654_321]) && points.contains(run[123_456]))
    #expect(points.first == run.first && points.last == run.last)
    #expect(zip(points, points.dropFirst()).allSatisfy { $0.x < $1.x })
  }

  @Test("a cloud keeps one point of each pixel, a few points stay as they are")
  func cloud() {
    let cloud = (0..<20_000).map { Point(x: Double(($0 * 37) % 10), y: Double(($0 * 53) % 7)) }
    let kept = grid.thinned([cloud], .points)
    #expect(kept[0].count == 70)
    #expect(Set(kept[0].map { $0.x * 10 + $0.y }).count == 70)
    let few = [Array(cloud[..<4000])]
    #expect(grid.thinned(few, .points) == few)
  }

  @Test("points that are all equal become one column")
  func equal() {
    let kept = grid.thinned([Array(repeating: Point(x: 3, y: 4), count: 9000)], .lines)
    #expect(kept == [[Point(x: 3, y: 4), Point(x: 3, y: 4)]])
  }
}

import Testing

@testable import Plotting

@Suite struct LiveFigureTests {
  @Test("drawings are due five times a second, the last one always")
  func throttle() {
    let live = LiveFigure(), figure = Figure()
    let times = (0..<100).map { Double($0) / 100 }
    let drawn = times.filter { live.isDue(figure, $0, false) }
    #expect(drawn.count == 5)
    #expect(zip(drawn.dropFirst(), drawn).allSatisfy { $0 - $1 >= LiveFigure.interval })
    #expect(live.isDue(figure, 0.995, true))
    #expect(!live.isDue(figure, 1, false))
  }

  @Test("a clock that was set back does not stop the drawings")
  func setBack() {
    let live = LiveFigure()
    #expect(live.isDue(Figure(), 1000, false))
    #expect(live.isDue(Figure(), 10, false))
  }
}

import Testing

@testable import Plotting

@Suite struct RedrawScheduleTests {
  /// The moments of a second at which something that takes `cost` seconds is drawn.
  private func drawings(cost: Double) -> [Double] {
    var schedule = RedrawSchedule()
    var busyUntil = 0.0
    // Powers of two: sums are exact.
    return (0..<128).map { Double($0) / 128 }.filter { now in
      guard now >= busyUntil, schedule.isDue(at: now) else { return false }
      schedule.note(start: now, end: now + cost)
      busyUntil = now + cost
      return true
    }
  }

  @Test("what is quick is drawn five times a second")
  func quick() {
    let drawn = drawings(cost: 1 / 1024)
    #expect(drawn.count == 5)
    #expect(zip(drawn.dropFirst(), drawn).allSatisfy { $0 - $1 >= RedrawSchedule.interval })
  }

  @Test("drawing takes a twentieth of the time at most")
  func slow() {
    let moments: [Double] = [0, 20, 40, 60]
    #expect(drawings(cost: 1 / 64) == moments.map { $0 / 64 })
  }

  @Test("a clock that was set back does not stop the drawings")
  func setBack() {
    var schedule = RedrawSchedule()
    schedule.note(start: 1000, end: 1000)
    #expect(!schedule.isDue(at: 1000.1))
    #expect(schedule.isDue(at: 10))
  }
}

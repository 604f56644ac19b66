import Testing

@testable import ccv_bench

@Suite struct SoakBenchmarkTests {
  @Test("Memory that levels off is flat, memory that goes on growing is not")
  func growth() {
    let level = [10.0, 60, 90, 100, 100, 101, 100, 100]
    #expect(SoakBenchmark.growth(level).isFlat)
    let leak = (0..<40).map { 100 + 0.5 * Double($0) }
    #expect(SoakBenchmark.growth(leak).megabytes == 5)
    #expect(!SoakBenchmark.growth(leak).isFlat)
  }

  @Test("Too few samples are not called flat")
  func tooFew() {
    #expect(!SoakBenchmark.growth([100]).isFlat)
  }
}

import Testing

@testable import ccv_bench

@Suite struct MeasuringTests {
  @Test("Numbers are rounded to the digits asked for", arguments: [
    (0.0, 2, "0.00"), (1.005, 1, "1.0"), (0.05, 2, "0.05"), (-0.001, 2, "0.00"), (-1.5, 1, "-1.5"),
    (12345.6, 0, "12346"), (.nan, 2, "-"), (9.999, 2, "10.00"),
  ])
  func fixedDigits(number: Double, digits: Int, text: String) {
    #expect(fixed(number, digits) == text)
  }

  @Test("A JSON line reads back as what was written")
  func lines() throws {
    let line = JSONLine([
      ("peer", .text("ccv")), ("workload", .text("gemm")), ("bf16", .flag(true)),
      ("ms", .number(1.23456, digits: 3)), ("bf16_gflops", .number(.nan, digits: 1)),
    ])
    let read = try BenchmarkLine(parsing: line.description)
    #expect(read.isBFloat16)
    #expect(read.numbers == ["ms": 1.235])
    #expect(read.workload == "gemm")
  }

  @Test("The middle of an even number of values is the upper one, of none there is none")
  func medians() {
    #expect(median([3, 1, 2]) == 2)
    #expect(median([4, 1, 2, 3]) == 3)
    #expect(median([]).isNaN)
  }
}

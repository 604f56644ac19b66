import Testing

@testable import ccv_bench

@Suite struct SideBySideTests {
  private func table(_ lines: String...) throws -> [String] {
    SideBySide.table(try lines.map { try BenchmarkLine(parsing: $0) })
      .split(separator: "\n").map(String.init)
  }

  private func found(_ title: String, in table: [String]) -> String? {
    table.first { $0.hasPrefix(title + " ") }
  }

  private static let gemm =
    #"{"peer": "ccv", "workload": "gemm", "sgemm_gflops": 200, "bf16_gflops": null, "threads": 2}"#

  @Test("A training step stands beside the peer's, with its share of the limit and of the memory")
  func training() throws {
    let table = try table(
      Self.gemm,
      #"{"peer": "ccv", "workload": "tiny", "bf16": false, "ms": 1000, "peak_mb": 900}"#,
      #"{"peer": "pytorch 2.15.0+cpu", "workload": "tiny", "bf16": false, "ms": 2500, "peak_mb": 2000}"#
    )
    // 165 GFLOP at 200 a second are 0.824 s of the second that it took.
    let row = try #require(found("train tiny", in: table))
    #expect(row.contains("1000 ms"))
    #expect(row.contains("2500 ms pytorch 2.15.0"))
    #expect(row.contains("0.40 (0.36) !"))
    #expect(row.contains("82 % (80)"))
    #expect(row.hasSuffix("0.45 (0.50)"))
  }

  @Test("A median is taken over the lines of one program and one work")
  func medians() throws {
    let lines = try [7.0, 1, 3].flatMap { time in
      [
        try BenchmarkLine(
          parsing: "{\"peer\": \"ccv\", \"workload\": \"tiny\", \"ms\": \(time)}"),
        try BenchmarkLine(
          parsing:
            "{\"peer\": \"ccv\", \"workload\": \"tiny\", \"bf16\": true, \"ms\": \(10 * time)}"),
      ]
    }
    let medians = BenchmarkLine.medians(lines)
    #expect(medians.map { $0.numbers["ms"] } == [3, 30])
  }

  @Test("What only one side printed is missing on the other")
  func missing() throws {
    let table = try table(
      #"{"peer": "ccv", "workload": "km-small", "fit_s": 0.2, "assign_s": 0.01}"#,
      #"{"peer": "scikit-learn", "workload": "km-small", "fit_s": 0.4}"#,
      #"{"peer": "faiss 1.15.0", "workload": "km-medium", "fit_s": 1.3}"#)
    let small = table.filter { $0.hasPrefix("km-small fit ") }
    #expect(small.count == 2)
    #expect(small[0].contains("missing faiss"))
    #expect(small[1].contains("0.50") && !small[1].contains("("))
    #expect(found("km-medium fit", in: table)?.contains("missing     1.30 s") == true)
    #expect(table.contains { $0.hasPrefix("No line") && $0.contains("train base, ") })
    #expect(table[0].hasPrefix("Limit: missing"))
    #expect(found("km-small assign", in: table)?.contains("missing") == true)
  }

  @Test("Assigning is set against the limit, a fit against the peer's time and inertia")
  func clustering() throws {
    let table = try table(
      Self.gemm,
      #"{"peer": "ccv", "workload": "km-paper", "fit_s": 9, "assign_s": 4.0, "inertia": 99}"#,
      #"{"peer": "faiss 1.15.0", "workload": "km-paper", "fit_s": 10, "assign_s": 5.0, "inertia": 100}"#
    )
    // 2 x 60,000 x 768 x 8192 at 200e9 a second are 3.77 s.
    #expect(found("km-paper assign", in: table)?.hasSuffix("94 % (85)") == true)
    let fit = try #require(found("km-paper fit", in: table))
    #expect(fit.contains("0.90 (0.70) !") && fit.hasSuffix("inertia 0.990"))
  }

  @Test("A rate is better the larger it is, and works without a target stand in the table too")
  func rates() throws {
    let table = try table(
      #"{"peer": "ccv", "workload": "images", "images_per_s": 400}"#,
      #"{"peer": "torchvision", "workload": "images", "images_per_s": 100}"#,
      #"{"peer": "ccv", "fib_ms": 10}"#, #"{"peer": "lua", "fib_ms": 40}"#)
    #expect(found("images", in: table)?.contains("400/s      100/s torchvision     0.25") == true)
    #expect(found("script fib", in: table)?.contains("0.25") == true)
  }

  @Test("Encoding is set against our own base step, an operation against a time")
  func latency() throws {
    let table = try table(
      #"{"peer": "ccv", "workload": "base", "ms": 4000, "bf16": false}"#,
      #"{"peer": "ccv", "workload": "encode", "ms": 20}"#,
      #"{"peer": "ccv", "workload": "latency", "add_ns": 1100, "start_ms": 9.5}"#,
      #"{"peer": "pytorch 2.15.0", "workload": "latency", "add_ns": 2200, "start_ms": 1900}"#)
    #expect(found("encode", in: table)?.contains("0.040 (0.03) !") == true)
    #expect(found("latency add", in: table)?.contains("0.50 (1000 ns) !") == true)
    #expect(found("latency start", in: table)?.contains("0.005 (20.0 ms)") == true)
  }

  @Test("No line is longer than 100 columns")
  func width() throws {
    let table = try table(
      Self.gemm,
      #"{"peer": "ccv", "workload": "small", "bf16": true, "ms": 123456.7, "peak_mb": 9999}"#,
      #"{"peer": "pytorch 2.15.0.dev20261101+cpu", "workload": "small", "bf16": true, "ms": 1, "peak_mb": 1}"#,
      #"{"peer": "ccv", "workload": "base", "ms": 123456.7, "peak_mb": 9999}"#,
      #"{"peer": "pytorch 2.15.0", "workload": "base", "ms": 123456.7, "peak_mb": 1000}"#)
    #expect(table.allSatisfy { $0.count <= 100 })
  }

  @Test("A line that is no JSON of a benchmark is an error that shows it", arguments: [
    "Traceback (most recent call last):", "{\"workload\": \"tiny\"}", "[1, 2]",
  ])
  func unreadable(line: String) {
    let error = #expect(throws: BenchmarkError.self) { try BenchmarkLine(parsing: line) }
    #expect(error?.description.contains(line) == true)
  }
}

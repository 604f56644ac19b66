import Arrays

/// One training step of CCViT, as `scripts/train.ccv` times it in the language.
enum TrainBenchmark {
  static func run(_ workload: String, _ precision: Precision) throws -> JSONLine {
    let options = precision == .bfloat16 ? ["--bf16"] : []
    let output = try ScriptBenchmark.run(
      ScriptBenchmark.path("train.ccv"), arguments: [workload] + options)
    let numbers = output.split { $0.isWhitespace }.compactMap { Double($0) }
    guard numbers.count == 2 else { throw BenchmarkError.output(output) }
    return JSONLine([
      ("peer", .text("ccv")), ("workload", .text(workload)),
      ("bf16", .flag(precision == .bfloat16)), ("ms", .number(numbers[0], digits: 3)),
      ("images_per_s", .number(numbers[1] / numbers[0] * 1000, digits: 2)),
      ("peak_mb", .number(Double(Memory.peakMegabytes), digits: 0)),
    ])
  }
}

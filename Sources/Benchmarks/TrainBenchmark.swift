/// One training step of CCViT, as `scripts/train.ccv` times it in the language.
enum TrainBenchmark {
  static func run(_ arguments: [String]) throws -> JSONLine {
    let output = try ScriptBenchmark.run(ScriptBenchmark.path("train.ccv"), arguments: arguments)
    let numbers = output.split { $0.isWhitespace }.compactMap { Double($0) }
    guard numbers.count == 2 else { throw BenchmarkError.output(output) }
    return JSONLine([
      ("peer", .text("ccv")), ("workload", .text(arguments[0])), ("bf16", .flag(arguments.contains("--bf16"))),
      ("ms", .number(numbers[0], digits: 3)),
      ("images_per_s", .number(numbers[1] / numbers[0] * 1000, digits: 2)),
      ("peak_mb", .number(Double(Memory.peakMegabytes), digits: 0)),
    ])
  }
}

/// One training step of CCViT, as `scripts/train.ccv` times it in the language.
enum TrainBenchmark {
  static func run(_ name: String) throws -> JSONLine {
    let output = try ScriptBenchmark.run(ScriptBenchmark.path("train.ccv"), arguments: [name])
    let numbers = output.split { $0.isWhitespace }.compactMap { Double($0) }
    guard numbers.count == 2 else { throw BenchmarkError.output(output) }
    return JSONLine([
      ("peer", .text("ccv")), ("workload", .text(name)), ("bf16", .flag(false)),
      ("ms", .number(numbers[0], digits: 3)),
      ("images_per_s", .number(numbers[1] / numbers[0] * 1000, digits: 2)),
      ("peak_mb", .number(Double(Memory.peakMegabytes), digits: 0)),
    ])
  }
}

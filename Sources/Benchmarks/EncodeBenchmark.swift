/// An image of 224 x 224 pixels to its tokens, among 8192 centroids.
enum EncodeBenchmark {
  static func run() throws -> JSONLine {
    let output = try ScriptBenchmark.run(ScriptBenchmark.path("encode.ccv"))
    guard let milliseconds = output.split(whereSeparator: \.isWhitespace).first.flatMap({
      Double($0)
    }) else { throw BenchmarkError.output(output) }
    return JSONLine([
      ("peer", .text("ccv")), ("workload", .text("encode")),
      ("ms", .number(milliseconds, digits: 3)),
    ])
  }
}

import Glibc

/// A long training loop of a script: its memory must not grow.
enum SoakBenchmark {
  struct Sample {
    let network: String
    let step: Int
    let megabytes: Double
  }

  /// Growth in the last half that is no growth, because pages come and go: of 2,500 micro steps 200 bytes
  /// a step would be more.
  static let flatMegabytes = 0.5

  static func run(micro: Int, tiny: Int) throws -> JSONLine {
    var samples: [Sample] = []
    var unread = ""
    try ScriptBenchmark.run(
      ScriptBenchmark.path("soak.ccv"), arguments: ["\(micro)", "\(tiny)"]
    ) { text in
      unread += text
      while let end = unread.firstIndex(of: "\n") {
        if let sample = sample(unread[..<end]) {
          samples.append(sample)
          complain("\(unread[..<end]): \(fixed(sample.megabytes, 1)) MB")
        }
        unread.removeSubrange(...end)
      }
    }
    let growths = ["micro", "tiny"].map { name in
      growth(samples.filter { $0.network == name }.map(\.megabytes))
    }
    let resident = samples.last?.megabytes ?? .nan
    return JSONLine([
      ("peer", .text("ccv")), ("workload", .text("soak")),
      ("micro_steps", .number(Double(micro), digits: 0)),
      ("tiny_steps", .number(Double(tiny), digits: 0)),
      ("micro_growth_mb", .number(growths[0].megabytes, digits: 2)),
      ("tiny_growth_mb", .number(growths[1].megabytes, digits: 2)),
      ("resident_mb", .number(resident, digits: 1)),
      ("flat", .flag(growths.allSatisfy(\.isFlat))),
    ])
  }

  private static func sample(_ line: Substring) -> Sample? {
    let words = line.split(separator: " ")
    guard words.count >= 2, let step = Int(words[1]) else { return nil }
    return Sample(
      network: String(words[0]), step: step, megabytes: Memory.residentMegabytes)
  }

  /// What the last half of the samples grew by: the median of its second part over that of its first.
  static func growth(_ samples: [Double]) -> (megabytes: Double, isFlat: Bool) {
    let half = samples.suffix(samples.count / 2)
    let (early, late) = (half.prefix(half.count / 2), half.suffix(half.count / 2))
    let before = median(Array(early))
    let grown = median(Array(late)) - before
    return (grown, grown <= flatMegabytes)
  }
}

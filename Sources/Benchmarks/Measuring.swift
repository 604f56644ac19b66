import Glibc

/// Seconds from some moment on.
enum Clock {
  /// Time that passes.
  static var seconds: Double { read(CLOCK_MONOTONIC) }
  /// Time that the process's threads had a processor.
  static var processorSeconds: Double { read(CLOCK_PROCESS_CPUTIME_ID) }

  private static func read(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

enum Memory {
  /// The most resident memory that the process ever had, in units of 2^20 bytes.
  static var peakMegabytes: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss / 1024
  }
}

/// One line of JSON with keys in a fixed order.
struct JSONLine: CustomStringConvertible {
  enum Value {
    case text(String), flag(Bool), number(Double, digits: Int)
  }
  let fields: [(String, Value)]

  init(_ fields: [(String, Value)]) { self.fields = fields }

  var description: String {
    let body = fields.map { key, value in
      switch value {
      case .text(let text): "\"\(key)\": \"\(text)\""
      case .flag(let flag): "\"\(key)\": \(flag)"
      case .number(let number, let digits): "\"\(key)\": \(Self.rounded(number, digits))"
      }
    }
    return "{" + body.joined(separator: ", ") + "}"
  }

  private static func rounded(_ number: Double, _ digits: Int) -> String {
    guard number.isFinite else { return "null" }
    let scale = pow(10.0, Double(digits))
    let value = (number * scale).rounded() / scale
    return digits == 0 ? String(Int(value)) : "\(value)"
  }
}

/// What a benchmark was asked for that there is not.
enum BenchmarkError: Error, CustomStringConvertible {
  case unknown(String, String, [String])
  case file(String)
  case failed(String)
  case output(String)

  var description: String {
    switch self {
    case .unknown(let what, let seen, let known):
      "there is no \(what) \"\(seen)\"; there are \(known.joined(separator: ", "))"
    case .file(let path): "cannot run \(path)"
    case .failed(let message): message
    case .output(let text): "the script printed something else than times: \(text)"
    }
  }
}

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

/// The seconds of each run of `body`, after two that are not counted.
func timings(repeats: Int, _ body: () throws -> Void) rethrows -> [Double] {
  var times: [Double] = []
  for index in 0..<repeats + 2 {
    let start = Clock.seconds
    try body()
    if index >= 2 { times.append(Clock.seconds - start) }
  }
  return times
}

/// The middle of the sorted values, the upper one of two; not a number where there are none.
func median(_ values: [Double]) -> Double {
  values.isEmpty ? .nan : values.sorted()[values.count / 2]
}

/// A number with so many digits behind the point.
func fixed(_ number: Double, _ digits: Int) -> String {
  guard number.isFinite, abs(number) < 1e15 else { return "-" }
  let scale = pow(10.0, Double(digits))
  let units = Int((abs(number) * scale).rounded())
  let (whole, rest) = (String(units / Int(scale)), String(units % Int(scale)))
  let sign = number < 0 && units > 0 ? "-" : ""
  guard digits > 0 else { return sign + whole }
  return sign + whole + "." + String(repeating: "0", count: digits - rest.count) + rest
}

/// A text filled with spaces to a width: on the right where the width is negative.
func padded(_ text: String, _ width: Int) -> String {
  let spaces = String(repeating: " ", count: max(0, abs(width) - text.count))
  return width < 0 ? text + spaces : spaces + text
}

enum Memory {
  /// The resident memory now, in units of 2^20 bytes.
  static var residentMegabytes: Double {
    guard let stream = fopen("/proc/self/statm", "r") else { return .nan }
    defer { fclose(stream) }
    var line = [CChar](repeating: 0, count: 128)
    guard fgets(&line, Int32(line.count), stream) != nil else { return .nan }
    let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard let pages = text.split(separator: " ").dropFirst().first.flatMap({ Double($0) }) else {
      return .nan
    }
    return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1_048_576
  }

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
  case line(String)
  case unreadable(String)

  var description: String {
    switch self {
    case .unknown(let what, let seen, let known):
      "there is no \(what) \"\(seen)\"; there are \(known.joined(separator: ", "))"
    case .file(let path): "cannot run \(path)"
    case .failed(let message): message
    case .unreadable(let path): "cannot read \(path)"
    case .line(let text): "this is no line of a benchmark, a JSON object with a \"peer\": \(text)"
    case .output(let text): "the script printed something else than times: \(text)"
    }
  }
}

import Interpreter

/// A line of progress: a bar with rate and time left on a terminal, at most one line per 10 % elsewhere.
///
/// Nothing is written for work that ends within a second (two where it is no terminal). A terminal's
/// line is redrawn at most ten times a second and removed at the end, also after an interrupt.
final class ProgressLine {
  /// Seconds: before the first line, between two drawings, between two lines that stay, and between
  /// those of work of which nobody knows how much it is.
  private static let patience = 1.0, interval = 0.1, quiet = 2.0, longQuiet = 10.0
  private let host: Host
  private let title: String
  private let total: Int?
  private let start: Double
  private let strip = Screen.Strip()
  private var isFinished = false
  private var lastDraw: Double
  private var lastTenth = 0
  private var last = (done: 0, detail: "")

  init(_ host: Host, title: String, total: Int?) {
    self.host = host
    self.title = title.isEmpty ? "working" : title
    self.total = total.flatMap { $0 > 0 ? $0 : nil }
    start = host.now
    lastDraw = start
    host.progressLines.removeAll { $0.line == nil }
    host.progressLines.append(Member(line: self))
  }

  /// A line of a session, while there is it.
  struct Member { weak var line: ProgressLine? }

  /// Time has passed: a terminal's line is drawn again, so that long steps are seen to be under way.
  func refresh() {
    guard host.screen != nil else { return }
    update(last.done, detail: last.detail)
  }

  deinit { finish() }

  /// `done` of the total are done; `detail` is said behind the bar.
  func update(_ done: Int, detail: String = "") {
    let now = host.now
    last = (done, detail)
    guard !isFinished else { return }
    if let screen = host.screen {
      guard now - start >= Self.patience, now - lastDraw >= Self.interval else { return }
      lastDraw = now
      let room = screen.size.columns - 1
      screen.set(strip, to: [text(done, now - start, detail, room: room)])
    } else if isLineDue(done, now) {
      lastDraw = now
      host.writeNote(text(done, now - start, detail, room: nil) + "\n")
    }
  }

  private func isLineDue(_ done: Int, _ now: Double) -> Bool {
    guard let total else { return now - lastDraw >= Self.longQuiet }
    let tenth = done * 10 / total
    guard tenth > lastTenth, tenth < 10, now - lastDraw >= Self.quiet else { return false }
    lastTenth = tenth
    return true
  }

  func finish() {
    isFinished = true
    host.screen?.remove(strip)
  }

  /// With a bar where there is `room`, of what is left of it.
  private func text(_ done: Int, _ seconds: Double, _ detail: String, room: Int?) -> String {
    var parts = [String]()
    if let total {
      parts.append("\(done * 100 / total) %")
      parts.append("\(TextNumber.grouped(done))/\(TextNumber.grouped(total))")
      if done > 0 {
        parts.append(Self.rate(done, seconds))
        parts.append("\(Self.duration(seconds / Double(done) * Double(total - done))) left")
      } else {
        parts.append("for \(Self.duration(seconds))")
      }
    } else {
      parts = [TextNumber.grouped(done), Self.rate(done, seconds), Self.duration(seconds)]
    }
    if !detail.isEmpty { parts.append(detail) }
    let facts = parts.joined(separator: "  ")
    guard let total, let room else { return "\(title)  \(facts)" }
    let width = min(24, room - title.count - facts.count - 6)
    guard width >= 5 else { return "\(title)  \(facts)" }
    let filled = min(width, done * width / total)
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
    return "\(title)  [\(bar)]  \(facts)"
  }

  /// `12.5/s`, or `3.2 s each` where that is easier to picture.
  private static func rate(_ done: Int, _ seconds: Double) -> String {
    let rate = Double(done) / max(seconds, 1e-9)
    if done > 0, rate < 1 { return "\(TensorSummary.short(1 / rate)) s each" }
    return "\(TensorSummary.short(rate))/s"
  }

  /// 75 as `1:15`.
  static func duration(_ seconds: Double) -> String {
    guard seconds < 1e8 else { return "?" }
    let whole = Int(seconds.rounded(.up))
    if whole < 60 { return "\(whole) s" }
    let rest = whole % 60
    let minutes = whole / 60
    if minutes < 60 { return "\(minutes):\(rest < 10 ? "0" : "")\(rest)" }
    return "\(minutes / 60) h \(minutes % 60) min"
  }
}

extension Host {
  /// Something within a step has got on: lines on a terminal show the time that it takes.
  func refreshProgress() {
    for member in progressLines { member.line?.refresh() }
  }
}

/// `for b in batches(...) |> progress("epoch 1") { }`.
enum ProgressFunctions {
  static func functions(_ host: Host) -> [NativeFunction] { [progress(host)] }

  private static func progress(_ host: Host) -> NativeFunction {
    NativeFunction(
      "progress", "items: list, title?: string", group: "output and time",
      summary: "Shows how far a loop is, its rate and the time left.",
      details: """
        On a terminal a bar; elsewhere at most a line per 10 % and per 2 s. Nothing for loops of
        less than a second.
        items: batches, a list, range, data set or anything else with a number of items.
        title: what stands before the bar.
        Gives the same items, for `for`.
        """,
      example: "for i in 1..3 |> progress(\"steps\") { }",
      related: ["batches", "for", "timed"]
    ) { call in
      .owning(
        ProgressObject(
          call[0], title: call.has(1) ? try call.string(1) : "", host: host,
          count: try elementCount(call)))
    }
  }

  private static func elementCount(_ call: Call) throws -> Int? {
    switch call[0].object {
    case let list as ListObject: list.count
    case let range as RangeObject: range.count
    case let foreign as ForeignObject: foreign.elementCount
    default: throw call.wrongType(0, wanted: "something to go through")
    }
  }
}

private final class ProgressObject: ForeignObject {
  private let items: Value
  private let title: String
  private let host: Host
  private let count: Int?

  init(_ items: Value, title: String, host: Host, count: Int?) {
    self.items = items.retained()
    self.title = title
    self.host = host
    self.count = count
  }

  deinit { items.release() }

  override var typeName: String { "progress" }
  override var elementCount: Int? { count }
  override func makeIterator(machine: Machine) throws -> (any ValueIterator)? {
    guard let inner = try machine.iterator(over: items) else { return nil }
    return ProgressIterator(inner, ProgressLine(host, title: title, total: count))
  }
}

private final class ProgressIterator: ValueIterator {
  private let inner: any ValueIterator
  private let line: ProgressLine
  private var done = -1

  init(_ inner: any ValueIterator, _ line: ProgressLine) {
    self.inner = inner
    self.line = line
  }

  func next() throws -> Value? {
    done += 1
    line.update(done)
    guard let value = try inner.next() else {
      line.finish()
      return nil
    }
    return value
  }
}

import Interpreter

/// A line of progress: a bar with rate and time left on a terminal, one line per 10 % elsewhere.
///
/// Nothing is written for work that ends within a second. A terminal's line is redrawn at most ten times
/// a second and removed at the end, also after an interrupt.
final class ProgressLine {
  private let host: Host
  private let title: String
  private let total: Int?
  private let start: Double
  private var lastDraw: Double
  private var lastTenth = 0
  private var isDrawn = false

  init(_ host: Host, title: String, total: Int?) {
    self.host = host
    self.title = title
    self.total = total
    start = host.now
    lastDraw = start
  }

  deinit { finish() }

  /// `done` of the total are done; `detail` is said behind the bar.
  func update(_ done: Int, detail: String = "") {
    let now = host.now
    guard now - start >= 1 else { return }
    if host.isInteractive {
      guard now - lastDraw >= 0.1 else { return }
      lastDraw = now
      isDrawn = true
      let line = text(done, now - start, detail)
      host.writeNote("\r" + line.prefix(max(20, host.width() - 1)) + "\u{1B}[K")
    } else if let total, total > 0 {
      let tenth = done * 10 / total
      guard tenth > lastTenth, tenth < 10 else { return }
      lastTenth = tenth
      host.writeNote(text(done, now - start, detail) + "\n")
    }
  }

  func finish() {
    guard isDrawn else { return }
    isDrawn = false
    host.writeNote("\r\u{1B}[K")
  }

  private func text(_ done: Int, _ seconds: Double, _ detail: String) -> String {
    let rate = Double(done) / max(seconds, 1e-9)
    var parts = [title.isEmpty ? "working" : title]
    if let total, total > 0 {
      let share = Double(done) / Double(total)
      if host.isInteractive {
        let filled = Int((share * 20).rounded(.down))
        parts.append(
          "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: 20 - filled) + "]")
      }
      parts.append("\(Int(share * 100)) %")
      parts.append("\(done)/\(total)")
      parts.append("\(TensorSummary.short(rate))/s")
      let left = rate > 0 ? Double(total - done) / rate : 0
      parts.append("\(Self.duration(left)) left")
    } else {
      parts.append("\(done)")
      parts.append("\(TensorSummary.short(rate))/s")
      parts.append(Self.duration(seconds))
    }
    if !detail.isEmpty { parts.append(detail) }
    return parts.joined(separator: "  ")
  }

  /// 75 as `1:15`.
  static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded(.up))
    if whole < 60 { return "\(whole) s" }
    let rest = whole % 60
    let minutes = whole / 60
    if minutes < 60 { return "\(minutes):\(rest < 10 ? "0" : "")\(rest)" }
    return "\(minutes / 60) h \(minutes % 60) min"
  }
}

/// `for b in batches(...) |> progress("epoch 1") { }`.
enum ProgressFunctions {
  static func functions(_ host: Host) -> [NativeFunction] { [progress(host)] }

  private static func progress(_ host: Host) -> NativeFunction {
    NativeFunction(
      "progress", "items: list, title?: string", group: "output and time",
      summary: "The same items, with a line that shows how far a loop over them is, its rate and the time left.",
      details: "On a terminal a bar; elsewhere a line per 10 %. Nothing for loops of less than a second.",
      example: "for i in 1..3 |> progress(\"steps\") { }", related: ["batches"]
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

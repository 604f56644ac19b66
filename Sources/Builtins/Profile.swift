import Arrays
import Interpreter
import Syntax

/// What a program spent its time on: `with profile() { ... }`.
final class Profile: ForeignObject {
  /// Sums of laps.
  struct Totals {
    /// Times that the work was done.
    var calls = 0
    /// Times that a line called native code.
    var lineCalls = 0
    var seconds = 0.0
    var flops = ProductFlops()
    /// Of the arrays taken and given.
    var bytes = 0

    static func += (left: inout Totals, right: Totals) {
      left.calls += right.calls
      left.lineCalls += right.lineCalls
      left.seconds += right.seconds
      left.flops = left.flops + right.flops
      left.bytes += right.bytes
    }

    /// 10^9 floating-point operations a second, nil where there are none.
    var rate: Double? {
      flops.total > 0 && seconds > 0 ? Double(flops.total) / seconds * 1e-9 : nil
    }

    /// The time that the machine's best products would take, as a share of the time that went by.
    func share(of limit: ProductRate) -> Double? {
      seconds > 0 && flops.total > 0 ? limit.seconds(for: flops) / seconds : nil
    }
  }

  /// Rows of each table unless asked for otherwise.
  static let rowCount = 16
  private let recorder: ProfileRecorder
  private let host: Host
  private unowned let machine: Machine
  private let rowCount: Int
  private var totals: [Totals] = []
  private var base = Int.max

  init(_ recorder: ProfileRecorder, _ host: Host, _ machine: Machine, rows: Int) {
    self.recorder = recorder
    self.host = host
    self.machine = machine
    rowCount = rows
  }

  func add(_ lap: Totals, to work: Int) {
    while totals.count <= work { totals.append(Totals()) }
    totals[work] += lap
  }

  // MARK: - The scope

  override var isScope: Bool { true }
  override func enterScope() throws {
    guard !recorder.isOpen(self) else {
      throw Diagnosis(
        "E117", "this profile is being taken already", hint: "`profile()`: another, within it.")
    }
    base = min(base, machine.callDepth - 1, ProfileRecorder.depthMax - 1)
    recorder.begin(self)
  }

  override func exitScope() {
    guard recorder.isOpen(self) else { return }
    recorder.end(self)
    if rowCount > 0 { host.write(text(width: host.width())) }
    recorder.startLap()
  }

  // MARK: - What it found

  var whole: Totals { totals.reduce(into: Totals()) { $0 += $1 } }

  /// By name and direction, the longest first.
  var operations: [(name: String, isBackward: Bool, totals: Totals)] {
    var rows = [(name: String, isBackward: Bool, totals: Totals)]()
    var places: [String: Int] = [:]
    for (work, sum) in zip(recorder.works, totals) where sum.seconds > 0 || sum.calls > 0 {
      let key = work.name + (work.isBackward ? " backward" : "")
      if let place = places[key] {
        rows[place].totals += sum
      } else {
        places[key] = rows.count
        rows.append((work.name, work.isBackward, sum))
      }
    }
    return rows.sorted { $0.totals.seconds > $1.totals.seconds }
  }

  /// A line of a source: what it took with all that it called, and by itself.
  struct Line {
    let file: SourceFile
    let number: Int
    var all = Totals()
    var own = Totals()

    /// `demo.ccv:12`, without folders.
    var place: String {
      (file.name.split(separator: "/").last.map(String.init) ?? file.name) + ":\(number)"
    }
    var source: String {
      let text = file.text(of: file.lineRange(number))
      return String(text.drop { $0 == " " || $0 == "\t" }.prefix { $0 != "\n" && $0 != "\r" })
    }
  }

  private struct LineKey: Hashable {
    let file: ObjectIdentifier
    let number: Int
  }

  /// The lines within the block, the longest first.
  var lines: [Line] {
    var lines: [LineKey: Line] = [:]
    for (work, sum) in zip(recorder.works, totals) {
      var met: Set<LineKey> = []
      var context = recorder.contexts[work.context]
      while let place = context.line, context.depth > base {
        let key = LineKey(file: ObjectIdentifier(place.file), number: place.line)
        var line = lines[key] ?? Line(file: place.file, number: place.line)
        if met.isEmpty { line.own += sum }
        if met.insert(key).inserted { line.all += sum }
        lines[key] = line
        context = recorder.contexts[context.parent]
      }
    }
    return lines.values.filter { $0.all.seconds > 0 || $0.all.lineCalls > 0 }.sorted {
      ($1.all.seconds, $0.file.name, $0.number) < ($0.all.seconds, $1.file.name, $1.number)
    }
  }

  // MARK: - As a value

  override var typeName: String { "profile" }
  override func summary(width: Int) -> String {
    totals.isEmpty
      ? "profile of nothing so far" : String(text(width: width).dropLast())
  }
  override var fieldNames: [String] {
    ["operations", "lines", "seconds", "calls", "flops", "bytes"]
  }
  override func field(_ name: String) throws -> Value? {
    switch name {
    case "operations": .owning(operationTable())
    case "lines": .owning(lineTable())
    case "seconds": Value(whole.seconds)
    case "calls": Value(whole.calls)
    case "flops": Value(whole.flops.total)
    case "bytes": Value(whole.bytes)
    default: nil
    }
  }

  /// The columns that operations and lines share.
  private func figures(_ totals: Totals, calls: Int) -> [(String, Value)] {
    let whole = whole.seconds
    let rate = totals.rate, share = totals.share(of: host.productRate)
    // The rate may have been measured just now, which is not the program's time.
    recorder.startLap()
    return [
      ("calls", Value(calls)), ("seconds", Value(totals.seconds)),
      ("share", Value(whole > 0 ? totals.seconds / whole : 0)),
      ("flops", Value(totals.flops.total)), ("gflops", rate.map { Value($0) } ?? .none),
      ("of_limit", share.map { Value($0) } ?? .none),
      ("bytes", Value(totals.bytes)),
    ]
  }

  private static let figureNames = [
    "calls", "seconds", "share", "flops", "gflops", "of_limit", "bytes",
  ]

  private func operationTable() -> TableObject {
    let table = TableObject(["operation", "pass"] + Self.figureNames)
    for row in operations {
      let (name, pass) = (
        Value.string(TextName.snake(row.name)),
        Value.string(row.isBackward ? "backward" : "forward")
      )
      table.append(
        [("operation", name), ("pass", pass)] + figures(row.totals, calls: row.totals.calls))
      name.release()
      pass.release()
    }
    return table
  }

  private func lineTable() -> TableObject {
    let table = TableObject(["line", "source"] + Self.figureNames + ["own_seconds"])
    for line in lines {
      let (place, source) = (Value.string(line.place), Value.string(line.source))
      table.append(
        [("line", place), ("source", source)] + figures(line.all, calls: line.own.lineCalls)
          + [("own_seconds", Value(line.own.seconds))])
      place.release()
      source.release()
    }
    return table
  }

  private func text(width: Int) -> String {
    ProfileText(
      whole: whole, operations: operations, lines: lines,
      limit: host.productRate,
      rows: rowCount > 0 ? rowCount : Self.rowCount, width: width
    ).text
  }
}

/// Names of the engine as the language writes them.
enum TextName {
  /// `layerNorm` as `layer_norm`, `linearGELU` as `linear_gelu`; without `(_:axes:)`.
  static func snake(_ name: String) -> String {
    var text = "", wasUpper = false
    for letter in name.prefix(while: { $0 != "(" }) {
      if letter.isUppercase, !wasUpper, !text.isEmpty { text += "_" }
      text += letter.lowercased()
      wasUpper = letter.isUppercase
    }
    return text
  }
}

import Arrays
import Interpreter
import Syntax

/// A profile as two tables: by operation and by line of the script.
struct ProfileText {
  let whole: Profile.Totals
  let operations: [(name: String, isBackward: Bool, totals: Profile.Totals)]
  let lines: [Profile.Line]
  let limit: ProductRate
  let rows: Int
  let width: Int

  /// Ends with a newline.
  var text: String {
    ([headline, ""] + operationLines + [""] + sourceLines).joined(separator: "\n") + "\n"
  }

  private var headline: String {
    var parts = [
      "profile: \(Self.duration(whole.seconds))",
      "\(TextNumber.grouped(whole.calls)) \(whole.calls == 1 ? "call" : "calls")",
    ]
    if let rate = whole.rate, let share = whole.share(of: limit) {
      let reached = [
        whole.flops.float32 > 0 ? Self.number(limit.float32) : nil,
        whole.flops.bfloat16 > 0 ? Self.number(limit.bfloat16) + " in bf16" : nil,
      ]
      parts.append(
        "\(Self.number(rate)) GFLOP/s, \(Self.percent(share)) of the machine's "
          + reached.compactMap { $0 }.joined(separator: " and "))
    }
    return TerminalText.folded(parts.joined(separator: ", "), to: width)
  }

  private var operationLines: [String] {
    let shown = operations.prefix(rows)
    let cells = shown.map { row in
      [
        TextName.snake(row.name) + (row.isBackward ? " backward" : ""),
        row.name == ProfileRecorder.script ? "" : TextNumber.grouped(row.totals.calls),
      ] + figures(row.totals)
    }
    return Self.aligned(
      [["operation", "calls"] + Self.heads] + cells, firstWidth: 4...max(12, width - 46))
      + rest(operations.dropFirst(rows).map(\.totals), "operations")
  }

  private var sourceLines: [String] {
    let shown = lines.prefix(rows)
    let cells = shown.map { line in
      [line.place, line.own.lineCalls == 0 ? "" : TextNumber.grouped(line.own.lineCalls)]
        + figures(line.all)
    }
    let table = Self.aligned([["line", "calls"] + Self.heads] + cells, firstWidth: 4...20)
    // What is left of the width shows the source.
    let sources = [""] + shown.map(\.source)
    let more = lines.count - shown.count
    let left = (table.map(\.count).max() ?? 0) + 2
    return zip(table, sources).map { row, source in
      let blanks = String(repeating: " ", count: left - row.count)
      return TerminalText.cut(row + blanks + source, to: width).withoutTrailingBlanks
    }
      + (more > 0 ? ["... \(more) more \(more == 1 ? "line" : "lines")"] : [])
  }

  private static let heads = ["time", "share", "GFLOP/s", "limit", "bytes"]

  private func figures(_ totals: Profile.Totals) -> [String] {
    [
      Self.duration(totals.seconds),
      Self.percent(whole.seconds > 0 ? totals.seconds / whole.seconds : 0),
      totals.rate.map(Self.number) ?? "",
      totals.share(of: limit).map(Self.percent) ?? "",
      totals.bytes > 0 ? Inspection.bytes(totals.bytes) : "",
    ]
  }

  private func rest(_ others: [Profile.Totals], _ what: String) -> [String] {
    guard !others.isEmpty else { return [] }
    let seconds = others.reduce(0) { $0 + $1.seconds }
    return ["... \(others.count) more, \(Self.duration(seconds))"]
  }

  /// The first column to the left, the others to the right.
  private static func aligned(_ rows: [[String]], firstWidth: ClosedRange<Int>) -> [String] {
    let columns = rows.first?.count ?? 0
    let widths = (0..<columns).map { column in rows.map { displayWidth(of: $0[column]) }.max() ?? 0
    }
    return rows.map { row in
      var line = ""
      for (column, text) in row.enumerated() {
        if column == 0 {
          let room = min(max(widths[0], firstWidth.lowerBound), firstWidth.upperBound)
          let isLong = displayWidth(of: text) > room
          line += padded(isLong ? TerminalText.cut(text, to: room - 3) + "..." : text, to: room)
        } else {
          line += "  " + padded(text, to: widths[column], onLeft: true)
        }
      }
      return line.withoutTrailingBlanks
    }
  }

  // MARK: - Numbers

  /// `1.23 s`, `45.6 ms`, `789 us`: three digits.
  static func duration(_ seconds: Double) -> String {
    if seconds >= 100 { return ProgressLine.duration(seconds) }
    if seconds >= 0.9995 { return "\(digits(seconds)) s" }
    if seconds >= 0.9995e-3 { return "\(digits(seconds * 1e3)) ms" }
    return "\(Int((seconds * 1e6).rounded())) us"
  }

  /// Three digits, all before the point where there are more.
  static func number(_ value: Double) -> String { digits(value) }

  static func percent(_ share: Double) -> String {
    let percent = share * 100
    return percent > 0 && percent < 0.95
      ? "\(fixed(percent, places: 1)) %" : "\(Int(percent.rounded())) %"
  }

  private static func digits(_ value: Double) -> String {
    fixed(value, places: value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2)
  }

  private static func fixed(_ value: Double, places: Int) -> String {
    let scale = places == 0 ? 1 : places == 1 ? 10 : 100
    let whole = Int((value * Double(scale)).rounded())
    guard places > 0 else { return TextNumber.grouped(whole) }
    let rest = String(whole % scale)
    return "\(whole / scale)." + String(repeating: "0", count: places - rest.count) + rest
  }
}

extension String {
  var withoutTrailingBlanks: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}

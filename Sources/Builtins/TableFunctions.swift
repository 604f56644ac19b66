import Interpreter
import Syntax

/// A table: rows of named values, the log of a run.
final class TableObject: ForeignObject {
  private(set) var columns: [String]
  private(set) var rows: [[Value]] = []
  /// How many notes went into each cell of the last row: repeated notes are averaged.
  private var noteCounts: [Int] = []
  /// Called after every change, until they say that they are gone: live plots.
  var observers: [() -> Bool] = []

  init(_ columns: [String]) {
    self.columns = columns
  }

  deinit { for value in rows.joined() { value.release() } }

  /// Adds a row, or averages into the last one if `merges` and its first column has the same value.
  func add(_ fields: [(String, Value)], merges: Bool, machine: Machine) throws {
    for (name, _) in fields where !columns.contains(name) {
      columns.append(name)
      for index in rows.indices { rows[index].append(.none) }
      noteCounts.append(0)
    }
    let first = fields.first { $0.0 == columns.first }?.1
    if merges, let first, let last = rows.last, machine.equals(last[0], first) {
      for (name, value) in fields { merge(name, value) }
    } else {
      append(fields)
    }
    observers.removeAll { !$0() }
  }

  /// Adds a row; columns that are not known are left out.
  func append(_ fields: [(String, Value)]) {
    var row = [Value](repeating: .none, count: columns.count)
    noteCounts = [Int](repeating: 0, count: columns.count)
    for (name, value) in fields {
      guard let index = columns.firstIndex(of: name) else { continue }
      row[index] = plain(value).retained()
      noteCounts[index] = isCounted(value) ? 1 : 0
    }
    rows.append(row)
  }

  private func plain(_ value: Value) -> Value {
    if let number = (value.object as? ForeignObject)?.numberValue { return Value(number) }
    return value
  }

  /// A metric that does not apply is nan, and is left out of the mean.
  private func isCounted(_ value: Value) -> Bool {
    plain(value).number.map { !$0.isNaN } ?? true
  }

  private func merge(_ name: String, _ value: Value) {
    guard let index = columns.firstIndex(of: name), index > 0, isCounted(value) else { return }
    let row = rows.count - 1
    let new = plain(value)
    let old = rows[row][index]
    if let mean = old.number, let number = new.number, noteCounts[index] > 0 {
      let count = Double(noteCounts[index])
      rows[row][index] = Value(mean + (number - mean) / (count + 1))
    } else {
      rows[row][index] = new.retained()
      old.release()
    }
    noteCounts[index] += 1
  }

  func column(_ name: String) -> [Value]? {
    columns.firstIndex(of: name).map { index in rows.map { $0[index] } }
  }

  override var typeName: String { "table" }
  override var elementCount: Int? { rows.count }
  override var byteCount: Int { 64 + rows.count * columns.count * 8 }
  override var fieldNames: [String] { columns + ["columns", "rows"] }
  override func field(_ name: String) throws -> Value? {
    if let column = column(name) { return .owning(ListObject(column)) }
    switch name {
    case "columns": return CoreLists.strings(columns)
    case "rows": return Value(rows.count)
    default: return nil
    }
  }
  override func index(_ items: [SubscriptItem]) throws -> Value {
    guard items.count == 1, case .value(let value) = items[0], let number = value.number,
      number == number.rounded()
    else {
      throw Diagnosis("E109", "a row of a table is picked by a whole number", arguments: [(1, "")])
    }
    let asked = Int(min(max(number, -0x1p53), 0x1p53))
    let index = asked < 0 ? asked + rows.count : asked
    guard rows.indices.contains(index) else {
      throw Diagnosis(
        "E108", "row \(asked) is out of range: the table has \(rows.count)", arguments: [(1, "")])
    }
    return .owning(RecordObject(zip(columns, rows[index]).map { ($0, $1) }))
  }

  override var brief: String? {
    "table of \(rows.count) row\(rows.count == 1 ? "" : "s"): \(columns.joined(separator: ", "))"
  }
  override func summary(width: Int) -> String {
    guard !rows.isEmpty else { return "table without rows: \(columns.joined(separator: ", "))" }
    let shown =
      rows.count <= 24 ? Array(rows.indices) : Array(0..<12) + Array((rows.count - 12)..<rows.count)
    let formats = columns.indices.map { column in
      NumberColumn(shown.compactMap { rows[$0][column].number })
    }
    let cells = shown.map { zip(rows[$0], formats).map(cell) }
    let widths = columns.indices.map { column in
      min(
        24, ([columns[column]] + cells.map { $0[column] }).map { displayWidth(of: $0) }.max() ?? 0)
    }
    func line(_ texts: [String]) -> String {
      zip(texts, widths).map { padded(TerminalText.cut($0, to: 24), to: $1, onLeft: true) }
        .joined(separator: "  ")
    }
    var lines = [line(columns)]
    for (position, texts) in cells.enumerated() {
      if position == 12, rows.count > 24 { lines.append("  ... \(rows.count - 24) more rows ...") }
      lines.append(line(texts))
    }
    return lines.joined(separator: "\n")
  }

  private func cell(_ value: Value, _ format: NumberColumn) -> String {
    if value.isNone { return "" }
    // Short, and so without end even where a table holds itself.
    return value.number.map(format.text) ?? value.string?.string ?? Display.brief(value)
  }

  /// Comma-separated values, RFC 4180.
  var csv: String {
    func quoted(_ text: String) -> String {
      text.contains { ",\"\n".contains($0) }
        ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }
    let head = columns.map(quoted).joined(separator: ",")
    let body = rows.map { row in
      row.map { quoted($0.isNone ? "" : Display.text($0)) }.joined(separator: ",")
    }
    return ([head] + body).joined(separator: "\n") + "\n"
  }
}

/// Tables: the log of a run.
enum TableFunctions {
  private static let group = "tables"

  static func functions() -> [NativeFunction] { [table(), note(), addRow()] }

  private static func table() -> NativeFunction {
    NativeFunction(
      "table", "...", group: group,
      summary: "An empty table with named columns: the log of a run.",
      details: """
        A column is a field: log.loss is a list. A row is an index: log[-1] is a record. Further
        columns come with the first row that has them.
        ...: the names of the columns, strings.
        Gives a table without rows; it is shared by its names.
        """,
      example: """
        let log = table("epoch", "loss")
        log |> note(epoch: 1, loss: 0.5)
        len(log)  # => 1
        """,
      related: ["note", "add_row", "plot", "tables"]
    ) { call in
      let names = try call.extras.map { value -> String in
        guard let text = value.string else {
          throw Diagnosis("E107", "a column's name is a string, not \(Display.described(value))")
        }
        return text.string
      }
      return .owning(TableObject(names))
    }
  }

  private static func note() -> NativeFunction {
    NativeFunction(
      "note", "table: table, ..fields: record", group: group,
      summary: "Notes values in a table; those with one value of the first column are averaged.",
      details: """
        In every step, log |> note(epoch: 3, loss: 0.5) gives one row an epoch, with means; nan is
        left out of them.
        table: it is changed.
        ...: values by column; the first column is what rows go by. `..record` gives a record's
        fields.
        Gives the table.
        """,
      example: """
        let log = table("epoch")
        note(log, epoch: 1, loss: 2)
        note(log, epoch: 1, loss: 4)
        log.loss  # => [3]
        """,
      related: ["table", "add_row", "tables"], collectsFields: true
    ) { call in try add(call, merges: true) }
  }

  private static func addRow() -> NativeFunction {
    NativeFunction(
      "add_row", "table: table, ..fields: record", group: group,
      summary: "Adds a row of values to a table.",
      details: """
        table: it is changed.
        ...: values by column; columns without one stay empty. `..record` gives a record's fields.
        Gives the table.
        """,
      example: """
        let t = table("a")
        add_row(t, a: 1)
        t.a  # => [1]
        """,
      related: ["note", "table"], collectsFields: true
    ) { call in try add(call, merges: false) }
  }

  private static func add(_ call: Interpreter.Call, merges: Bool) throws -> Value {
    let table = try call.object(0, as: TableObject.self, wanted: "a table")
    guard !call.fields.isEmpty else {
      throw Diagnosis(
        "E105", "\(call.function.name) needs values by name",
        hint: "`note(log, epoch: 1, loss: 0.5)`.")
    }
    try table.add(call.fields, merges: merges, machine: call.machine)
    return call[0].retained()
  }
}

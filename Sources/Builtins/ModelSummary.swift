import Arrays
import Autograd
import Interpreter
import Layers
import Syntax

/// The layers of a model in order: what each gives, learns and computes.
final class ModelSummary: ForeignObject {
  struct Row {
    let name: String
    let path: String
    let depth: Int
    /// Empty for a record or list that holds layers.
    let kind: String
    var shape: Shape?
    var parameters: Int
    var flops: Int?
  }

  private let rows: [Row]
  private let input: Shape?
  private let parameters: Int
  private let flops: Int?
  private let outside: Int

  /// - Parameters:
  ///   - trace: of a run, if there was one.
  ///   - input: what it ran on, if that is known.
  init(of model: Value, trace: LayerTrace?, input: Shape?) {
    var walk = ModelWalk(trace)
    walk.visit(model, name: "", path: "", depth: 0)
    rows = walk.rows
    self.input = input
    parameters = rows.reduce(0) { $1.kind.isEmpty ? $0 : $0 + $1.parameters }
    flops = trace?.flops
    outside = (trace?.flops ?? 0) - rows.reduce(0) { $1.kind.isEmpty ? $0 : $0 + ($1.flops ?? 0) }
  }

  override var typeName: String { "summary" }
  override var fieldNames: [String] { ["layers", "parameters", "flops"] }
  override func field(_ name: String) throws -> Value? {
    switch name {
    case "layers": .owning(table())
    case "parameters": Value(parameters)
    case "flops": flops.map { Value($0) } ?? Value.none
    default: nil
    }
  }

  /// One row a layer or parameter.
  private func table() -> TableObject {
    let table = TableObject(["layer", "kind", "output", "parameters", "flops"])
    for row in rows where !row.kind.isEmpty {
      let owned: [Value] = [
        .string(row.path.isEmpty ? row.kind : row.path), .string(row.kind),
        row.shape.map { .owning(ListObject($0.extents.map { Value($0) })) } ?? Value.none,
      ]
      table.append([
        ("layer", owned[0]), ("kind", owned[1]), ("output", owned[2]),
        ("parameters", Value(row.parameters)), ("flops", row.flops.map { Value($0) } ?? Value.none),
      ])
      owned.forEach { $0.release() }
    }
    return table
  }

  override func summary(width: Int) -> String {
    let ran = flops != nil
    var cells = [["layer", "kind", "output", "parameters", "FLOP"]]
    cells += rows.map { row in
      [
        String(repeating: "  ", count: row.depth) + row.name, row.kind,
        row.shape?.description ?? "", TextNumber.grouped(row.parameters),
        row.flops.map(Self.count) ?? "",
      ]
    }
    if outside > 0 { cells.append(["outside of layers", "", "", "", Self.count(outside)]) }
    let total = input.map { "input \($0)" } ?? ""
    cells.append(["total", "", total, TextNumber.grouped(parameters), flops.map(Self.count) ?? ""])
    if !ran { for index in cells.indices { cells[index].removeLast() } }
    if !cells.dropFirst().contains(where: { !$0[2].isEmpty }) {
      for index in cells.indices { cells[index].remove(at: 2) }
    }
    return Self.aligned(cells, right: ran ? 2 : 1).map { TerminalText.cut($0, to: width) }
      .joined(separator: "\n")
  }

  /// So many columns on the right side are numbers.
  private static func aligned(_ rows: [[String]], right: Int) -> [String] {
    let columns = rows.first?.count ?? 0
    let widths = (0..<columns).map { column in rows.map { displayWidth(of: $0[column]) }.max() ?? 0
    }
    return rows.map { row in
      row.enumerated().map { column, text in
        padded(text, to: widths[column], onLeft: column >= columns - right)
      }.joined(separator: "  ").withoutTrailingBlanks
    }
  }

  /// 1234567 as `1.23 M`.
  private static func count(_ flops: Int) -> String {
    guard flops >= 1000 else { return "\(flops)" }
    var (size, unit) = (Double(flops), "")
    for next in ["k", "M", "G", "T", "P"] where size >= 999.5 { (size, unit) = (size / 1000, next) }
    return "\(ProfileText.number(size)) \(unit)"
  }
}

/// The layers and parameters of a model in order, each once.
private struct ModelWalk {
  private(set) var rows: [ModelSummary.Row] = []
  private let trace: LayerTrace?
  private var seen: Set<ObjectIdentifier> = []

  init(_ trace: LayerTrace?) { self.trace = trace }

  mutating func visit(_ value: Value, name: String, path: String, depth: Int) {
    guard depth < ModelTree.depthMax, let object = value.object, isModel(object),
      seen.insert(ObjectIdentifier(object)).inserted
    else { return }
    switch object {
    case let layer as LayerObject:
      let run = trace?.runs[ObjectIdentifier(layer)]
      add(
        name.isEmpty ? layer.kind : name, path, depth, layer.kind, run?.shape,
        layer.layer.parameterCount, trace == nil ? nil : run?.flops ?? 0)
    case let item as ParameterObject:
      add(
        name.isEmpty ? "parameter" : name, path, depth, "parameter", item.parameter.shape,
        item.parameter.value.count, nil)
    case let record as RecordObject:
      group(name, path, depth, record.fields.map { ($0.name, $0.value) })
    case let list as ListObject:
      group(name, path, depth, list.values.enumerated().map { (String($0), $1) })
    default: break
    }
  }

  private func isModel(_ object: HeapObject) -> Bool {
    switch object {
    case is LayerObject, is ParameterObject, is RecordObject, is ListObject: true
    default: false
    }
  }

  private mutating func add(
    _ name: String, _ path: String, _ depth: Int, _ kind: String, _ shape: Shape?,
    _ parameters: Int, _ flops: Int?
  ) {
    rows.append(
      ModelSummary.Row(
        name: name, path: path, depth: depth, kind: kind, shape: shape, parameters: parameters,
        flops: flops))
  }

  /// A line with the sums of what it holds, then that; nothing where there are no layers.
  private mutating func group(
    _ name: String, _ path: String, _ depth: Int, _ parts: [(String, Value)]
  ) {
    let place = rows.count
    if !name.isEmpty { add(name, path, depth, "", nil, 0, nil) }
    let first = rows.count
    for (part, value) in parts {
      visit(
        value, name: part, path: path.isEmpty ? part : "\(path).\(part)",
        depth: name.isEmpty ? depth : depth + 1)
    }
    guard !name.isEmpty else { return }
    guard rows.count > first else {
      rows.removeLast()
      return
    }
    let held = rows[first...].filter { !$0.kind.isEmpty }
    rows[place].parameters = held.reduce(0) { $0 + $1.parameters }
    rows[place].flops = trace == nil ? nil : held.reduce(0) { $0 + ($1.flops ?? 0) }
  }
}

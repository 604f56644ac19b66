import Arrays
import Autograd
import Datasets
import Interpreter
import Layers
import MaskedModeling
import Syntax

/// What runs: the version of the program and of its engine.
public enum Version {
  /// Of the program.
  public static let number = "0.1.0"

  /// Version, kernels, matrix products and threads, then what is held back.
  public static func report() -> String {
    let engine = EngineReport.current()
    let others = engine.availableKernels.filter { $0 != engine.kernels }
    var lines = [
      "ccv \(number)",
      "  kernels          \(engine.kernels), \(engine.lanes) lanes"
        + (others.isEmpty ? "" : " (CCV_KERNELS also takes \(others.joined(separator: ", ")))"),
      "  matrix products  \(engine.products.first ?? "plain loops (no OpenBLAS)")",
    ]
    if engine.products.count > 1 { lines.append("    small ones     \(engine.products[1])") }
    lines.append("  bfloat16         \(engine.bfloat16Problem.map { "no: \($0)" } ?? "yes")")
    lines.append("  threads          \(engine.threads)")
    lines += engine.warnings.map { "  warning: \($0)" }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// Looking at the session: `whos` and `version`.
enum Inspection {
  private static let group = "output and time"

  static func functions(_ host: Host) -> [NativeFunction] { [whos(host), version(host)] }

  private static func version(_ host: Host) -> NativeFunction {
    NativeFunction(
      "version", "", group: group,
      summary:
        "Writes the version, the instruction set, the matrix library and the threads in use.",
      details: """
        Gives nothing; a warning stands where a variable of the environment holds the engine back.
        """,
      example: "version()",
      related: ["whos", "speed"]
    ) { _ in
      host.write(Version.report())
      return .none
    }
  }

  private static func whos(_ host: Host) -> NativeFunction {
    NativeFunction(
      "whos", "", group: group,
      summary: "Writes your variables: name, kind, shape, memory in bytes, and what set them.",
      details: """
        The last column is the first line of what was entered at the prompt, or the file, that gave
        the variable its value; a change within a list, record or layer does not count.
        Lists and records count what they hold. What two variables share counts for both, but once
        in the sum.
        Gives nothing.
        """,
      example: """
        let x = zeros([3, 4])
        whos()
        """,
      related: ["type", "help", "history"]
    ) { _ in
      let rows = table(of: host.variables(), setter: host.setter)
      let width = max(60, host.width())
      host.write(
        rows.map { row in
          displayWidth(of: row) > width ? TerminalText.cut(row, to: width - 1) + "…\n" : row + "\n"
        }.joined())
      return .none
    }
  }

  /// Aligned lines, the last of them a sum.
  static func table(
    of variables: [(name: String, value: Value)],
    setter: (_ name: String, _ value: Value) -> String
  ) -> [String] {
    guard !variables.isEmpty else { return ["no variables yet"] }
    var rows = [["name", "kind", "shape", "bytes", "set by"]]
    var all = MemoryCount()
    for (name, value) in variables {
      var own = MemoryCount()
      own.add(value)
      all.add(value)
      rows.append([
        name, Display.typeName(value), shape(of: value), bytes(own.bytes), setter(name, value),
      ])
    }
    rows.append(["", "", "in all", bytes(all.bytes), ""])
    let widths = (0..<5).map { column in rows.map { displayWidth(of: $0[column]) }.max() ?? 0 }
    return rows.map { row in
      row.enumerated().map { padded($1, to: widths[$0], onLeft: $0 == 3) }
        .joined(separator: "  ").withoutTrailingBlanks
    }
  }

  /// What says most about the size of a value, empty for numbers and the like.
  static func shape(of value: Value) -> String {
    func counted(_ count: Int, _ one: String, _ many: String) -> String {
      "\(TextNumber.grouped(count)) \(count == 1 ? one : many)"
    }
    switch value.object {
    case let tensor as TensorObject: return tensor.array.shape.description
    case let data as DatasetObject: return data.dataset.shape.description
    case let tokenizer as TokenizerObject: return tokenizer.tokenizer.centroids.shape.description
    case let picture as PictureObject: return picture.picture.shape.description
    case let layer as LayerObject:
      let count = layer.layer.parameters.reduce(0) { $0 + $1.parameter.value.count }
      return counted(count, "parameter", "parameters")
    case let table as TableObject:
      return counted(table.rows.count, "row", "rows") + " x \(table.columns.count)"
    case let record as RecordObject: return counted(record.count, "field", "fields")
    case let list as ListObject: return counted(list.count, "item", "items")
    case let text as StringObject: return counted(text.string.count, "character", "characters")
    default:
      return (value.object as? ForeignObject)?.elementCount.map { counted($0, "item", "items") }
        ?? ""
    }
  }

  /// 1536 as `1.5 kB`.
  static func bytes(_ count: Int) -> String {
    var (size, unit) = (Double(count), "B")
    for next in ["kB", "MB", "GB", "TB"] where size >= 1000 { (size, unit) = (size / 1000, next) }
    return unit == "B" ? "\(count) B" : "\(Double((size * 10).rounded()) / 10) \(unit)"
  }
}

/// Bytes behind values, each object once.
private struct MemoryCount {
  private(set) var bytes = 0
  private var seen: Set<ObjectIdentifier> = []

  mutating func add(_ value: Value) {
    // Without recursion: lists may be nested as deep as memory goes.
    var waiting = [value]
    while let next = waiting.popLast() {
      guard let object = next.object else {
        bytes += 8
        continue
      }
      guard seen.insert(ObjectIdentifier(object)).inserted else { continue }
      bytes += object.byteCount
      switch object {
      case let list as ListObject: waiting += list.values.filter { $0.object != nil }
      case let record as RecordObject:
        waiting += record.fields.map(\.value).filter { $0.object != nil }
      default: break
      }
    }
  }
}

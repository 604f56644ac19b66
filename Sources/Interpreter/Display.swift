import Syntax

/// Values as text.
public enum Display {
  /// The shortest decimal that reads back as the same number; whole numbers without a fraction.
  public static func number(_ value: Double) -> String {
    plain(value) ?? shortened(value.description)
  }

  /// The same of a 32-bit float, which needs fewer digits.
  public static func number(_ value: Float) -> String {
    plain(Double(value)) ?? shortened(value.description)
  }

  /// Whole numbers, and those that are none.
  private static func plain(_ value: Double) -> String? {
    if value == value.rounded(), abs(value) < 1e15 {
      return value == 0 && value.sign == .minus ? "-0" : String(Int64(value))
    }
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    return nil
  }

  private static func shortened(_ digits: String) -> String {
    var text = digits
    if text.hasSuffix(".0") { text.removeLast(2) }
    return text.replacing(".0e", with: "e").replacing("e+", with: "e")
      .replacing("e-0", with: "e-")
  }

  /// The value as `print` and `"{x}"` show it: strings bare.
  public static func text(_ value: Value) -> String {
    if let object = value.object { return object.text }
    return plain(value)
  }

  /// The value as the prompt shows it: strings quoted.
  public static func summary(_ value: Value, width: Int = 80) -> String {
    if let object = value.object { return object.summary(width: width) }
    return plain(value)
  }

  private static func plain(_ value: Value) -> String {
    if value.isNumber { return number(value.double) }
    if value.isTrue { return "true" }
    if value.isFalse { return "false" }
    return value.isNone ? "nil" : "(no value)"
  }

  /// What `type(x)` says.
  public static func typeName(_ value: Value) -> String {
    if let object = value.object { return object.typeName }
    if value.isNumber { return "number" }
    return value.isBool ? "bool" : value.isNone ? "nil" : "no value"
  }

  /// `a number (3)`, `a tensor (...)`: how messages name what they saw.
  public static func described(_ value: Value) -> String {
    let type = typeName(value)
    if value.isNone { return "nil" }
    let summary = summary(value, width: 40).prefix { $0 != "\n" }
    let short = summary.count > 40 ? summary.prefix(37) + "..." : summary
    return short.hasPrefix(type) ? String(short) : "\(withArticle(type)) (\(short))"
  }

  /// "a list", "an optimiser".
  public static func withArticle(_ noun: String) -> String {
    noun == "nil" ? noun : ("aeiou".contains(noun.first ?? " ") ? "an " : "a ") + noun
  }

  static func quoted(_ text: String) -> String {
    var result = "\""
    for character in text {
      switch character {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case "{": result += "\\{"
      default: result.append(character)
      }
    }
    return result + "\""
  }

  nonisolated(unsafe) private static var open: [ObjectIdentifier] = []

  /// Runs `body` unless the object is being printed already: lists and records may hold themselves.
  private static func guarded(_ object: HeapObject, _ body: () -> String) -> String {
    let id = ObjectIdentifier(object)
    guard !open.contains(id), open.count < 20 else { return "..." }
    open.append(id)
    defer { open.removeLast() }
    return body()
  }

  /// A value as a few words.
  public static func brief(_ value: Value) -> String {
    part(value, width: 24).prefix { !$0.isNewline }.description
  }

  /// A value within a list or a record.
  private static func part(_ value: Value, width: Int) -> String {
    if let object = value.object as? ForeignObject, let brief = object.brief { return brief }
    if let list = value.list { return Display.list(list, width: width) }
    return summary(value, width: width)
  }

  /// On one line; what is too long ends in a count, and several of one kind are counted.
  static func list(_ list: ListObject, width: Int) -> String {
    guarded(list) {
      let limit = max(width * 2, 60)
      var parts = [String](), used = 0, index = 0
      while index < list.count {
        let value = list.values[index]
        let text =
          part(value, width: width / 2).split(separator: "\n").first.map(String.init) ?? ""
        let alike = value.object is ForeignObject ? same(as: text, from: index, in: list, width) : 1
        let shown = alike > 2 ? "\(alike) x \(text)" : text
        used += shown.count + 2
        if used > limit, index + 1 < list.count {
          parts.append("... (\(list.count) in all)")
          break
        }
        parts.append(shown)
        index += alike > 2 ? alike : 1
      }
      return "[" + parts.joined(separator: ", ") + "]"
    }
  }

  /// How many values from one on look the same.
  private static func same(as text: String, from first: Int, in list: ListObject, _ width: Int)
    -> Int
  {
    let rest = list.values[first...].prefix(1000)
    return rest.prefix { value in
      (value.object as? ForeignObject)?.brief == text
    }.count
  }

  /// A list's line broken at its commas where it is longer than the terminal is wide.
  static func folded(_ line: String, width: Int) -> String {
    guard line.count > width else { return line }
    return wrapped(line, first: width, rest: width - 1).joined(separator: "\n ")
  }

  /// More lines than that are no summary.
  private static let fieldsMax = 100

  /// One line if it fits, else a line a field with the names aligned.
  static func record(_ record: RecordObject, width: Int) -> String {
    guarded(record) {
      if record.count == 0 { return "(:)" }
      let fields = record.fields.prefix(fieldsMax).map {
        ($0.name, part($0.value, width: max(32, width - 12)))
      }
      let line = "(" + fields.map { "\($0): \($1)" }.joined(separator: ", ") + ")"
      if line.count <= width, !line.contains("\n"), record.count == fields.count { return line }
      let indent = min(24, fields.map { displayWidth(of: $0.0) }.max() ?? 0)
      let rest = record.count > fields.count ? "\n  ... (\(record.count) fields in all)" : ""
      return fields.map { name, text in
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let head = "  " + padded(name, to: indent) + "  "
        let rest = String(repeating: " ", count: indent + 4)
        return head + lines.joined(separator: "\n" + rest)
      }.joined(separator: "\n") + rest
    }
  }
}

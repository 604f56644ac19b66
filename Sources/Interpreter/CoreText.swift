import Syntax

/// The functions on strings, types and errors that every host has.
public enum CoreText {
  /// Makes them known to a machine.
  public static func register(in machine: Machine) {
    for native in [join, repeated, replace, upper, lower, trim, startsWith, endsWith, string, type] {
      machine.register(native())
    }
    for native in [assert, error] { machine.register(native()) }
  }

  private static let group = "text and types"

  private static func join() -> NativeFunction {
    NativeFunction(
      "join", "items: list, separator=\"\" string", group: group,
      summary: "The items as one string.",
      details: """
        items: values of any kind, written as `print` writes them.
        separator: what stands between two items.
        Gives a string.
        """,
      example: "join([\"a\", \"b\"], separator: \", \")  # => \"a, b\"",
      related: ["split", "string", "strings"]
    ) { call in
      let separator = try call.string(1, default: "")
      if let list = call[0].list,
        let text = try StringObject.joining(list, separator: StringObject(separator))
      {
        return .owning(text)
      }
      var text = TextBuilder(capacity: 64), isFirst = true
      try CoreLists.each(call, 0) { item in
        if !isFirst { text.append(separator) }
        isFirst = false
        text.append(item)
        if text.count > TextBuilder.countMax { throw RuntimeMessages.text(ofBytes: text.count) }
      }
      return text.finished()
    }
  }

  /// The parts of a string between separators; other modules extend `split` to their own values.
  public static func split(_ text: String, separator: String) -> Value {
    if separator.isEmpty {
      return CoreLists.strings(
        text.split(whereSeparator: \.isWhitespace).map(String.init))
    }
    return CoreLists.strings(
      text.split(separator: separator, omittingEmptySubsequences: false).map(String.init))
  }

  private static func repeated() -> NativeFunction {
    NativeFunction(
      "repeat", "x: string or list, count: number", group: group,
      summary: "A string or the items of a list, so many times one after the other.",
      details: """
        x: a string or a list; the list itself does not change.
        count: how often, 0 or more.
        Gives a string or a new list.
        """,
      example: "repeat(\"ab\", 3)  # => \"ababab\"", related: ["join", "zeros"]
    ) { call in
      let count = try call.integer(1, in: 0...Int(Int32.max))
      if let list = call[0].list {
        let all = list.count.multipliedReportingOverflow(by: count)
        guard !all.overflow, all.partialValue <= ListObject.countMax else {
          throw Diagnosis("E131", "a list of \(list.count) items, \(count) times, is too long")
        }
        let result = ListObject(capacity: all.partialValue)
        for _ in 0..<count {
          for index in 0..<list.count { result.append(list[index]) }
          try call.machine.checkInterrupt()
        }
        return .owning(result)
      }
      let text = try call.string(0)
      let size = text.utf8.count * count
      guard size <= TextBuilder.countMax else { throw RuntimeMessages.text(ofBytes: size) }
      return .string(String(repeating: text, count: count))
    }
  }

  private static func replace() -> NativeFunction {
    NativeFunction(
      "replace", "text: string, old: string, new: string", group: group,
      summary: "The text with every part that is `old` replaced.",
      details: """
        text: it stays as it is.
        old: what to look for, letter by letter.
        new: what to put in its place.
        Gives a string.
        """,
      example: "replace(\"a-b-c\", \"-\", \"+\")  # => \"a+b+c\"",
      related: ["split", "trim"]
    ) { call in
      let (text, old, new) = (try call.string(0), try call.string(1), try call.string(2))
      let more = new.utf8.count - old.utf8.count
      if more > 0, text.utf8.count * (1 + more) > TextBuilder.countMax {
        let size = text.utf8.count + text.ranges(of: old).count * more
        guard size <= TextBuilder.countMax else { throw RuntimeMessages.text(ofBytes: size) }
      }
      return .string(text.replacing(old, with: new))
    }
  }

  private static func upper() -> NativeFunction {
    NativeFunction(
      "upper", "text: string", group: group,
      summary: "The text in capital letters.",
      details: """
        text: letters of any language.
        Gives a string.
        """,
      example: "upper(\"ccv\")  # => \"CCV\"",
      related: ["lower"]
    ) { call in .string(try call.string(0).uppercased()) }
  }

  private static func lower() -> NativeFunction {
    NativeFunction(
      "lower", "text: string", group: group,
      summary: "The text in small letters.",
      details: """
        text: letters of any language.
        Gives a string.
        """,
      example: "lower(\"CCV\")  # => \"ccv\"",
      related: ["upper"]
    ) { call in .string(try call.string(0).lowercased()) }
  }

  private static func trim() -> NativeFunction {
    NativeFunction(
      "trim", "text: string", group: group,
      summary: "The text without blanks, tabs and line breaks at its ends.",
      details: """
        text: blanks, tabs and line breaks within it stay.
        Gives a string.
        """,
      example: "trim(\"  a \")  # => \"a\"",
      related: ["split", "replace"]
    ) { call in
      let text = try call.string(0)
      let front = text.drop { $0.isWhitespace }
      return .string(String(front.reversed().drop { $0.isWhitespace }.reversed()))
    }
  }

  private static func startsWith() -> NativeFunction {
    NativeFunction(
      "starts_with", "text: string, part: string", group: group,
      summary: "Whether a text begins with another.",
      details: """
        text: where to look.
        part: what it may begin with, letter by letter.
        Gives true or false.
        """,
      example: "starts_with(\"mask.ccv\", \"mask\")  # => true",
      related: ["ends_with", "strings"]
    ) { call in Value(try call.string(0).hasPrefix(try call.string(1))) }
  }

  private static func endsWith() -> NativeFunction {
    NativeFunction(
      "ends_with", "text: string, part: string", group: group,
      summary: "Whether a text ends with another.",
      details: """
        text: where to look.
        part: what it may end with, letter by letter.
        Gives true or false.
        """,
      example: "ends_with(\"mask.ccv\", \".ccv\")  # => true",
      related: ["starts_with", "strings"]
    ) { call in Value(try call.string(0).hasSuffix(try call.string(1))) }
  }

  private static func string() -> NativeFunction {
    NativeFunction(
      "string", "x: any", group: group,
      summary: "A value as text, as `print` writes it.",
      details: """
        x: any value.
        Gives a string. For a format write "{x:.3}".
        """,
      example: "string(1 / 4)  # => \"0.25\"",
      related: ["number", "strings", "join"]
    ) { call in .string(Display.text(call[0])) }
  }

  private static func type() -> NativeFunction {
    NativeFunction(
      "type", "x: any", group: group,
      summary: "What kind of value a value is.",
      details: """
        x: any value.
        Gives a string: "number", "string", "bool", "nil", "list", "record", "range", "function",
        "tensor", "layer", "tokenizer", "dataset", "table" and others.
        """,
      example: "type([1, 2])  # => \"list\"",
      related: ["string", "whos"]
    ) { call in .string(Display.typeName(call[0])) }
  }

  private static func assert() -> NativeFunction {
    NativeFunction(
      "assert", "condition: bool, message?: string", group: group,
      summary: "Stops with an error unless something is true.",
      details: """
        condition: true or false.
        message: what the error says, E116.
        Gives nothing.
        """,
      example: "assert(1 + 1 == 2, \"arithmetic\")",
      related: ["error", "errors"]
    ) { call in
      guard try !call.machine.truth(call[0]) else { return .none }
      let message = call.has(1) ? try call.string(1) : "an assertion does not hold"
      throw Diagnosis("E116", message, arguments: [(0, "this is false")])
    }
  }

  private static func error() -> NativeFunction {
    NativeFunction(
      "error", "message: string", group: group,
      summary: "Stops with an error of your own, which `try` can catch.",
      details: """
        message: what the error says, E100; it stands at the caller's line.
        Gives nothing: it does not come back.
        """,
      example: "try { error(\"no\") } catch e { print(e.message) }  # => no",
      related: ["assert", "errors"]
    ) { call in
      throw Diagnosis("E100", try call.string(0))
    }
  }
}

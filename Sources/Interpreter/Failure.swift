public import Syntax

/// An error while a program runs: a diagnostic, and what `try` needs.
///
/// Safety: `@unchecked Sendable`, which `Error` asks for, because the interpreter is single-threaded.
public final class RuntimeFailure: Error, @unchecked Sendable {
  /// What is said.
  public var diagnostic: Diagnostic
  /// Whether the trace and the place have been added.
  var isLocated = false

  public init(_ diagnostic: Diagnostic) {
    self.diagnostic = diagnostic
  }
}

/// Ctrl-C: unwinds everything, and `try` does not catch it.
public struct Interrupted: Error {
  public init() {}
}

/// A native function asks the program to end.
public struct ExitRequest: Error {
  /// The exit code of the process.
  public let code: Int32

  public init(code: Int32) {
    self.code = code
  }
}

/// What an error of the engine says to a user. The machine adds the places.
public struct Diagnosis: Error {
  /// `E021`.
  public var code: String
  /// What was seen and what was wanted, without a full stop.
  public var message: String
  /// Whole sentences behind the excerpt.
  public var notes: [String]
  /// One thing to try.
  public var hint: String?
  /// How to cure it, as a change of the text; `{0}` is the first of `arguments`.
  public var cure: Cure?
  /// What to say about an argument, by its position; the first is the main culprit.
  public var arguments: [(index: Int, text: String)]

  public init(
    _ code: String, _ message: String, arguments: [(index: Int, text: String)] = [],
    notes: [String] = [], hint: String? = nil, cure: Cure? = nil
  ) {
    self.code = code
    self.message = message
    self.arguments = arguments
    self.notes = notes
    self.hint = hint
    self.cure = cure
  }
}

/// An error of another module that knows how to be told.
public protocol DiagnosableError: Error {
  var diagnosis: Diagnosis { get }
}

/// What the machine says: E100 to E149.
enum RuntimeMessages {
  static func operands(_ symbol: String, _ a: Value, _ b: Value) -> Diagnosis {
    let (left, right) = (Display.typeName(a), Display.typeName(b))
    var hint: String?
    var cure: Cure?
    if symbol == "+", left == "string" || right == "string" {
      hint = "put values into a string with braces: `\"{a} {b}\"`."
    } else if left == "nil" || right == "nil" {
      hint = "give the name a value first; a function without a last expression returns nil."
    } else if symbol == "*", left == "string" || right == "string" {
      hint = "`repeat(text, 3)` repeats a text, `+` puts two together."
    } else if symbol.contains("<") || symbol.contains(">"), left == "string", right == "number" {
      hint = "`number(text)` reads a number from a text."
      cure = .rewrite("number({0})")
    }
    return Diagnosis(
      "E102",
      "`\(symbol)` does not take \(Display.withArticle(left)) and \(Display.withArticle(right))",
      arguments: [(0, Display.described(a)), (1, Display.described(b))], hint: hint, cure: cure)
  }

  static func operand(_ symbol: String, _ a: Value) -> Diagnosis {
    Diagnosis(
      "E102", "`\(symbol)` does not take \(Display.withArticle(Display.typeName(a)))",
      arguments: [(0, Display.described(a))])
  }

  static func notCallable(_ value: Value) -> Diagnosis {
    let hasElements = ["tensor", "mask", "list", "string"].contains(Display.typeName(value))
    return Diagnosis(
      "E103", "\(Display.described(value)) cannot be called", arguments: [(0, "")],
      hint: hasElements
        ? "an index stands in brackets, and the first is 0: `x[0]`."
        : "an operator may be missing: `a * (b + c)`.", cure: hasElements ? .index : nil)
  }

  static func memory(_ held: Int) -> Diagnosis {
    let megabytes = held >> 20
    let size = megabytes < 4096 ? "\(megabytes) MB" : "\(megabytes >> 10) GB"
    return Diagnosis(
      "E131", "the session holds \(size), nearly all that it may take of the memory",
      notes: ["A list that grows with every step, or tensors kept in one, are the usual cause."],
      hint: "`whos()` tells what is large; `x = nil` lets it go.")
  }

  static func text(ofBytes count: Int) -> Diagnosis {
    Diagnosis(
      "E131",
      "a text of \(count >> 20) MB is longer than the \(TextBuilder.countMax >> 20) MB that one may have"
    )
  }

  static func notBool(_ value: Value, givenBy giver: Int? = nil) -> Diagnosis {
    let type = Display.typeName(value)
    let (hint, cure): (String, Cure?) =
      switch type {
      case "tensor", "mask":
        (
          "`any(x)` or `all(x)`; `intersect(a, b)` and `union(a, b)` join masks element by element.",
          .mask
        )
      case "number": ("`x != 0`.", .rewrite("{0} != 0"))
      case "list", "string": ("`len(x) > 0`.", .rewrite("len({0}) > 0"))
      case "nil": ("`x != nil`.", .rewrite("{0} != nil"))
      default: ("a comparison.", nil)
      }
    return Diagnosis(
      "E111", "a condition is true or false, not \(Display.described(value))",
      arguments: [
        giver.map { ($0, "gives \(Display.described(value))") } ?? (0, Display.described(value))
      ], hint: hint, cure: giver == nil ? cure : nil)
  }

  /// - Parameter known: every name that may have been meant.
  static func undefined(_ name: String, known: [String]) -> Diagnosis {
    let near = Suggestion.nearest(to: name, among: known, limit: 1).first
    return Diagnosis(
      "E101", "`\(name)` has no value yet", arguments: [(0, "")],
      hint: ForeignNames.cure(for: name)
        ?? (near.map { "`\($0)`, or " } ?? "") + "`let \(name) = ...` before this runs.")
  }

  /// - Parameter isFunction: there is a function of that name, so that a method may be meant.
  static func noField(
    _ name: String, of value: Value, known: [String], isFunction: Bool = false
  ) -> Diagnosis {
    let near = Suggestion.nearest(to: name, among: known).first
    let list =
      known.isEmpty ? "it has no fields" : "it has " + known.prefix(12).joined(separator: ", ")
    let type = Display.typeName(value)
    return Diagnosis(
      "E110", "\(Display.withArticle(type)) has no field `\(name)`", arguments: [(0, list)],
      notes: isFunction
        ? ["There are no methods: functions take the value as their first argument."] : [],
      hint: near.map { "`.\($0)`." }
        ?? (isFunction ? "`x |> \(name)(...)`; `?\(name)` says what it takes." : nil)
        // `c(1, 2)` is R's; a field is more often simply called so.
        ?? (name == "c" ? nil : ForeignNames.cure(for: name)))
  }

  static func indexType(_ value: Value, of base: Value) -> Diagnosis {
    Diagnosis(
      "E109",
      "an index of a \(Display.typeName(base)) is a whole number, not \(Display.described(value))",
      arguments: [(1, Display.described(value))],
      hint: value.isNumber ? "`floor(x)` or `round(x)`." : nil)
  }

  /// - Parameter isSpan: whether it is the end of a range, which has no last element to mean.
  static func indexRange(
    _ index: Double, count: Int, of base: Value, isSpan: Bool
  ) -> Diagnosis {
    let type = Display.typeName(base)
    let valid =
      count == 0
      ? "it is empty" : "it has \(count): 0 to \(count - 1), or -1 to -\(count) from the end"
    return Diagnosis(
      "E108",
      "index \(Display.number(index)) is out of range: \(type == "list" ? "the list" : "the \(type)") holds \(count)",
      arguments: [(1, valid)],
      hint: index == Double(count) && count > 0
        ? "the first index is 0, so that the last is \(count - 1)." : nil,
      cure: index == Double(count) && count > 0 && !isSpan ? .lastIndex : nil)
  }

  static func notIndexable(_ value: Value) -> Diagnosis {
    Diagnosis(
      "E104", "\(Display.described(value)) has no elements to index", arguments: [(0, "")],
      hint: value.native != nil || value.closure != nil
        ? "a function is called with parentheses: `f(x)`." : nil)
  }

  static func notChangeable(_ value: Value) -> Diagnosis {
    Diagnosis(
      "E104", "the elements of \(Display.described(value)) cannot be changed", arguments: [(0, "")],
      hint: value.string != nil
        ? "`replace(text, old, new)`, or a new string of parts: `\"{a[0]}x{a[2..]}\"`."
        : "`map(range, x => x)` makes a list.")
  }

  static func notIterable(_ value: Value) -> Diagnosis {
    Diagnosis(
      "E115", "cannot go through \(Display.described(value))", arguments: [(0, "")],
      hint: value.isNumber
        ? "`0..<\(Display.number(value.double))`, or `1..\(Display.number(value.double))`." : nil)
  }

  static func unpack(_ value: Value, _ wanted: Int, seen: Int?) -> Diagnosis {
    Diagnosis(
      "E114",
      "cannot take \(Display.described(value)) apart into \(wanted) names"
        + (seen.map { ": it has \($0) \($0 == 1 ? "element" : "elements")" } ?? ""),
      arguments: [(0, "")],
      hint: seen.map {
        1...6 ~= $0 ? "`let (\("a, b, c, d, e, f".prefix(3 * $0 - 2))) = ...`." : ""
      }
      .flatMap { $0.isEmpty ? nil : $0 } ?? "as many names as the list has elements.")
  }

  static func divisionByZero(_ symbol: String) -> Diagnosis {
    Diagnosis("E113", "`\(symbol)` by zero has no value", arguments: [(1, "this is 0")])
  }

  static func tooDeep(_ limit: Int) -> Diagnosis {
    Diagnosis(
      "E112", "calls are nested deeper than \(limit): does the recursion end?",
      hint: "a condition under which the function returns without calling itself.")
  }

  static func scopeObject(_ value: Value) -> Diagnosis {
    Diagnosis(
      "E117", "`with` does not take \(Display.described(value))", arguments: [(0, "")],
      hint: "`with seed(7) { ... }`.")
  }
}

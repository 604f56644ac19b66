import Syntax

/// A function of the host, with all that help, completion and argument checking need.
public final class NativeFunction: HeapObject {
  /// A parameter, as help and checks see it.
  public struct Parameter: Sendable {
    public let name: String
    /// What it takes, in words: `tensor`, `number`, `"block" or "random"`.
    public let type: String
    /// An option is given by name and may be left out unless `isRequired`.
    public let isOption: Bool
    /// Whether the call fails without it.
    public let isRequired: Bool
    /// The default as help shows it.
    public let defaultText: String?

    /// The words that it takes, those in quotes in `type`; empty if it takes any value.
    public var words: [String] {
      type.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
        .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }
  }

  /// Words as the type of a parameter: `"mean" or "none"`.
  public static func oneOf(_ words: [String]) -> String {
    words.map { "\"\($0)\"" }.joined(separator: " or ")
  }

  public let name: String
  /// One sentence.
  public let summary: String
  /// Shapes, units, ranges, sources; then a line `name: ...` for each parameter, one for what the call
  /// gives. `FunctionHelp` reads it.
  public let details: String
  /// A program that runs in under a second. A line may end in `  # => text`: what it shows.
  public let example: String
  /// Functions that help names below.
  public let related: [String]
  /// The heading under which `help()` lists it.
  public let group: String
  /// Where its source is: `Builtins/MaskFunctions.swift`, and the line.
  public let place: (file: StaticString, line: Int)
  /// Positional parameters, then options.
  public let parameters: [Parameter]
  /// Whether any number of further positional values is taken.
  public let isVariadic: Bool
  /// Whether further values by name are taken, in the order given (`call.fields`).
  public let collectsFields: Bool
  let positionalCount: Int
  /// How many parameters there are.
  let parameterCount: Int
  /// How many values by position a call may have that needs no binding: it starts with all that must
  /// be given; an empty range if an option must be given or names are collected.
  let plainCounts: Range<Int>
  let body: (inout Call) throws -> Value

  /// - Parameter parameters: in the small notation of `ParameterNotation`, for example
  ///   `"points: tensor, k= number, iters=25 number"`.
  /// - Parameter body: returns a value that the caller owns: `Value(number)`, `.owning(object)`, or a
  ///   stored value `.retained()`.
  public init(
    _ name: String, _ parameters: String, group: String, summary: String, details: String = "",
    example: String = "", related: [String] = [], collectsFields: Bool = false,
    file: StaticString = #fileID, line: Int = #line,
    body: @escaping (inout Call) throws -> Value
  ) {
    place = (file, line)
    self.name = name
    self.summary = summary
    self.details = details
    self.example = example
    self.related = related
    self.group = group
    self.collectsFields = collectsFields
    (self.parameters, isVariadic) = ParameterNotation.parse(parameters)
    let positional = self.parameters.prefix { !$0.isOption }.count
    positionalCount = positional
    parameterCount = self.parameters.count
    let needsOption = self.parameters.contains { $0.isOption && $0.isRequired }
    let required = self.parameters.prefix { !$0.isOption && $0.isRequired }.count
    plainCounts = needsOption || collectsFields ? 0..<0 : required..<positional + 1
    self.body = body
    super.init()
    heapKind = .native
  }

  /// `kmeans(points, k:, iters: 25)`.
  public var signature: String {
    var parts = parameters.map { parameter in
      if parameter.isOption {
        return "\(parameter.name):" + (parameter.defaultText.map { " \($0)" } ?? "")
      }
      return parameter.isRequired ? parameter.name : "[\(parameter.name)]"
    }
    if isVariadic { parts.insert("...", at: positionalCount) }
    return "\(name)(\(parts.joined(separator: ", ")))"
  }

  public override var typeName: String { "function" }
  /// A line that calls it, for errors about its arguments.
  var usageNote: String {
    let line = example.split(separator: "\n").last { $0.contains("\(name)(") }
    return "For example: `\(line.map(call(in:)) ?? signature)`."
  }

  /// The call of it within a line; the line without its `# => ` where something is piped to it.
  private func call(in line: Substring) -> String {
    let line = line.firstRange(of: "  # => ").map { line[..<$0.lowerBound] } ?? line
    guard let start = line.firstRange(of: "\(name)(")?.lowerBound,
      !line[..<start].hasSuffix("|> ")
    else { return String(line) }
    var depth = 0, isText = false
    for index in line[start...].indices {
      switch line[index] {
      case "\"": isText.toggle()
      case "(" where !isText: depth += 1
      case ")" where !isText:
        depth -= 1
        if depth == 0 { return String(line[start...index]) }
      default: break
      }
    }
    return String(line)
  }

  public override func summary(width: Int) -> String { "\(signature): \(summary)" }
}

/// Parameters as text: `data: tensor` is positional, `data?: tensor` may be left out, `k= number` an
/// option that must be given, `iters=25 number` one with a default, `...` any number of further values.
enum ParameterNotation {
  /// A list as it is written in the language: in the notation a comma would end the parameter.
  private static func standard(_ text: Substring) -> String {
    // Every function passes here when a session starts.
    text.utf8.contains(UInt8(ascii: ";")) ? String(text.replacing(";", with: ", ")) : String(text)
  }

  static func parse(_ text: String) -> ([NativeFunction.Parameter], isVariadic: Bool) {
    var parameters = [NativeFunction.Parameter]()
    var isVariadic = false
    for part in text.split(separator: ",") {
      let item = part.drop { $0 == " " }
      if item == "..." {
        isVariadic = true
      } else if item.hasPrefix("..") {
        continue
      } else if let equals = item.firstIndex(of: "=") {
        let rest = item[item.index(after: equals)...]
        let value = rest.prefix { $0 != " " }
        parameters.append(
          .init(
            name: String(item[..<equals]), type: String(rest.drop { $0 != " " }.drop { $0 == " " }),
            isOption: true, isRequired: value.isEmpty,
            defaultText: value.isEmpty ? nil : standard(value)))
      } else {
        let name = item.prefix { $0 != ":" && $0 != "?" }
        let type = item.drop { $0 != ":" }.dropFirst().drop { $0 == " " }
        parameters.append(
          .init(
            name: String(name), type: String(type), isOption: false,
            isRequired: !item.dropFirst(name.count).hasPrefix("?"), defaultText: nil))
      }
    }
    return (parameters, isVariadic)
  }
}

extension Value {
  /// A new object as a value that the receiver owns.
  public static func owning(_ object: HeapObject) -> Value {
    // A `Value` holds nothing by itself: the object must live until it has been retained.
    withExtendedLifetime(object) { Value(object).retained() }
  }

  /// A new string that the receiver owns.
  public static func string(_ text: String) -> Value {
    owning(StringObject(text))
  }
}

/// One call of a native function: its arguments by place, checked on access.
///
/// Places are the parameters in order (options included); further values of a variadic function
/// follow them. Arguments are borrowed: retain what outlives the call.
public struct Call {
  // The machine outlives its calls, and the caller's register holds the function.
  public unowned(unsafe) let machine: Machine
  public unowned(unsafe) let function: NativeFunction
  @usableFromInline let slots: UnsafeMutablePointer<Value>
  /// How many values there are beyond the parameters.
  public let extraCount: Int
  /// Further values by name, if the function collects them; borrowed.
  public var fields: [(String, Value)] = []

  /// An argument by place, borrowed; absent when it was not given.
  @inlinable @inline(__always) public subscript(index: Int) -> Value { slots[index] }

  /// Whether an argument was given and is not nil.
  public func has(_ index: Int) -> Bool { !slots[index].isAbsent && !slots[index].isNone }

  /// The values beyond the parameters.
  public var extras: UnsafeBufferPointer<Value> {
    UnsafeBufferPointer(start: slots + function.parameters.count, count: extraCount)
  }

  /// E107: an argument of another type than wanted.
  public func wrongType(_ index: Int, wanted: String, hint: String? = nil) -> Diagnosis {
    let parameter = function.parameters[index]
    return Diagnosis(
      "E107",
      "\(function.name): `\(parameter.name)` is \(Display.described(slots[index])), wanted \(wanted)",
      arguments: [(index, Display.described(slots[index]))], notes: [function.usageNote],
      hint: hint)
  }

  /// E119: an argument of the right type and a wrong value.
  public func outOfRange(_ index: Int, wanted: String) -> Diagnosis {
    let parameter = function.parameters[index]
    return Diagnosis(
      "E119",
      "\(function.name): `\(parameter.name)` is \(Display.summary(slots[index], width: 40)), wanted \(wanted)",
      arguments: [(index, "")])
  }

  /// A number, or a tensor of one element.
  public func number(_ index: Int) throws -> Double {
    let value = slots[index]
    if value.isNumber { return value.double }
    if let object = value.object, let number = (object as? ForeignObject)?.numberValue {
      return number
    }
    throw wrongType(index, wanted: "a number")
  }

  /// A number, or the default when it is left out.
  public func number(_ index: Int, default standard: Double) throws -> Double {
    has(index) ? try number(index) : standard
  }

  /// A number within a range, which `wanted` puts into words.
  public func number(
    _ index: Int, default standard: Double? = nil, in range: ClosedRange<Double>, wanted: String
  ) throws -> Double {
    if let standard, !has(index) { return standard }
    let value = try number(index)
    guard range.contains(value) else { throw outOfRange(index, wanted: wanted) }
    return value
  }

  /// A whole number, within a range.
  public func integer(
    _ index: Int, default standard: Int? = nil, in range: ClosedRange<Int> = Int.min...Int.max
  ) throws -> Int {
    if let standard, !has(index) { return standard }
    let value = try number(index)
    guard value == value.rounded(), abs(value) < 9e15 else {
      throw outOfRange(index, wanted: "a whole number")
    }
    guard range.contains(Int(value)) else {
      let low = range.lowerBound, high = range.upperBound
      throw outOfRange(
        index,
        wanted: high == Int.max
          ? "a whole number from \(low) up" : "a whole number from \(low) to \(high)")
    }
    return Int(value)
  }

  /// True or false.
  public func flag(_ index: Int, default standard: Bool) throws -> Bool {
    let value = slots[index]
    if !has(index) { return standard }
    guard value.isBool else { throw wrongType(index, wanted: "true or false") }
    return value.isTrue
  }

  /// A string.
  public func string(_ index: Int) throws -> String {
    guard let object = slots[index].string else {
      throw wrongType(index, wanted: "a string")
    }
    return object.string
  }

  /// A string, or the default when it is left out.
  public func string(_ index: Int, default standard: String) throws -> String {
    has(index) ? try string(index) : standard
  }

  /// One of the words that the parameter's type names.
  public func word(_ index: Int, default standard: String? = nil) throws -> String {
    let words = function.parameters[index].words
    if let standard, !has(index) { return standard }
    let word = try string(index)
    guard words.contains(word) else {
      let near = Suggestion.nearest(to: word, among: words).first
      throw Diagnosis(
        "E119",
        "\(function.name): `\(function.parameters[index].name)` is \"\(word)\", wanted "
          + words.map { "\"\($0)\"" }.joined(separator: ", "),
        arguments: [(index, "")], hint: near.map { "`\"\($0)\"`." })
    }
    return word
  }

  /// An object of a certain kind, which `wanted` puts into words.
  public func object<T: HeapObject>(
    _ index: Int, as type: T.Type, wanted: String
  ) throws -> T {
    guard let object = slots[index].object(as: type) else {
      throw wrongType(index, wanted: wanted)
    }
    return object
  }

  /// A list.
  public func list(_ index: Int) throws -> ListObject {
    guard let list = slots[index].list else { throw wrongType(index, wanted: "a list") }
    return list
  }

  /// A record.
  public func record(_ index: Int) throws -> RecordObject {
    guard let record = slots[index].record else { throw wrongType(index, wanted: "a record") }
    return record
  }

  /// Something that can be called.
  public func function(_ index: Int) throws -> Value {
    let value = slots[index]
    let isCallable =
      value.isKind(.closure) || value.isKind(.native)
      || (value.object as? ForeignObject)?.isCallable == true
    guard isCallable else { throw wrongType(index, wanted: "a function") }
    return value
  }
}

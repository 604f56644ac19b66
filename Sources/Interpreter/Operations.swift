import Bytecode
import Glibc
import Syntax

/// Operators on values that are not both numbers.
extension Machine {
  func binary(_ code: BinaryOperatorCode, _ a: Value, _ b: Value) throws -> Value {
    if let x = a.number, let y = b.number { return try Self.arithmetic(code, x, y) }
    if a.object is ForeignObject || b.object is ForeignObject,
      let result = try observed(code.rawValue, { try operators.binary(code, a, b) })
    {
      return result
    }
    switch code {
    case .equal: return Value(equals(a, b))
    case .notEqual: return Value(!equals(a, b))
    default: break
    }
    if let left = a.string, let right = b.string {
      switch code {
      case .add:
        let count = left.length + right.length
        guard count <= TextBuilder.countMax else { throw RuntimeMessages.text(ofBytes: count) }
        return .owning(StringObject(left, right))
      case .less: return Value(left.string < right.string)
      case .lessEqual: return Value(left.string <= right.string)
      case .greater: return Value(left.string > right.string)
      case .greaterEqual: return Value(left.string >= right.string)
      default: break
      }
    }
    if code == .add, let left = a.list, let right = b.list {
      // Lists of numbers add as tensors do in all other arithmetic; + joins only other lists.
      if !(left.isNumeric && right.isNumeric) || left.count == 0 || right.count == 0 {
        try Self.fits(left.count + right.count)
        let joined = ListObject(capacity: left.count + right.count)
        left.values.forEach(joined.append)
        right.values.forEach(joined.append)
        return .owning(joined)
      }
    }
    if let result = try observed(code.rawValue, { try operators.binary(code, a, b) }) {
      return result
    }
    throw RuntimeMessages.operands(code.rawValue, a, b)
  }

  private func noField(_ symbol: Symbol, of value: Value, known: [String]) -> Diagnosis {
    RuntimeMessages.noField(
      symbol.name, of: value, known: known, isFunction: builtinIndex(symbol.name) != nil)
  }

  /// Refuses what the machine's memory cannot hold: asking the system for it would end the session.
  private static func fits(_ count: Int) throws {
    guard count > ListObject.countMax else { return }
    throw Diagnosis(
      "E131", "the sum would hold \(count) values, and the memory holds \(ListObject.countMax)")
  }

  static func arithmetic(_ code: BinaryOperatorCode, _ x: Double, _ y: Double) throws -> Value {
    switch code {
    case .add: return Value(x + y)
    case .subtract: return Value(x - y)
    case .multiply, .matrixProduct: return Value(x * y)
    case .divide: return Value(x / y)
    case .integerDivide:
      guard y != 0 else { throw RuntimeMessages.divisionByZero("div") }
      return Value(wholeQuotient(x, y))
    case .modulo:
      guard y != 0 else { throw RuntimeMessages.divisionByZero("mod") }
      return Value(remainder(x, y))
    case .power: return Value(pow(x, y))
    case .equal: return Value(x == y)
    case .notEqual: return Value(x != y)
    case .less: return Value(x < y)
    case .lessEqual: return Value(x <= y)
    case .greater: return Value(x > y)
    case .greaterEqual: return Value(x >= y)
    }
  }

  /// `x mod y`: exact, with the sign of y. (`x - y * floor(x / y)` is not exact: the quotient is rounded.)
  private static func remainder(_ x: Double, _ y: Double) -> Double {
    let rest = fmod(x, y)
    return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest
  }

  /// `x div y`: the whole number q for which x is `q * y + x mod y`.
  private static func wholeQuotient(_ x: Double, _ y: Double) -> Double {
    guard x.isFinite, y.isFinite else { return (x / y).rounded(.down) }
    return ((x - remainder(x, y)) / y).rounded()
  }

  func negate(_ value: Value) throws -> Value {
    if value.isNumber { return Value(-value.double) }
    if let result = try observed("-", { try operators.negate(value) }) { return result }
    throw RuntimeMessages.operand("-", value)
  }

  func contains(_ item: Value, in container: Value) throws -> Bool {
    switch container.object {
    case let list as ListObject:
      for value in list.values where equals(value, item) { return true }
      return false
    case let record as RecordObject:
      guard let name = item.string else { break }
      return record[name.string] != nil
    case let string as StringObject:
      guard let part = item.string else { break }
      return part.string.isEmpty || string.string.contains(part.string)
    case let range as RangeObject:
      guard let number = item.number else { break }
      return range.contains(number)
    default: break
    }
    throw RuntimeMessages.operands("in", item, container)
  }

  /// Only true and false are conditions.
  ///
  /// - Parameter giver: the argument of a native, counted from 0, that is a function and gave the value.
  public func truth(_ value: Value, givenBy giver: Int? = nil) throws -> Bool {
    if value.isTrue { return true }
    if value.isFalse { return false }
    if let truth = (value.object as? ForeignObject)?.truthValue { return truth }
    throw RuntimeMessages.notBool(value, givenBy: giver)
  }

  // MARK: - Fields

  func field(_ symbol: Symbol, of value: Value) throws -> Value {
    switch value.object {
    case let record as RecordObject:
      if let field = record[symbol] { return field.retained() }
      throw noField(symbol, of: value, known: record.fields.map(\.name))
    case let error as ErrorObject:
      switch symbol.name {
      case "code": return .string(error.failure.diagnostic.code.description)
      case "message": return .string(error.failure.diagnostic.message)
      case "trace":
        let list = ListObject()
        for entry in error.failure.diagnostic.trace {
          let text = Value.string("\(entry.function), \(entry.file):\(entry.line)")
          list.append(text)
          text.release()
        }
        return .owning(list)
      default:
        throw noField(symbol, of: value, known: ["code", "message", "trace"])
      }
    case let range as RangeObject:
      switch symbol.name {
      case "first": return Value(range.first)
      case "last": return Value(range.last)
      case "step": return Value(range.step)
      default:
        throw noField(symbol, of: value, known: ["first", "last", "step"])
      }
    case let foreign as ForeignObject:
      if let field = try foreign.field(symbol.name) { return field }
      throw noField(symbol, of: value, known: foreign.fieldNames)
    default:
      throw noField(symbol, of: value, known: [])
    }
  }

  func setField(_ symbol: Symbol, of target: Value, to value: Value) throws {
    switch target.object {
    case let record as RecordObject: record[symbol] = value
    case let foreign as ForeignObject:
      guard try foreign.setField(symbol.name, to: value) else {
        throw noField(symbol, of: target, known: foreign.fieldNames)
      }
    default:
      throw noField(symbol, of: target, known: [])
    }
  }

  // MARK: - Subscripts

  /// A checked index into `count` elements; negative ones count from the end.
  func resolve(_ index: Value, count: Int, of base: Value) throws -> Int {
    guard let number = index.number ?? (index.object as? ForeignObject)?.numberValue,
      number == number.rounded()
    else { throw RuntimeMessages.indexType(index, of: base) }
    let resolved = number < 0 ? number + Double(count) : number
    guard resolved >= 0, resolved < Double(count) else {
      throw RuntimeMessages.indexRange(number, count: count, of: base, isSpan: false)
    }
    return Int(resolved)
  }

  func index(_ base: Value, _ key: Value) throws -> Value {
    switch base.object {
    case let list as ListObject:
      if let range = key.object as? RangeObject { return try slice(list, range, base) }
      return list[try resolve(key, count: list.count, of: base)].retained()
    case let record as RecordObject:
      guard let name = key.string else { break }
      if let value = record[name.string] { return value.retained() }
      throw RuntimeMessages.noField(name.string, of: base, known: record.fields.map(\.name))
    case let string as StringObject:
      if key.object is RangeObject { return try indices(base, [.value(key)]) }
      let text = string.string
      let index = try resolve(key, count: text.count, of: base)
      return .string(String(text[text.index(text.startIndex, offsetBy: index)]))
    case let range as RangeObject:
      return Value(range.element(try resolve(key, count: range.count, of: base)))
    case let foreign as ForeignObject:
      return try observed("index", of: foreign) { try foreign.index([.value(key)]) }
    default: throw RuntimeMessages.notIndexable(base)
    }
    throw RuntimeMessages.indexType(key, of: base)
  }

  private func slice(_ list: ListObject, _ range: RangeObject, _ base: Value) throws -> Value {
    let part = ListObject()
    for position in 0..<range.count {
      part.append(
        list[try resolve(Value(range.element(position)), count: list.count, of: base)])
    }
    return .owning(part)
  }

  func setIndex(_ base: Value, _ key: Value, to value: Value) throws -> Value {
    switch base.object {
    case let list as ListObject:
      list[try resolve(key, count: list.count, of: base)] = value
      return base.retained()
    case let record as RecordObject:
      guard let name = key.string else {
        throw RuntimeMessages.indexType(key, of: base)
      }
      record[name.string] = value
      return base.retained()
    case let foreign as ForeignObject:
      return try observed("index =", of: foreign) {
        try foreign.settingIndex([.value(key)], to: value)
      }
    case is StringObject, is RangeObject: throw RuntimeMessages.notChangeable(base)
    default: throw RuntimeMessages.notIndexable(base)
    }
  }

  func indices(_ base: Value, _ items: [SubscriptItem]) throws -> Value {
    if let foreign = base.object as? ForeignObject {
      return try observed("index", of: foreign) { try foreign.index(items) }
    }
    let count: Int
    switch base.object {
    case let list as ListObject: count = list.count
    case let string as StringObject: count = string.string.count
    default: throw RuntimeMessages.notIndexable(base)
    }
    guard items.count == 1 else {
      throw Diagnosis(
        "E104",
        "\(Display.withArticle(Display.typeName(base))) has one axis, and \(items.count) indices were given",
        arguments: [(0, "")], hint: "`x[0][1]`, or `tensor(x)[0, 1]`.")
    }
    let bounds = try span(items[0], count: count, of: base)
    if let string = base.string {
      return .string(String(string.string.dropFirst(bounds.lowerBound).prefix(bounds.count)))
    }
    let part = ListObject(capacity: bounds.count)
    if let list = base.list { for index in bounds { part.append(list[index]) } }
    return .owning(part)
  }

  /// The positions that one index of an axis of `count` elements covers.
  public func span(_ item: SubscriptItem, count: Int, of base: Value) throws -> Range<Int> {
    switch item {
    case .all, .rest: return 0..<count
    case .value(let value):
      if let range = value.object as? RangeObject, range.step == 1 {
        return try span(
          .span(lower: Value(range.first), upper: Value(range.last), isClosed: range.isClosed),
          count: count, of: base)
      }
      let index = try resolve(value, count: count, of: base)
      return index..<(index + 1)
    case .span(let lower, let upper, let isClosed):
      func bound(_ value: Value?, standard: Int, isEnd: Bool) throws -> Int {
        guard let value else { return standard }
        guard let number = value.number, number == number.rounded() else {
          throw RuntimeMessages.indexType(value, of: base)
        }
        // What lies beyond every list stays beyond.
        let index = Int(min(max(number, -0x1p53), 0x1p53))
        let resolved = index + (number < 0 ? count : 0) + (isEnd && isClosed ? 1 : 0)
        guard resolved >= 0, resolved <= count else {
          throw RuntimeMessages.indexRange(number, count: count, of: base, isSpan: true)
        }
        return resolved
      }
      let start = try bound(lower, standard: 0, isEnd: false)
      let end = try bound(upper, standard: count, isEnd: upper != nil)
      return start..<max(start, end)
    }
  }

  func format(_ value: Value, _ text: String) throws -> String {
    guard let format = TextFormat(text) else {
      throw Diagnosis(
        "E118", "\"\(text)\" is no format",
        notes: ["A format is [<>^][width][,][.decimals][%]."],
        hint: "`{x:.3}`, `{x:8.2}`, `{ratio:.1%}`, `{n:,}`.")
    }
    if let number = (value.object as? ForeignObject)?.numberValue {
      return format.apply(Value(number))
    }
    return format.apply(value)
  }
}

extension ListObject {
  /// Whether all elements are numbers.
  public var isNumeric: Bool { values.allSatisfy { $0.isNumber } }
}

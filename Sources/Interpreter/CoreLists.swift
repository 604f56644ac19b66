/// The functions on lists and records that every host has.
public enum CoreLists {
  /// Makes them known to a machine.
  public static func register(in machine: Machine) {
    for native in [length, push, pop, map, filter, reduce, sort, reverse, zip, enumerate] {
      machine.register(native())
    }
    for native in [keys, values, remove, copy] { machine.register(native()) }
  }

  private static let group = "lists and records"

  /// A new list that `body` fills; given back when it throws.
  public static func collected(_ body: (ListObject) throws -> Void) throws -> Value {
    let list = ListObject()
    let owner = Value.owning(list)
    do {
      try body(list)
    } catch {
      owner.release()
      throw error
    }
    return owner
  }

  private static func length() -> NativeFunction {
    NativeFunction(
      "len", "x: list", group: group,
      summary: "How many elements a list, string, record, range or tensor (first axis) has.",
      example: "len([1, 2, 3])", related: ["push", "keys"]
    ) { call in
      switch call[0].object {
      case let list as ListObject: return Value(list.count)
      case let string as StringObject: return Value(string.characterCount)
      case let record as RecordObject: return Value(record.count)
      case let range as RangeObject: return Value(range.count)
      case let foreign as ForeignObject:
        if let count = foreign.elementCount { return Value(count) }
        throw call.wrongType(0, wanted: "something with elements")
      default: throw call.wrongType(0, wanted: "something with elements")
      }
    }
  }

  private static func push() -> NativeFunction {
    NativeFunction(
      "push", "list: list, value: any", group: group,
      summary:
        "Adds a value at the end of a list, which every name of the list sees; gives the list.",
      example: "let xs = [1]\npush(xs, 2)\nxs", related: ["pop", "len"]
    ) { call in
      guard let list = call[0].list else {
        throw call.wrongType(
          0, wanted: "a list",
          hint: Display.typeName(call[0]) == "table"
            ? "`add_row(log, step: 1, loss: 0.5)` adds a row to a table." : nil)
      }
      list.append(call[1])
      return call[0].retained()
    }
  }

  private static func pop() -> NativeFunction {
    NativeFunction(
      "pop", "list: list", group: group, summary: "Takes the last value off a list and gives it.",
      example: "let xs = [1, 2]\npop(xs)", related: ["push"]
    ) { call in
      guard let last = try call.list(0).removeLast() else {
        throw Diagnosis("E108", "pop: the list is empty", arguments: [(0, "")])
      }
      return last
    }
  }

  private static func map() -> NativeFunction {
    NativeFunction(
      "map", "items: list, f: function", group: group,
      summary:
        "The list of f(item) for every item of a list, range or anything `for` goes through.",
      example: "map(1..3, x => x ^ 2)", related: ["filter", "reduce"]
    ) { call in
      let function = try call.function(1)
      return try collected { result in
        try each(call, 0) { item in
          let value = try call.machine.call(function, [item])
          result.append(value)
          value.release()
        }
      }
    }
  }

  private static func filter() -> NativeFunction {
    NativeFunction(
      "filter", "items: list, f: function", group: group,
      summary: "The items for which f(item) is true.", example: "filter(1..6, x => x mod 2 == 0)",
      related: ["map"]
    ) { call in
      let function = try call.function(1)
      return try collected { result in
        try each(call, 0) { item in
          let verdict = try call.machine.call(function, [item])
          defer { verdict.release() }
          if try call.machine.truth(verdict) { result.append(item) }
        }
      }
    }
  }

  private static func reduce() -> NativeFunction {
    NativeFunction(
      "reduce", "items: list, f: function, start?: any", group: group,
      summary: "f(f(f(start, a), b), c) over the items; without a start the first item is it.",
      example: "reduce(1..5, (a, b) => a * b)", related: ["map", "sum"]
    ) { call in
      let function = try call.function(1)
      var result: Value? = call[2].isAbsent ? nil : call[2].retained()
      do {
        try each(call, 0) { item in
          guard let sofar = result else {
            result = item.retained()
            return
          }
          result = try call.machine.call(function, [sofar, item])
          sofar.release()
        }
      } catch {
        result?.release()
        throw error
      }
      guard let result else {
        throw Diagnosis(
          "E119", "reduce: there are no items and no start", arguments: [(0, "")],
          hint: "`reduce(items, f, 0)`.")
      }
      return result
    }
  }

  private static func sort() -> NativeFunction {
    NativeFunction(
      "sort", "items: list, by=nil function, descending=false bool", group: group,
      summary:
        "A new list of the items in order: numbers by size, nan last; strings by alphabet; equal ones stay in order.",
      example: "sort([3, 1, 2])", related: ["reverse"]
    ) { call in
      var keyed = [(item: Value, key: Value)]()
      defer {
        for pair in keyed {
          pair.item.release()
          pair.key.release()
        }
      }
      let by = call.has(1) ? try call.function(1) : nil
      let isDescending = try call.flag(2, default: false)
      try each(call, 0) { item in
        let key = try by.map { try call.machine.call($0, [item]) } ?? item.retained()
        keyed.append((item.retained(), key))
      }
      let ordered = try keyed.enumerated().sorted { a, b in
        let (isNaN, isOtherNaN) = (a.element.key.isNaN, b.element.key.isNaN)
        if isNaN || isOtherNaN { return isNaN == isOtherNaN ? a.offset < b.offset : isOtherNaN }
        let (x, y) = isDescending ? (b, a) : (a, b)
        if try less(x.element.key, y.element.key, call) { return true }
        if try less(y.element.key, x.element.key, call) { return false }
        return a.offset < b.offset
      }
      return .owning(ListObject(ordered.map(\.element.item)))
    }
  }

  private static func less(_ a: Value, _ b: Value, _ call: Call) throws -> Bool {
    if let x = a.number, let y = b.number { return x < y }
    if let x = a.string, let y = b.string {
      return x.string < y.string
    }
    throw Diagnosis(
      "E119", "sort: \(Display.described(a)) and \(Display.described(b)) have no order",
      arguments: [(0, "")],
      hint: "`sort(items, by: x => x.name)`, with a number or a string for each item.")
  }

  private static func reverse() -> NativeFunction {
    NativeFunction(
      "reverse", "items: list", group: group,
      summary: "A new list of the items from last to first.",
      example: "reverse([1, 2, 3])", related: ["sort"]
    ) { call in
      if let string = call[0].string {
        return .string(String(string.string.reversed()))
      }
      var items = [Value]()
      defer { for item in items { item.release() } }
      try each(call, 0) { items.append($0.retained()) }
      return .owning(ListObject(items.reversed()))
    }
  }

  private static func zip() -> NativeFunction {
    NativeFunction(
      "zip", "a: list, b: list", group: group,
      summary: "The list of pairs [a, b], as many as the shorter has.",
      example: "zip([1, 2], [\"a\", \"b\"])", related: ["enumerate"]
    ) { call in
      var left = [Value](), right = [Value]()
      defer { for item in left + right { item.release() } }
      try each(call, 0) { left.append($0.retained()) }
      try each(call, 1) { right.append($0.retained()) }
      return pairs(Array(Swift.zip(left, right)))
    }
  }

  private static func enumerate() -> NativeFunction {
    NativeFunction(
      "enumerate", "items: list", group: group,
      summary: "The list of pairs [index, item], from 0.",
      example: "for (i, x) in enumerate([\"a\", \"b\"]) { print(i, x) }", related: ["zip"]
    ) { call in
      var items = [Value]()
      defer { for item in items { item.release() } }
      try each(call, 0) { items.append($0.retained()) }
      return pairs(items.enumerated().map { (Value($0.offset), $0.element) })
    }
  }

  private static func pairs(_ items: [(Value, Value)]) -> Value {
    let list = ListObject(capacity: items.count)
    for (a, b) in items { list.append(ListObject([a, b])) }
    return .owning(list)
  }

  private static func keys() -> NativeFunction {
    NativeFunction(
      "keys", "record: record", group: group, summary: "The names of a record's fields, in order.",
      example: "keys((a: 1, b: 2))", related: ["values"]
    ) { call in
      strings(try call.record(0).fields.map(\.name))
    }
  }

  private static func values() -> NativeFunction {
    NativeFunction(
      "values", "record: record", group: group,
      summary: "The values of a record's fields, in order.",
      example: "values((a: 1, b: 2))", related: ["keys"]
    ) { call in
      .owning(ListObject(try call.record(0).fields.map(\.value)))
    }
  }

  private static func remove() -> NativeFunction {
    NativeFunction(
      "remove", "list: list, index: number", group: group,
      summary: "Takes the element at an index out of a list and gives it.",
      example: "let xs = [1, 2, 3]\nremove(xs, 0)", related: ["pop"]
    ) { call in
      let list = try call.list(0)
      let index = try call.machine.resolve(call[1], count: list.count, of: call[0])
      let value = list[index].retained()
      for position in index..<(list.count - 1) { list[position] = list[position + 1] }
      list.removeLast()?.release()
      return value
    }
  }

  private static func copy() -> NativeFunction {
    NativeFunction(
      "copy", "x: any", group: group,
      summary: "A list or record of its own with the same elements; other values as they are.",
      example: "let a = [1, 2]\nlet b = copy(a)\npush(b, 3)\na", related: ["push"]
    ) { call in
      switch call[0].object {
      case let list as ListObject: return .owning(ListObject(Array(list.values)))
      case let record as RecordObject:
        return .owning(RecordObject(record.fields.map { ($0.name, $0.value) }))
      default: return call[0].retained()
      }
    }
  }

  /// A list of strings, owned by the caller.
  public static func strings(_ texts: [String]) -> Value {
    let list = ListObject(capacity: texts.count)
    for text in texts { list.append(StringObject(text)) }
    return .owning(list)
  }

  /// Goes through an argument as `for` does; items are borrowed.
  public static func each(_ call: Call, _ index: Int, _ body: (Value) throws -> Void) throws {
    guard let iterator = try IteratorObject(over: call[index], machine: call.machine) else {
      throw call.wrongType(index, wanted: "a list, a range or something else to go through")
    }
    while let item = try iterator.next() {
      defer { item.release() }
      try call.machine.checkInterrupt()
      try body(item)
    }
  }
}

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
      "len", "x: list or tensor", group: group,
      summary: "How many elements a value has.",
      details: """
        x: a list (items), string (characters), record (fields), range (numbers), tensor (extent of
        its first axis), data set (images), table (rows) or batches.
        Gives a whole number.
        """,
      example: "len([1, 2, 3])  # => 3",
      related: ["push", "keys", "count"]
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
      summary: "Adds a value at the end of a list.",
      details: """
        list: it is changed, under every name that it has.
        value: any value.
        Gives the list.
        """,
      example: """
        let xs = [1]
        push(xs, 2)
        xs  # => [1, 2]
        """,
      related: ["pop", "len", "lists"]
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
      "pop", "list: list", group: group,
      summary: "Takes the last value off a list.",
      details: """
        list: it is changed; an empty one is an error.
        Gives the value that was its last.
        """,
      example: """
        let xs = [1, 2]
        pop(xs)  # => 2
        """,
      related: ["push", "remove"]
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
      summary: "Applies a function to every item.",
      details: """
        items: a list, range, tensor (its rows), data set or anything else that `for` goes through.
        f: a function of one item.
        Gives a list of f(item), as long as the items.
        """,
      example: "map(1..3, x => x ^ 2)  # => [1, 4, 9]",
      related: ["filter", "reduce", "for"]
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
      summary: "The items for which a function is true.",
      details: """
        items: a list, range or anything else that `for` goes through.
        f: a function of one item; true keeps it.
        Gives a list of the items kept, in order.
        """,
      example: "filter(1..6, x => x mod 2 == 0)  # => [2, 4, 6]",
      related: ["map", "reduce"]
    ) { call in
      let function = try call.function(1)
      return try collected { result in
        try each(call, 0) { item in
          let verdict = try call.machine.call(function, [item])
          defer { verdict.release() }
          if try call.machine.truth(verdict, givenBy: 1) { result.append(item) }
        }
      }
    }
  }

  private static func reduce() -> NativeFunction {
    NativeFunction(
      "reduce", "items: list, f: function, start?: any", group: group,
      summary: "Brings all items together, two at a time.",
      details: """
        items: a list, range or anything else that `for` goes through.
        f: a function of two: what there is so far, and the next item.
        start: what it begins with; the first item when left out. It is needed where there may be no
        items.
        Gives f(f(f(start, a), b), c) of the items a, b, c.
        """,
      example: "reduce(1..5, (a, b) => a * b)  # => 120",
      related: ["map", "sum", "max"]
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
      summary: "The items in order.",
      details: """
        Equal items stay in their order; nan comes last.
        items: numbers, or strings, which go by alphabet, capital letters first; with by: any
        values.
        by: a function of an item that gives the number or string to go by.
        descending: whether the largest comes first.
        Gives a new list.
        """,
      example: """
        sort([3, 1, 2])  # => [1, 2, 3]
        sort(["mask", "mae"], by: x => len(x))  # => ["mae", "mask"]
        """,
      related: ["reverse", "max", "argmax"]
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
      let order = try order(of: keyed.map(\.key), isDescending)
      return .owning(ListObject(order.map { keyed[$0].item }))
    }
  }

  /// The places of numbers, nan last, or of texts in their order; equal ones stay in theirs.
  private static func order(of keys: [Value], _ isDescending: Bool) throws -> [Int] {
    let numbers = keys.compactMap(\.number)
    if numbers.count == keys.count {
      return numbers.indices.sorted { a, b in
        let (x, y) = (numbers[a], numbers[b])
        if x != x || y != y { return x != x && y != y ? a < b : y != y }
        return x == y ? a < b : (x < y) != isDescending
      }
    }
    let texts = keys.compactMap { $0.string?.string }
    if texts.count == keys.count {
      return texts.indices.sorted { a, b in
        let (x, y) = (texts[a], texts[b])
        return x == y ? a < b : (x < y) != isDescending
      }
    }
    guard keys.count > 1 else { return [0] }
    let first = keys[0]
    let other = keys.dropFirst().first {
      first.isNumber ? !$0.isNumber : first.string == nil || $0.string == nil
    }
    throw Diagnosis(
      "E119",
      "sort: \(Display.described(first)) and \(Display.described(other ?? keys[1])) have no order",
      arguments: [(0, "")],
      hint: "`sort(items, by: x => x.name)`, with a number or a string for each item.")
  }

  private static func reverse() -> NativeFunction {
    NativeFunction(
      "reverse", "items: list", group: group,
      summary: "The items from last to first.",
      details: """
        items: a list, a range, anything else that `for` goes through, or a string.
        Gives a new list, or a string.
        """,
      example: "reverse([1, 2, 3])  # => [3, 2, 1]",
      related: ["sort"]
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
      summary: "The items of two lists in pairs.",
      details: """
        a: a list, range or anything else that `for` goes through.
        b: the same.
        Gives a list of lists [a, b], as many as the shorter has items.
        """,
      example: "zip([1, 2], [\"a\", \"b\"])  # => [[1, \"a\"], [2, \"b\"]]",
      related: ["enumerate", "for"]
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
      summary: "The items in pairs with their numbers.",
      details: """
        items: a list, range or anything else that `for` goes through.
        Gives a list of lists [index, item], the index from 0.
        """,
      example: "for (i, x) in enumerate([\"a\", \"b\"]) { print(i, x) }",
      related: ["zip", "for"]
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
      "keys", "record: record", group: group,
      summary: "The names of a record's fields.",
      details: """
        record: its fields are not changed.
        Gives a list of strings, in the order in which the fields were made.
        """,
      example: "keys((a: 1, b: 2))  # => [\"a\", \"b\"]",
      related: ["values", "records", "len"]
    ) { call in
      strings(try call.record(0).fields.map(\.name))
    }
  }

  private static func values() -> NativeFunction {
    NativeFunction(
      "values", "record: record", group: group,
      summary: "The values of a record's fields.",
      details: """
        record: its fields are not changed.
        Gives a list, in the order in which the fields were made.
        """,
      example: "values((a: 1, b: 2))  # => [1, 2]",
      related: ["keys", "records"]
    ) { call in
      .owning(ListObject(try call.record(0).fields.map(\.value)))
    }
  }

  private static func remove() -> NativeFunction {
    NativeFunction(
      "remove", "list: list, index: number", group: group,
      summary: "Takes an element out of a list.",
      details: """
        list: it is changed, under every name that it has.
        index: a whole number from 0; negative ones count from the end.
        Gives the element that was there.
        """,
      example: """
        let xs = [1, 2, 3]
        remove(xs, 0)
        xs  # => [2, 3]
        """,
      related: ["pop", "push", "lists"]
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
      summary: "A list or record of its own, which changes leave alone.",
      details: """
        What is within it is not copied: a list in a list is shared by both.
        x: a list or record; other values come back as they are.
        Gives a new list or record with the same elements.
        """,
      example: """
        let a = [1, 2]
        let b = copy(a)
        push(b, 3)
        a  # => [1, 2]
        """,
      related: ["push", "lists", "records"]
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

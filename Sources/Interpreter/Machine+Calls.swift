import Bytecode
import Syntax

/// Arguments to parameters, for closures and natives by one rule: data by position, options by name,
/// `..record` as options.
extension Machine {
  struct ParameterView {
    let name: String
    let isOption: Bool
    let isRequired: Bool
  }

  /// The code of a closure; nothing is retained, the value holds it.
  @inline(__always)
  func loadedFunction(_ closure: Value) -> Unmanaged<LoadedFunction> {
    closure.unmanaged._withUnsafeGuaranteedRef {
      unsafeDowncast($0, to: ClosureObject.self).loaded
    }
  }

  /// Whether so many values by position need no binding: they are the first registers as they stand.
  @inline(__always)
  func acceptsPlainly(_ function: Unmanaged<LoadedFunction>, _ count: Int) -> Bool {
    function._withUnsafeGuaranteedRef { $0.hasPlainOrder && count == $0.requiredCount }
  }

  @inline(__always)
  func acceptsPlainly(native callee: Value, _ count: Int) -> Bool {
    callee.isKind(.native)
      && callee.unmanaged._withUnsafeGuaranteedRef {
        let counts = unsafeDowncast($0, to: NativeFunction.self).plainCounts
        return count >= counts.lowerBound && count < counts.upperBound
      }
  }

  /// Calls a native whose arguments are its first parameters, where they stand; clears them.
  func callPlainly(
    _ callee: Value, _ arguments: UnsafeMutablePointer<Value>, _ count: Int
  ) throws -> Value {
    try callee.unchecked(NativeFunction.self)._withUnsafeGuaranteedRef { native in
      let total = native.parameterCount
      guard arguments + total < stackEnd else { throw RuntimeMessages.tooDeep(frameCount) }
      for index in count..<total { store(arguments + index, .absent) }
      nativeTop = arguments + total
      var call = Call(machine: self, function: native, slots: arguments, extraCount: 0)
      let result = try observed(
        native.name, with: UnsafeBufferPointer(start: arguments, count: total)
      ) { try native.body(&call) }
      clear(arguments, total)
      return result
    }
  }

  /// Calls what is no closure; the arguments stay where they are, the result is owned.
  func callNonClosure(
    _ callee: Value, _ arguments: UnsafeMutablePointer<Value>, _ count: Int, site: CallSite?
  ) throws -> Value {
    if let native = callee.native {
      return try callNative(native, arguments, count, site: site)
    }
    if let foreign = callee.object as? ForeignObject, foreign.isCallable {
      if let site, site.slots.contains(where: { $0 != .positional }) {
        throw Diagnosis(
          "E106", "\(Display.withArticle(foreign.typeName)) takes data by position only",
          arguments: [(0, "")])
      }
      let savedTop = nativeTop
      nativeTop = max(nativeTop, arguments + count)
      defer { nativeTop = savedTop }
      return try observed(
        foreign.typeName, of: foreign, with: UnsafeBufferPointer(start: arguments, count: count)
      ) { try foreign.call((0..<count).map { arguments[$0] }, machine: self) }
    }
    var diagnosis = RuntimeMessages.notCallable(callee)
    if let note = shadowNote(ofValue: callee) {
      diagnosis.notes.append(note)
      diagnosis.hint = "a name of its own for it, such as `let my_name = ...`."
    }
    throw diagnosis
  }

  private func callNative(
    _ native: NativeFunction, _ arguments: UnsafeMutablePointer<Value>, _ count: Int,
    site: CallSite?
  ) throws -> Value {
    let wanted = native.parameters.count
    let savedTop = nativeTop
    defer { nativeTop = savedTop }
    let views = native.parameters.map {
      ParameterView(name: $0.name, isOption: $0.isOption, isRequired: $0.isRequired)
    }
    var fields = [(String, Value)]()
    let bound = try bind(
      views, name: native.name, isVariadic: native.isVariadic, arguments, count, site: site,
      usage: native.usageNote
    ) { name, value in
      guard native.collectsFields else { return false }
      fields.append((name, value))
      return true
    }
    let slots = max(nativeTop, arguments + count)
    guard slots + bound.count < stackEnd else { throw RuntimeMessages.tooDeep(frameCount) }
    // On the stack above everything, and held: a function that the native calls may change the record that
    // they came from.
    clear(slots, bound.count)
    for (index, value) in bound.enumerated() { slots[index] = value.retained() }
    for field in fields { field.1.retain() }
    nativeTop = slots + bound.count
    defer {
      clear(slots, bound.count)
      for field in fields { field.1.release() }
    }
    var call = Call(
      machine: self, function: native, slots: slots, extraCount: bound.count - wanted)
    call.fields = fields
    do {
      return try observed(
        native.name, with: UnsafeBufferPointer(start: slots, count: bound.count)
      ) { try native.body(&call) }
    } catch {
      throw placed(error, native.parameters, count, site)
    }
  }

  /// A function's error names parameters by their place in its signature; the source shows what is given,
  /// in the order in which it is.
  private func placed(
    _ error: any Error, _ parameters: [NativeFunction.Parameter], _ count: Int, _ site: CallSite?
  ) -> any Error {
    guard let site, !site.isPlain,
      var diagnosis = error as? Diagnosis ?? (error as? any DiagnosableError)?.diagnosis
    else { return error }
    let places = parameters.indices.filter { !parameters[$0].isOption }
    var positions: [Int: Int] = [:], nextPlace = 0
    for (position, slot) in site.slots.prefix(count).enumerated() {
      switch slot {
      case .positional:
        while nextPlace < places.count, positions[places[nextPlace]] != nil { nextPlace += 1 }
        // Those beyond the signature, of a function that takes any number, follow its parameters.
        let beyond = parameters.count + nextPlace - places.count
        positions[nextPlace < places.count ? places[nextPlace] : beyond] = position
        nextPlace += 1
      case .named(let name):
        if let index = parameters.firstIndex(where: { $0.name == name }) {
          positions[index] = position
        }
      case .splat:
        for index in parameters.indices where parameters[index].isOption && positions[index] == nil
        {
          positions[index] = position
        }
      }
    }
    diagnosis.arguments = diagnosis.arguments.compactMap { argument in
      positions[argument.index].map { ($0, argument.text) }
    }
    return diagnosis
  }

  /// Puts arguments into the parameters' registers, absent where an option is left out.
  func bindClosure(
    _ loaded: Unmanaged<LoadedFunction>, _ arguments: UnsafeMutablePointer<Value>, _ count: Int,
    site: CallSite?
  ) throws {
    let function = loaded.takeUnretainedValue()
    if function.hasPlainOrder, count == function.requiredCount, site.map({ $0.isPlain }) ?? true {
      for index in count..<max(count, function.parameterCount) {
        store(arguments + index, .absent)
      }
      return
    }
    let views = function.prototype.parameters.map {
      ParameterView(name: $0.name, isOption: $0.isOption, isRequired: !$0.isOption)
    }
    let name = function.prototype.name
    let bound: [Value]
    do {
      bound = try bind(views, name: name, isVariadic: false, arguments, count, site: site)
    } catch var diagnosis as Diagnosis {
      if let note = shadowNote(ofFunction: name) { diagnosis.notes.append(note) }
      throw diagnosis
    }
    for value in bound { value.retain() }
    clear(arguments, count)
    for (index, value) in bound.enumerated() { store(arguments + index, value) }
  }

  /// Values (borrowed) by parameter, then the further ones of a variadic function.
  private func bind(
    _ parameters: [ParameterView], name: String, isVariadic: Bool,
    _ arguments: UnsafeMutablePointer<Value>, _ count: Int, site: CallSite?,
    usage: @autoclosure () -> String? = nil,
    collect: (String, Value) -> Bool = { _, _ in false }
  ) throws -> [Value] {
    var bound = [Value](repeating: .absent, count: parameters.count)
    var extras = [Value]()
    let places = parameters.indices.filter { !parameters[$0].isOption }
    var nextPlace = 0
    func give(_ value: Value, to option: String, argument: Int) throws {
      guard let index = parameters.firstIndex(where: { $0.name == option }) else {
        if collect(option, value) { return }
        throw CallMessages.unknownOption(
          option, function: name, known: parameters.map(\.name), argument: argument)
      }
      guard bound[index].isAbsent else {
        throw CallMessages.givenTwice(option, function: name, argument: argument)
      }
      bound[index] = value
    }
    for index in 0..<count {
      let value = arguments[index]
      switch site?.slots[index] ?? .positional {
      case .positional:
        while nextPlace < places.count, !bound[places[nextPlace]].isAbsent { nextPlace += 1 }
        if nextPlace < places.count {
          bound[places[nextPlace]] = value
          nextPlace += 1
        } else if isVariadic {
          extras.append(value)
        } else {
          throw CallMessages.tooMany(
            function: name, seen: positionalCount(site, count), wanted: places.count,
            options: parameters.filter(\.isOption).map(\.name), argument: index, value: value,
            isPiped: site?.isPiped ?? false, usage: usage())
        }
      case .named(let option): try give(value, to: option, argument: index)
      case .splat:
        guard let record = value.record else {
          throw CallMessages.splat(value, argument: index)
        }
        for field in record.fields { try give(field.value, to: field.name, argument: index) }
      }
    }
    if let missing = parameters.indices.first(where: {
      parameters[$0].isRequired && bound[$0].isAbsent
    }) {
      throw CallMessages.missing(
        parameters[missing].name, isOption: parameters[missing].isOption, function: name,
        seen: positionalCount(site, count), isPiped: site?.isPiped ?? false, usage: usage())
    }
    return bound + extras
  }

  private func positionalCount(_ site: CallSite?, _ count: Int) -> Int {
    site.map { $0.slots.filter { $0 == .positional }.count } ?? count
  }
}

extension CallSite {
  fileprivate var isPlain: Bool { slots.allSatisfy { $0 == .positional } }
}

/// What is said about the arguments of a call: E105 and E106. Argument numbers count from 0.
enum CallMessages {
  static func unknownOption(
    _ option: String, function: String, known: [String], argument: Int
  ) -> Diagnosis {
    let near =
      Suggestion.nearest(to: option, among: known).first
      ?? ForeignNames.option(option, among: known)
    let list = known.isEmpty ? "it takes none" : "it takes " + known.joined(separator: ", ")
    return Diagnosis(
      "E106", "\(function) has no option `\(option)`", arguments: [(argument, list)],
      hint: near.map { "`\($0): ...`." }
        ?? "`?\(function)` says what each is for.",
      cure: near.map(Cure.rewrite))
  }

  static func givenTwice(_ option: String, function: String, argument: Int) -> Diagnosis {
    Diagnosis(
      "E106", "\(function): `\(option)` is given twice", arguments: [(argument, "")],
      hint: "leave one out; fields of a `..record` count.")
  }

  static func tooMany(
    function: String, seen: Int, wanted: Int, options: [String], argument: Int, value: Value,
    isPiped: Bool, usage: String?
  ) -> Diagnosis {
    let given = value.isNumber || value.string != nil ? Display.summary(value) : "..."
    let plural = wanted == 1 ? "value" : "values"
    return Diagnosis(
      "E105",
      "\(function) takes \(wanted) \(plural) by position, not \(seen)"
        + (isPiped ? " (the piped one counts)" : ""),
      arguments: [(argument, "one too many")],
      notes: options.isEmpty
        ? usage.map { [$0] } ?? []
        : ["Options are given by name: \(options.joined(separator: ", "))."],
      hint: options.first.map { "`\(function)(\(wanted > 0 ? "..., " : "")\($0): \(given))`." },
      cure: ["zeros", "ones", "uniform"].contains(function) ? .shape : nil)
  }

  static func missing(
    _ name: String, isOption: Bool, function: String, seen: Int, isPiped: Bool, usage: String?
  ) -> Diagnosis {
    let got = seen == 0 ? "no value" : seen == 1 ? "one value" : "\(seen) values"
    let piped = isPiped ? " (the piped one counts)" : ""
    return Diagnosis(
      "E105",
      isOption
        ? "\(function) needs the option `\(name)`"
        : "\(function) needs `\(name)`, and got \(got) by position\(piped)",
      notes: isOption ? [] : usage.map { [$0] } ?? [],
      hint: isOption ? "`\(name): ...`." : nil)
  }

  static func splat(_ value: Value, argument: Int) -> Diagnosis {
    Diagnosis(
      "E107", ".. takes a record, not \(Display.described(value))", arguments: [(argument, "")],
      hint: "`..(name: value)`.")
  }
}

import Syntax

/// Assignments. Tensors are values: the machine changes what a register holds, and what was changed
/// goes back, level by level, to where it was read from.
extension FunctionCompiler {
  /// A step into a value, with what selects already in registers, so that it is evaluated once.
  private enum Selector {
    /// The constant with the field's name.
    case field(Int)
    /// The register of the index.
    case index(Int)
    /// A subscript whose values follow the register `slot`, which takes the object or the new value.
    case indices(slot: Int, site: Int)
  }

  func assignment(_ place: Place, _ value: Expr) {
    guard !place.steps.isEmpty else { return assign(place.base, value) }
    guard isVariable(place.base) else { return discard(value) }
    // What selects comes first, then the new value, and what is changed is read last: what a function that
    // they call does to it is not lost.
    let runsCode = value.mayRunCode || place.steps.dropFirst().contains(where: \.mayRunCode)
    let selectors = place.steps.map { selector($0, isKept: runsCode) }
    let last = selectors[selectors.count - 1]
    let new = newValue(value, last)
    // A local variable is changed in its own register, so that its elements need not be copied.
    let base = expression(Expr(.name(place.base.text), place.base.range))
    var way: [(object: Int, selector: Selector, range: SourceRange)] = []
    var object = base
    for (step, selector) in zip(place.steps, selectors).dropLast() {
      let range = place.range.startPoint.union(step.range)
      let inner = allocate(at: range)
      read(selector, of: object, into: inner, at: range)
      way.append((object, selector, range))
      object = inner
    }
    write(last, of: object, from: new, at: place.range)
    for level in way.reversed() {
      write(level.selector, of: level.object, from: object, at: level.range)
      object = level.object
    }
    storeBack(place.base, base)
  }

  private func assign(_ name: Name, _ value: Expr) {
    switch find(name.text, at: name.range) {
    case .local(let register): expression(value, into: register)
    case .captured(let index): emit(.setCaptured, expression(value), index, at: name.range)
    case .global(let slot): emitWide(.changeGlobal, expression(value), slot, at: name.range)
    case .builtin, .unknown:
      _ = isVariable(name)
      discard(value)
    }
  }

  /// Whether a name can be changed; reports it if not.
  private func isVariable(_ name: Name) -> Bool {
    switch find(name.text, at: name.range) {
    case .local, .captured, .global: return true
    case .builtin: unit.diagnostics.append(.constantName(file, name))
    case .unknown:
      if unit.reported.insert(name.text).inserted {
        unit.diagnostics.append(.unknownVariable(file, name, known: visibleNames))
      }
    }
    return false
  }

  /// - Parameter isKept: whether an index stays as it is now, though code runs before it is used.
  private func selector(_ step: Place.Step, isKept: Bool) -> Selector {
    switch step {
    case .field(let name): return .field(constant(.symbol(name.text)))
    case .index(let items, let range):
      if items.count == 1, case .value(let value) = items[0] {
        guard isKept, case .name = value.kind else { return .index(expression(value)) }
        let kept = allocate(at: range)
        expression(value, into: kept)
        return .index(kept)
      }
      let slot = allocate(at: range)
      return .indices(slot: slot, site: subscriptSite(items))
    }
  }

  private func newValue(_ value: Expr, _ selector: Selector) -> Int {
    guard case .indices(let slot, _) = selector else { return expression(value) }
    expression(value, into: slot)
    return slot
  }

  private func read(
    _ selector: Selector, of object: Int, into target: Int, at range: SourceRange
  ) {
    switch selector {
    case .field(let name): emit(.getField, target, object, name, at: range)
    case .index(let key): emit(.getIndex, target, object, key, at: range)
    case .indices(let slot, let site):
      emit(.move, slot, object, at: range)
      emit(.getIndices, target, slot, site, at: range)
    }
  }

  private func write(
    _ selector: Selector, of object: Int, from value: Int, at range: SourceRange
  ) {
    switch selector {
    case .field(let name): emit(.setField, object, name, value, at: range)
    case .index(let key): emit(.setIndex, object, key, value, at: range)
    case .indices(let slot, let site):
      if slot != value { emit(.move, slot, value, at: range) }
      emit(.setIndices, object, slot, site, at: range)
    }
  }

  private func storeBack(_ name: Name, _ register: Int) {
    switch find(name.text, at: name.range) {
    case .captured(let index): emit(.setCaptured, register, index, at: name.range)
    case .global(let slot): emitWide(.changeGlobal, register, slot, at: name.range)
    case .local, .builtin, .unknown: break
    }
  }
}

extension Place.Step {
  /// Whether what selects may run code that changes variables.
  fileprivate var mayRunCode: Bool {
    guard case .index(let items, _) = self else { return false }
    return items.flatMap(\.values).contains(where: \.mayRunCode)
  }
}

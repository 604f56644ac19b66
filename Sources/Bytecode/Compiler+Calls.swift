import Syntax

/// Calls, records and subscripts.
extension FunctionCompiler {
  func call(_ call: Call, into target: Int, _ range: SourceRange) {
    // The function and its arguments stand side by side at the top of the registers.
    let isOnTop = target == free - 1 && isTemporary(target)
    let base = isOnTop ? target : allocate(at: call.callee.range)
    // A piped value is evaluated first: it stands first in the text.
    if call.isPiped, let first = call.arguments.first {
      let piped = allocate(at: first.value.range)
      expression(first.value, into: piped)
      expression(call.callee, into: base)
    } else {
      expression(call.callee, into: base)
    }
    for argument in call.arguments.dropFirst(call.isPiped ? 1 : 0) {
      expression(argument.value, into: allocate(at: argument.value.range))
    }
    let isPlain = call.arguments.allSatisfy { argument in
      switch argument.kind {
      case .piped, .positional: true
      case .splat, .named: false
      }
    }
    emit(
      isPlain ? .callPlain : .call, base, call.arguments.count, callSite(call), at: range)
    if target != base { emit(.move, target, base, at: range) }
  }

  private func callSite(_ call: Call) -> Int {
    append(
      CallSite(
        slots: call.arguments.map { argument in
          switch argument.kind {
          case .piped, .positional: .positional
          case .splat: .splat
          case .named(let name): .named(name.text)
          }
        },
        ranges: call.arguments.map(\.value.range), isPiped: call.isPiped))
  }

  /// The number of a new call site, which an instruction holds in 16 bits.
  private func append(_ site: CallSite) -> Int {
    callSites.append(site)
    if callSites.count == Self.sitesMax {
      unit.diagnostics.append(
        .functionTooLarge(
          file, "calls and records", limit: Self.sitesMax - 1, file.fullRange.startPoint))
    }
    return callSites.count - 1
  }

  func record(_ fields: [RecordField], into target: Int, _ range: SourceRange) {
    let first = free
    for field in fields {
      let register = allocate(at: field.value.range)
      if case .named(let name, let value) = field, case .function(let function) = value.kind {
        self.function(function, name: name.text, value.range, into: register)
      } else {
        expression(field.value, into: register)
      }
    }
    let site = append(
      CallSite(
        slots: fields.map { field in
          switch field {
          case .named(let name, _): .named(name.text)
          case .splat: .splat
          }
        },
        ranges: fields.map(\.value.range), isPiped: false))
    emit(.makeRecord, target, first, site, at: range)
  }

  func index(
    _ base: Expr, _ indices: [IndexItem], into target: Int, _ range: SourceRange
  ) {
    if indices.count == 1, case .value(let value) = indices[0] {
      let object = operand(base, reusing: target, before: value)
      emit(.getIndex, target, object, expression(value), at: range)
      return
    }
    let object = allocate(at: base.range)
    expression(base, into: object)
    let site = subscriptSite(indices)
    emit(.getIndices, target, object, site, at: range)
  }

  /// Evaluates the values of a subscript into new registers, in order.
  func subscriptSite(_ indices: [IndexItem]) -> Int {
    var parts = [SubscriptPart]()
    for index in indices {
      switch index {
      case .value(let value):
        expression(value, into: allocate(at: value.range))
        parts.append(.value)
      case .all: parts.append(.all)
      case .rest: parts.append(.rest)
      case .slice(let lower, let upper, let isClosed, let range):
        if let lower { expression(lower, into: allocate(at: range)) }
        if let upper { expression(upper, into: allocate(at: range)) }
        parts.append(.span(hasLower: lower != nil, hasUpper: upper != nil, isClosed: isClosed))
      }
    }
    subscripts.append(parts)
    if subscripts.count == Self.sitesMax {
      unit.diagnostics.append(
        .functionTooLarge(file, "subscripts", limit: Self.sitesMax - 1, file.fullRange.startPoint))
    }
    return subscripts.count - 1
  }
}

import Bytecode
import Syntax

/// Errors get their places: the one spot where an engine's error becomes the language's.
extension Machine {
  /// The error with the source ranges of the instruction that met it, and the calls under way.
  func located(_ error: any Error) -> any Error {
    if error is Interrupted || error is ExitRequest { return error }
    if let failure = error as? RuntimeFailure, failure.isLocated { return failure }
    let failure: RuntimeFailure
    if let known = error as? RuntimeFailure {
      failure = known
    } else {
      failure = RuntimeFailure(diagnostic(for: diagnosis(of: error)))
    }
    failure.diagnostic.trace = trace()
    failure.isLocated = true
    return failure
  }

  private func diagnosis(of error: any Error) -> Diagnosis {
    if let diagnosis = error as? Diagnosis { return diagnosis }
    if let known = error as? any DiagnosableError { return known.diagnosis }
    return Diagnosis("E130", "\(error)")
  }

  private func diagnostic(for diagnosis: Diagnosis) -> Diagnostic {
    var labels = [Diagnostic.Label]()
    if frameCount > 0 {
      let frame = frames[frameCount - 1]
      let function = frame.function.takeUnretainedValue()
      let index = max(0, frame.position - 1)
      let range = function.prototype.ranges[min(index, function.prototype.ranges.count - 1)]
      let parts = operandRanges(function, index, range)
      for (argument, text) in diagnosis.arguments where argument < parts.count {
        labels.append(.init(function.prototype.file, parts[argument], text))
      }
      if labels.isEmpty { labels = [.init(function.prototype.file, range)] }
    }
    return Diagnostic(
      diagnosis.code, diagnosis.message, labels: labels, notes: diagnosis.notes,
      hint: diagnosis.hint)
  }

  /// Where the operands or arguments of an instruction stand: call sites know; for the rest the source
  /// is parsed again, which costs nothing until an error comes up.
  private func operandRanges(
    _ function: LoadedFunction, _ index: Int, _ range: SourceRange
  ) -> [SourceRange] {
    let instruction = function.prototype.code[index]
    switch Opcode(rawValue: instruction.code) {
    case .call where instruction.c > 0:
      return function.prototype.callSites[instruction.c - 1].ranges
    case .makeRecord:
      return function.prototype.callSites[instruction.c].ranges
    default:
      let found = OperandFinder.operands(of: range, in: parse(function.prototype.file).program)
      return found.isEmpty ? [range] : found
    }
  }

  private func trace() -> [Diagnostic.TraceEntry] {
    (0..<frameCount).reversed().map { index in
      let frame = frames[index]
      let prototype = frame.function.takeUnretainedValue().prototype
      let position = min(max(0, frame.position - 1), prototype.ranges.count - 1)
      let line = prototype.file.position(at: prototype.ranges[position].start).line
      return .init(function: prototype.name, file: prototype.file.name, line: line)
    }
  }
}

/// Finds the expression that covers a range exactly, and the ranges of its parts.
private enum OperandFinder {
  static func operands(of range: SourceRange, in block: BlockSyntax) -> [SourceRange] {
    for statement in block.statements where covers(statement.range, range) {
      if let found = search(statement.kind, range) { return found }
    }
    return []
  }

  private static func covers(_ outer: SourceRange, _ inner: SourceRange) -> Bool {
    outer.start <= inner.start && outer.end >= inner.end
  }

  private static func search(_ kind: StatementSyntax.Kind, _ range: SourceRange) -> [SourceRange]? {
    var expressions = [ExpressionSyntax](), blocks = [BlockSyntax]()
    switch kind {
    case .binding(_, let value), .expression(let value): expressions = [value]
    case .assignment(let place, let value):
      expressions = [place, value]
    case .function(let function):
      expressions = function.parameters.compactMap(\.defaultValue)
      blocks = [function.body]
    case .forLoop(_, let sequence, let body):
      expressions = [sequence]
      blocks = [body]
    case .whileLoop(let condition, let body):
      expressions = [condition]
      blocks = [body]
    case .returning(let value): expressions = value.map { [$0] } ?? []
    case .trying(let body, _, let handler): blocks = [body, handler]
    case .breaking, .continuing, .importing: break
    }
    for expression in expressions {
      if let found = search(expression, range) { return found }
    }
    for block in blocks {
      let found = operands(of: range, in: block)
      if !found.isEmpty { return found }
    }
    return nil
  }

  private static func search(_ expression: ExpressionSyntax, _ range: SourceRange) -> [SourceRange]? {
    guard covers(expression.range, range) else { return nil }
    let (parts, blocks) = children(expression)
    if expression.range == range {
      let inner = parts.compactMap { $0.range == range ? search($0, range) : nil }
      return inner.first ?? (parts.isEmpty ? nil : parts.map(\.range))
    }
    for part in parts { if let found = search(part, range) { return found } }
    for block in blocks {
      let found = operands(of: range, in: block)
      if !found.isEmpty { return found }
    }
    return nil
  }

  private static func children(
    _ expression: ExpressionSyntax
  ) -> ([ExpressionSyntax], [BlockSyntax]) {
    switch expression.kind {
    case .number, .boolean, .none, .name: return ([], [])
    case .string(let parts):
      return (
        parts.compactMap { if case .expression(let value, _) = $0 { value } else { nil } }, []
      )
    case .list(let items): return (items, [])
    case .matrix(let rows): return (rows.flatMap { $0 }, [])
    case .record(let fields): return (fields.map(\.value), [])
    case .negate(let operand), .not(let operand), .field(let operand, _): return ([operand], [])
    case .binary(_, let a, let b), .and(let a, let b), .or(let a, let b): return ([a, b], [])
    case .range(let a, let b, let step, _): return ([a, b] + (step.map { [$0] } ?? []), [])
    case .call(let callee, let arguments, _): return ([callee] + arguments.map(\.value), [])
    case .index(let base, let indices):
      var parts = [base]
      for index in indices {
        switch index {
        case .value(let value): parts.append(value)
        case .span(let a, let b, _, _): parts += [a, b].compactMap { $0 }
        case .all, .rest: break
        }
      }
      return (parts, [])
    case .function(let function):
      return (function.parameters.compactMap(\.defaultValue), [function.body])
    case .conditional(let condition, let body, let otherwise):
      return ([condition], [body] + (otherwise.map { [$0] } ?? []))
    case .with(let subject, let body): return ([subject], [body])
    }
  }
}

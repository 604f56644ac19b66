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
    let labels = labels(for: diagnosis)
    return Diagnostic(
      code: ErrorCode.named(diagnosis.code) ?? .unexpected, message: diagnosis.message,
      primary: labels.first, secondary: Array(labels.dropFirst()), notes: diagnosis.notes,
      hint: diagnosis.hint)
  }

  /// The operands that the error is about; the whole instruction when it names none.
  private func labels(for diagnosis: Diagnosis) -> [Label] {
    guard frameCount > 0 else { return [] }
    let frame = frames[frameCount - 1]
    let function = frame.function.takeUnretainedValue()
    let (file, ranges) = (function.prototype.file, function.prototype.ranges)
    let index = min(max(0, frame.position - 1), ranges.count - 1)
    let parts = operandRanges(function, index, ranges[index])
    let labels = diagnosis.arguments.compactMap { argument, text in
      argument < parts.count ? Label(file, parts[argument], text) : nil
    }
    return labels.isEmpty ? [Label(file, ranges[index])] : labels
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
      let program = program(of: function.prototype.file)
      return OperandFinder(range).operands(in: program.statements) ?? [range]
    }
  }

  private func program(of file: SourceFile) -> Program {
    if let lastParsed, lastParsed.file === file { return lastParsed.program }
    let parsed = parse(file)
    lastParsed = parsed
    return parsed.program
  }

  private func trace() -> [TraceEntry] {
    (0..<frameCount).reversed().map { index in
      let frame = frames[index]
      let prototype = frame.function.takeUnretainedValue().prototype
      let position = min(max(0, frame.position - 1), prototype.ranges.count - 1)
      let line = prototype.file.line(at: prototype.ranges[position].start)
      return TraceEntry(function: prototype.name, file: prototype.file.name, line: line)
    }
  }
}

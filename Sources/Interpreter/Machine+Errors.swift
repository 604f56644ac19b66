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
    var labels = labels(for: diagnosis)
    if let call = usersCall {
      // What the library says by itself is about its arguments; where it says so is in the trace.
      labels = diagnosis.code == "E100" ? [call] : [call] + labels
    }
    let field = diagnosis.code == "E103" ? calledField : nil
    return Diagnostic(
      code: ErrorCode.named(diagnosis.code) ?? .unexpected, message: diagnosis.message,
      primary: labels.first, secondary: Array(labels.dropFirst()), notes: diagnosis.notes,
      hint: field.map { "`\($0)`, without parentheses: it is a field." } ?? diagnosis.hint,
      cure: usersCall == nil ? diagnosis.cure : nil)
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

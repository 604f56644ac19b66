import Bytecode
import Syntax

/// Where an error stands in the source: the operands of the instruction that met it, and where their
/// values came from.
extension Machine {
  /// The operands that the error is about; the whole instruction when it names none.
  func labels(for diagnosis: Diagnosis) -> [Label] {
    guard frameCount > 0 else { return [] }
    let (function, index) = instruction(of: frameCount - 1)
    let (file, range) = (function.prototype.file, function.prototype.ranges[index])
    if diagnosis.code == "E103", let callee = callee(function, range) {
      return [Label(file, callee)]
    }
    let isAboutNames = diagnosis.code == "E106"
    let parts =
      isAboutNames
      ? optionRanges(function, index)
      : operandRanges(function, index, range, isWhole: diagnosis.code == "E111")
    let tellsOrigins = Self.codesWithOrigins.contains(diagnosis.code)
    let labels = diagnosis.arguments.compactMap { argument, text -> Label? in
      guard argument < parts.count else { return nil }
      let origin = tellsOrigins && !text.isEmpty ? origin(of: parts[argument], in: file) : nil
      return Label(file, parts[argument], text + (origin.map { ", from \($0)" } ?? ""))
    }
    return labels.isEmpty ? [Label(file, range)] : labels
  }

  /// The user's own line that led into the library, when the error came up in there.
  var usersCall: Label? {
    guard frameCount > 0, isOfLibrary(frameCount - 1),
      let frame = (0..<frameCount).last(where: { !isOfLibrary($0) })
    else { return nil }
    let (function, index) = instruction(of: frame)
    return Label(function.prototype.file, function.prototype.ranges[index])
  }

  private func isOfLibrary(_ frame: Int) -> Bool {
    libraryFiles.contains(ObjectIdentifier(instruction(of: frame).0.prototype.file))
  }

  /// The field whose value an instruction tries to call, as in `x.shape()`; nil for anything else.
  var calledField: String? {
    guard frameCount > 0 else { return nil }
    let (function, index) = instruction(of: frameCount - 1)
    let statements = program(of: function.prototype.file).statements
    let found = OperandFinder(function.prototype.ranges[index]).expression(in: statements)
    guard case .call(let call)? = found?.kind, case .field(let base, let name) = call.callee.kind
    else { return nil }
    let text = function.prototype.file.text(of: base.range)
    return text.count <= 24 && !text.contains("\n") ? "\(text).\(name.text)" : "x.\(name.text)"
  }

  /// What the call of an instruction calls.
  private func callee(_ function: LoadedFunction, _ range: SourceRange) -> SourceRange? {
    let statements = program(of: function.prototype.file).statements
    guard case .call(let call)? = OperandFinder(range).expression(in: statements)?.kind else {
      return nil
    }
    return call.callee.range
  }

  /// Errors of a value's shape or type, which is decided where the value was made.
  private static let codesWithOrigins: Set = ["E021", "E102", "E107", "E111"]

  private func instruction(of frame: Int) -> (LoadedFunction, Int) {
    let function = frames[frame].function.takeUnretainedValue()
    return (
      function, min(max(0, frames[frame].position - 1), function.prototype.ranges.count - 1)
    )
  }

  /// Where the operands or arguments of an instruction stand: call sites know; for the rest the source
  /// is parsed again, which costs nothing until an error comes up.
  ///
  /// - Parameter isWhole: whether the error is about the result of a comparison, not about its sides.
  private func operandRanges(
    _ function: LoadedFunction, _ index: Int, _ range: SourceRange, isWhole: Bool = false
  ) -> [SourceRange] {
    let instruction = function.prototype.code[index]
    switch Opcode(rawValue: instruction.code) {
    case .call, .callPlain, .makeRecord:
      return function.prototype.callSites[instruction.c].ranges
    // What they look at is what they stand at, whatever that consists of.
    case .jumpIfFalse, .jumpIfTrue, .prepareEach, .enterScope: return [range]
    case .unlessEqual, .unlessNotEqual, .unlessLess, .unlessLessEqual, .unlessGreater,
      .unlessGreaterEqual, .unlessEqualConstant, .unlessLessConstant, .unlessLessEqualConstant,
      .unlessGreaterConstant, .unlessGreaterEqualConstant:
      if isWhole { return [range] }
      fallthrough
    default:
      let statements = program(of: function.prototype.file).statements
      let parts = OperandFinder(range).expression(in: statements)?.parts ?? []
      return parts.isEmpty ? [range] : parts.map(\.range)
    }
  }

  /// The names of a call's options, and its other arguments.
  private func optionRanges(_ function: LoadedFunction, _ index: Int) -> [SourceRange] {
    let range = function.prototype.ranges[index]
    let statements = program(of: function.prototype.file).statements
    guard case .call(let call)? = OperandFinder(range).expression(in: statements)?.kind else {
      return operandRanges(function, index, range)
    }
    return call.arguments.map { argument in
      if case .named(let name) = argument.kind { name.range } else { argument.value.range }
    }
  }

  private func program(of file: SourceFile) -> Program {
    if let lastParsed, lastParsed.file === file { return lastParsed.program }
    let parsed = parse(file)
    lastParsed = parsed
    return parsed.program
  }

  // MARK: - Origins

  /// What an operand's variable was given, and on which line: "`ones([4])` on line 2".
  private func origin(of range: SourceRange, in file: SourceFile) -> String? {
    let program = program(of: file)
    guard let operand = OperandFinder(range).expression(in: program.statements),
      let name = Self.variable(operand)
    else { return nil }
    let isOnlyUnit = instruction(of: 0).0.prototype.file === file
    switch OriginFinder(name, at: range.start, isOnlyUnit: isOnlyUnit).origin(in: program) {
    case .value(let value): return Self.words(value, in: file, unlessOnLineOf: range, of: file)
    case .loop(let sequence):
      return Self.words(sequence, in: file, unlessOnLineOf: range, of: file)
    case .parameter(let index, let function):
      guard let (argument, caller) = argument(index, of: function, in: file) else { return nil }
      return Self.words(argument, in: caller, unlessOnLineOf: range, of: file)
    case .untold, nil: return nil
    }
  }

  /// The variable that a name, a field or an element belongs to.
  private static func variable(_ operand: Expr) -> String? {
    switch operand.kind {
    case .name(let name): name
    case .field(let base, _), .index(let base, _, _): variable(base)
    default: nil
    }
  }

  /// What the caller wrote for a parameter of the function that is running.
  private func argument(
    _ parameter: Int, of range: SourceRange, in file: SourceFile
  ) -> (SourceRange, SourceFile)? {
    let running = instruction(of: frameCount - 1).0.prototype
    guard running.file === file, running.range == range, frameCount > 1,
      !frames[frameCount - 1].isFromNative
    else { return nil }
    let (caller, index) = instruction(of: frameCount - 2)
    let instruction = caller.prototype.code[index]
    guard let opcode = Opcode(rawValue: instruction.code), [.call, .callPlain].contains(opcode)
    else { return nil }
    let site = caller.prototype.callSites[instruction.c]
    guard !site.slots.contains(.splat) else { return nil }
    let name = running.parameters[parameter].name
    let positions = site.slots.indices.filter { site.slots[$0] == .positional }
    let slot =
      site.slots.firstIndex(of: .named(name))
      ?? (parameter < positions.count ? positions[parameter] : nil)
    return slot.map { (site.ranges[$0], caller.prototype.file) }
  }

  /// A short quotation with its line; nil when it stands right beside what it explains.
  private static func words(
    _ range: SourceRange, in file: SourceFile, unlessOnLineOf use: SourceRange, of other: SourceFile
  ) -> String? {
    let line = file.line(at: range.start)
    let isElsewhere = file !== other
    guard isElsewhere || line != other.line(at: use.start) else { return nil }
    let text = file.text(of: range)
    let first = text.prefix { !$0.isNewline }
    let isCut = first.count > 40 || first.count < text.count
    let quotation = isCut ? String(first.prefix(36)) + " ..." : text
    return "`\(quotation)` on line \(line)" + (isElsewhere ? " of \(file.name)" : "")
  }
}

public import Syntax

/// The result of compiling a unit: code unless there are errors.
public struct CompileResult: Sendable {
  /// The code; nil when there are errors.
  public let prototype: Prototype?
  /// Errors and warnings, of the parser too.
  public let diagnostics: [Diagnostic]
}

/// Compiles a parsed unit (a script, a cell, a line at the prompt) against the host's names.
///
/// Top-level `let` and `fn` define globals; everything inside a block is local. The unit's value is
/// that of its last expression, or absent if the unit ends otherwise or with `;`.
public func compile(_ parsed: ParseResult, names: any GlobalNames) -> CompileResult {
  let errors = parsed.diagnostics.filter { $0.isError }
  guard errors.isEmpty else {
    return CompileResult(
      prototype: nil, diagnostics: inOrder(parsed.diagnostics + unknownNames(in: parsed, names)))
  }
  let unit = UnitCompiler(parsed.file, names)
  unit.declareTopLevel(parsed.program)
  let function = FunctionCompiler(unit, parent: nil, name: "main", parameters: [])
  function.unit(parsed.program)
  let diagnostics = parsed.diagnostics + unit.diagnostics
  if unit.diagnostics.contains(where: { $0.isError }) {
    return CompileResult(prototype: nil, diagnostics: diagnostics)
  }
  return CompileResult(
    prototype: function.finish(range: parsed.program.range, documentation: []),
    diagnostics: diagnostics)
}

/// What all functions of a unit share.
final class UnitCompiler {
  let file: SourceFile
  let names: any GlobalNames
  var diagnostics: [Diagnostic] = []
  /// Names that a message has been about; another one would be an echo.
  var reported: Set<String> = []
  /// Names of blocks that have ended, and where they were made.
  var ended: [String: LocalVariable] = [:]
  /// Top-level names of this unit and where they are first defined.
  private(set) var ownNames: [String: Int] = [:]

  init(_ file: SourceFile, _ names: any GlobalNames) {
    self.file = file
    self.names = names
  }

  /// Functions may mention what the unit defines further down.
  func declareTopLevel(_ program: Program) {
    for statement in program.statements {
      switch statement.kind {
      case .function(let declaration): own(declaration.name)
      case .let(.name(let name), _): own(name)
      case .let(.tuple(let names, _), _): names.forEach(own)
      case .import(let path, let alias): own(alias ?? FunctionCompiler.moduleName(path))
      default: break
      }
    }
  }

  private func own(_ name: Name) {
    if ownNames[name.text] == nil { ownNames[name.text] = name.range.start }
  }
}

/// A local variable of the function being compiled.
struct LocalVariable {
  /// What made it.
  enum Maker { case binding, parameter, loop, handler }

  let name: String
  let register: Int
  let range: SourceRange
  /// The instruction from which on it has its value.
  let start: Int
  let maker: Maker
  var isCaptured = false
}

/// What `break` and `continue` have to know about the loop around them.
struct LoopContext {
  var breaks: [Int] = []
  var continues: [Int] = []
  /// Registers from here on belong to the body.
  let bodyRegister: Int
  let scopeCount: Int
}

/// A handler or `with` that a jump out of it has to take down.
enum OpenScope {
  case handler
  case with(register: Int)
}

/// Compiles one function; a linear pass over the tree that hands out registers as a stack.
final class FunctionCompiler {
  static let registersMax = 250
  static let sitesMax = 65_535

  let unit: UnitCompiler
  let parent: FunctionCompiler?
  let name: String
  let parameters: [Prototype.Parameter]
  var code: [Instruction] = []
  var ranges: [SourceRange] = []
  var constants: [Constant] = []
  private var constantIndex: [ConstantKey: Int] = [:]
  var prototypes: [Prototype] = []
  var callSites: [CallSite] = []
  var subscripts: [[SubscriptPart]] = []
  var captures: [(name: String, source: CaptureSource)] = []
  var locals: [LocalVariable] = []
  private var localNames: [Prototype.Local] = []
  var depth = 0
  var free = 0
  private var registerCount = 0
  var loops: [LoopContext] = []
  var scopes: [OpenScope] = []
  var file: SourceFile { unit.file }

  init(
    _ unit: UnitCompiler, parent: FunctionCompiler?, name: String,
    parameters: [Prototype.Parameter]
  ) {
    self.unit = unit
    self.parent = parent
    self.name = name
    self.parameters = parameters
  }

  func finish(range: SourceRange, documentation: [String]) -> Prototype {
    endLocals(from: 0)
    return Prototype(
      name: name, file: file, range: range, documentation: documentation, parameters: parameters,
      registerCount: registerCount, code: code, ranges: ranges, constants: constants,
      prototypes: prototypes, callSites: callSites, subscripts: subscripts,
      captures: captures.map(\.source), captureNames: captures.map(\.name),
      locals: localNames)
  }

  // MARK: - Code

  @discardableResult
  func emit(_ opcode: Opcode, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0, at range: SourceRange)
    -> Int
  {
    code.append(Instruction(opcode, a, b, c))
    ranges.append(range)
    return code.count - 1
  }

  @discardableResult
  func emitWide(_ opcode: Opcode, _ a: Int, _ wide: Int, at range: SourceRange) -> Int {
    code.append(Instruction(opcode, a, wide: wide))
    ranges.append(range)
    return code.count - 1
  }

  /// Makes the jump at `index` go to the next instruction to be emitted.
  func patch(_ index: Int) {
    patch(index, to: code.count)
  }

  func patch(_ index: Int, to target: Int) {
    let instruction = code[index]
    guard let opcode = Opcode(rawValue: instruction.code) else { return }
    let distance = target - index - 1
    switch opcode {
    case .unlessEqual, .unlessNotEqual, .unlessLess, .unlessLessEqual, .unlessGreater,
      .unlessGreaterEqual, .unlessEqualConstant, .unlessLessConstant, .unlessLessEqualConstant,
      .unlessGreaterConstant, .unlessGreaterEqualConstant:
      if distance > Int(Int16.max) {
        unit.diagnostics.append(
          .functionTooLarge(
            file, "instructions in a block", limit: 32767, ranges[index]))
      }
      code[index] = Instruction(opcode, instruction.a, instruction.b, distance)
    default: code[index] = Instruction(opcode, instruction.a, wide: distance)
    }
  }

  /// A key that tells 0 from -0 and finds NaN.
  private enum ConstantKey: Hashable {
    case number(UInt64), text(String), symbol(String), builtin(Int)
  }

  func constant(_ constant: Constant) -> Int {
    let key: ConstantKey =
      switch constant {
      case .number(let number): .number(number.bitPattern)
      case .text(let text): .text(text)
      case .symbol(let name): .symbol(name)
      case .builtin(let index): .builtin(index)
      }
    if let index = constantIndex[key] { return index }
    constants.append(constant)
    constantIndex[key] = constants.count - 1
    if constants.count == 65_535 {
      unit.diagnostics.append(
        .functionTooLarge(file, "constants", limit: 65_534, file.fullRange.startPoint))
    }
    return constants.count - 1
  }

  // MARK: - Registers and variables

  func allocate(at range: SourceRange) -> Int {
    free += 1
    if free > registerCount { registerCount = free }
    if free == Self.registersMax {
      unit.diagnostics.append(
        .functionTooLarge(file, "values at once", limit: Self.registersMax, range))
    }
    return free - 1
  }

  func declare(_ name: Name, register: Int, maker: LocalVariable.Maker = .binding) {
    locals.append(
      LocalVariable(
        name: name.text, register: register, range: name.range, start: code.count, maker: maker))
  }

  /// Opens a block; `body` gets its own variables, whose captures are closed at its end.
  func scope(_ range: SourceRange, _ body: () -> Void) {
    depth += 1
    let (variables, registers) = (locals.count, free)
    body()
    if locals[variables...].contains(where: \.isCaptured) {
      emit(.closeFrom, registers, at: range)
    }
    endLocals(from: variables)
    free = registers
    depth -= 1
  }

  /// The variables of a block are gone; debuggers and messages still speak of them.
  func endLocals(from first: Int) {
    for local in locals[first...] {
      unit.ended[local.name] = local
      localNames.append(
        Prototype.Local(
          name: local.name, register: local.register, range: local.start..<code.count))
    }
    locals.removeSubrange(first...)
  }

  enum Variable {
    case local(Int)
    case captured(Int)
    case global(Int)
    case builtin(Int)
    case unknown
  }

  func find(_ name: String, at range: SourceRange) -> Variable {
    if let index = locals.lastIndex(where: { $0.name == name }) {
      return .local(locals[index].register)
    }
    if let index = capture(name) { return .captured(index) }
    return findGlobal(name, at: range)
  }

  private func findGlobal(_ name: String, at range: SourceRange) -> Variable {
    if let defined = unit.ownNames[name] {
      // At the top level a name is known from its definition on; inside functions everywhere.
      if parent != nil || range.start > defined { return .global(unit.names.define(name)) }
      if unit.names.resolve(name) == nil { return .unknown }
    }
    switch unit.names.resolve(name) {
    case .slot(let slot): return .global(slot)
    case .builtin(let index): return .builtin(index)
    case nil:
      if parent != nil, unit.names.allowsForwardReferences {
        return .global(unit.names.define(name))
      }
      return .unknown
    }
  }

  private func capture(_ name: String) -> Int? {
    if let index = captures.firstIndex(where: { $0.name == name }) { return index }
    guard let parent else { return nil }
    if let index = parent.locals.lastIndex(where: { $0.name == name }) {
      parent.locals[index].isCaptured = true
      captures.append((name, .register(parent.locals[index].register)))
    } else if let index = parent.capture(name) {
      captures.append((name, .captured(index)))
    } else {
      return nil
    }
    return captures.count - 1
  }

  var visibleNames: [String] {
    locals.map(\.name) + (parent?.visibleNames ?? []) + unit.ownNames.keys + unit.names.knownNames
  }
}

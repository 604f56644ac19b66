public import Syntax

/// What may be wrong with a program that compiles: warnings, and calls that will fail when they are
/// reached.
///
/// - Parameters:
///   - parsed: a program without mistakes of form.
///   - signature: the signature of a function of the host or the library; nil for any other name.
/// - Returns: in the order of the text. Nothing is said where it depends on values.
public func check(
  _ parsed: ParseResult, signature: @escaping (String) -> FunctionSignature?
) -> [Diagnostic] {
  var checker = Checker(parsed, signature)
  checker.program(parsed.program)
  return checker.diagnostics.sorted {
    ($0.primary?.range.start ?? 0) < ($1.primary?.range.start ?? 0)
  }
}

/// A walk through a program with the variables in sight.
struct Checker {
  /// A variable of a block.
  struct Variable {
    let name: Name
    let kind: Kind
    /// How many functions are around it.
    let function: Int
    /// The variable of the same function that it hides.
    let outer: Name?
    /// Whether it cannot be called, whatever runs.
    let isPlainValue: Bool
    var isUsed = false

    enum Kind: Equatable {
      case variable, parameter, function, loop
    }
  }

  let file: SourceFile
  let signature: (String) -> FunctionSignature?
  /// The program's own functions that have one definition.
  private var own: [String: FunctionSignature] = [:]
  private var topLevel: Set<String> = []
  /// Names that something callable is assigned to somewhere.
  private var callable: Set<String> = []
  /// From the outermost block to the innermost; the first is the program.
  private var scopes: [[String: Variable]] = [[:]]
  private var functions = 0
  /// How many `try` blocks are around: what they hold may fail on purpose.
  var attempts = 0
  var diagnostics: [Diagnostic] = []

  init(_ parsed: ParseResult, _ signature: @escaping (String) -> FunctionSignature?) {
    file = parsed.file
    self.signature = signature
  }

  mutating func program(_ program: Program) {
    collect(program.statements)
    noteAssignments(program.statements)
    statements(program.statements, isProgram: true)
  }

  /// Top-level names, and what their functions take.
  private mutating func collect(_ statements: [Stmt]) {
    for statement in statements {
      switch statement.kind {
      case .function(let declaration):
        let name = declaration.name.text
        let isFirst = topLevel.insert(name).inserted
        own[name] = isFirst ? FunctionSignature(declaration.function) : nil
      case .let(let pattern, let value):
        for name in pattern.names {
          let isFirst = topLevel.insert(name.text).inserted
          own[name.text] = nil
          if isFirst, case .name = pattern, case .function(let function) = value.kind {
            own[name.text] = FunctionSignature(function)
          }
        }
      case .import(let path, let alias): topLevel.insert(alias?.text ?? path.text)
      default: break
      }
    }
  }

  /// Names that are assigned to, in functions and blocks too: what they hold depends on what runs.
  private mutating func noteAssignments(_ statements: [Stmt]) {
    for statement in statements {
      if case .assign(let place, let value) = statement.kind, place.steps.isEmpty {
        own[place.base.text] = nil
        if !value.isPlainValue { callable.insert(place.base.text) }
      }
      statement.parts.forEach { noteAssignments(in: $0) }
      statement.blocks.forEach { noteAssignments($0.statements) }
    }
  }

  private mutating func noteAssignments(in expression: Expr) {
    expression.parts.forEach { noteAssignments(in: $0) }
    expression.blocks.forEach { noteAssignments($0.statements) }
  }

  // MARK: - Names

  /// What a call of a name takes; nil when that is not known.
  func known(_ name: String) -> FunctionSignature? {
    if scopes.dropFirst().contains(where: { $0[name] != nil }) { return nil }
    return topLevel.contains(name) ? own[name] : signature(name)
  }

  /// Whether a variable of the program hides a function of the host or the library.
  func hidden(_ name: String) -> Name? {
    let variable = scopes.reversed().lazy.compactMap { $0[name] }.first
    guard let variable, variable.isPlainValue else { return nil }
    return signature(name) == nil ? nil : variable.name
  }

  /// Whether a variable of the program is in sight under a name.
  func isVariable(_ name: String) -> Bool {
    !name.isEmpty && scopes.contains { $0[name] != nil }
  }

  mutating func use(_ name: String) {
    for index in scopes.indices.reversed() where scopes[index][name] != nil {
      scopes[index][name]?.isUsed = true
      return
    }
  }

  mutating func declare(_ name: Name, _ kind: Variable.Kind, isPlainValue: Bool = false) {
    scopes[scopes.count - 1][name.text] = Variable(
      name: name, kind: kind, function: functions,
      outer: kind == .variable ? variableAround(name.text) : nil,
      isPlainValue: isPlainValue && !callable.contains(name.text))
  }

  /// A variable of the same function in a block around this one.
  private func variableAround(_ name: String) -> Name? {
    let outer = scopes.dropLast().reversed().lazy.compactMap { $0[name] }.first
    return outer.flatMap { $0.function == functions && $0.kind == .variable ? $0.name : nil }
  }

  /// A block with variables of its own.
  mutating func scope(_ body: (inout Checker) -> Void) {
    scopes.append([:])
    body(&self)
    for variable in scopes.removeLast().values where !variable.isUsed { noteUnused(variable) }
  }

  private mutating func noteUnused(_ variable: Variable) {
    guard !variable.name.text.hasPrefix("_"),
      variable.kind == .variable || variable.kind == .function
    else { return }
    // `let best = x` in a loop, where `best = x` was meant.
    if let outer = variable.outer {
      diagnostics.append(.shadowing(file, variable.name, outer: outer))
    } else {
      diagnostics.append(.unused(file, variable.name))
    }
  }

  mutating func function(_ function: Function) {
    functions += 1
    for parameter in function.parameters {
      if let standard = parameter.defaultValue { expression(standard) }
    }
    scope { checker in
      function.parameters.forEach { checker.declare($0.name, .parameter) }
      checker.scope { $0.statements(function.body.statements) }
    }
    functions -= 1
  }
}

extension FunctionSignature {
  init(_ function: Function) {
    self.init(
      function.parameters.map {
        Parameter(
          $0.name.text, isOption: $0.defaultValue != nil, isRequired: $0.defaultValue == nil)
      })
  }
}

import Builtins
import Bytecode
import Interpreter

/// A prompt in the middle of a program: names mean what they mean there.
///
/// A line that is run in it is compiled like any other; the variables of the function under way stand in
/// slots of their own while it runs, and go back afterwards.
final class PausedScope: GlobalNames {
  private let base: NameScope
  private let machine: Machine
  let variables: LocalVariables
  private var slots: [String: Int] = [:]
  /// Whether a line has made a function, which reads its variables from the slots also later.
  var hasMadeFunctions = false

  init(_ variables: LocalVariables, base: NameScope, machine: Machine) {
    self.variables = variables
    self.base = base
    self.machine = machine
    for name in variables.names { slots[name] = machine.makeSlot(named: name) }
  }

  func resolve(_ name: String) -> Resolution? {
    slots[name].map { .slot($0) } ?? base.resolve(name)
  }

  func define(_ name: String) -> Int { slots[name] ?? base.define(name) }

  var allowsForwardReferences: Bool { base.allowsForwardReferences }
  var knownNames: [String] { Array(slots.keys) + base.knownNames }

  func value(of name: String) -> Value? {
    variables.names.firstIndex(of: name).map { variables[$0] }
  }

  /// Lends the variables to a line, and takes them back.
  func lend<T>(_ body: () throws -> T) rethrows -> T {
    for (index, name) in variables.names.enumerated() {
      if let slot = slots[name] { machine[global: slot] = variables[index] }
    }
    defer {
      for (index, name) in variables.names.enumerated() {
        guard let slot = slots[name] else { continue }
        variables[index] = machine[global: slot]
        if !hasMadeFunctions { machine[global: slot] = .absent }
      }
    }
    return try body()
  }
}

extension Session {
  /// Where a program waits, in words: `train.ccv:12, in fit`.
  public var pausedPlace: String? {
    paused.last.map { scope in
      let variables = scope.variables
      let place = "\(variables.file):\(variables.line)"
      return variables.function == "main" ? place : "\(place), in \(variables.function)"
    }
  }

  /// Runs `body`, a conversation, in the scope of the native call that is under way.
  func pause(_ body: () throws -> Void) throws {
    guard let variables = machine.localVariables else { return }
    paused.append(PausedScope(variables, base: scope, machine: machine))
    defer { paused.removeLast() }
    try body()
  }
}

// Variables of a function under way, for a prompt that opens in the middle of it. Nothing is kept up to date
// for it while a program runs: the compiler's notes tell which register holds what.

import Bytecode
import Syntax

/// The variables in sight of a call of a native function that is under way: those of the blocks around
/// it and those that its function captured.
///
/// Valid until that native function returns.
public struct LocalVariables {
  private let places: [(name: String, place: UnsafeMutablePointer<Value>)]

  /// What runs: the function's name, `main` at the top of a file.
  public let function: String
  /// The file of the call.
  public let file: String
  /// The one-based line of the call.
  public let line: Int

  init?(_ machine: Machine) {
    guard machine.frameCount > 0 else { return nil }
    let frame = machine.frames[machine.frameCount - 1]
    let prototype = frame.function.takeUnretainedValue().prototype
    let position = frame.position - 1
    function = prototype.name
    file = prototype.file.name
    let range = prototype.ranges[max(0, min(position, prototype.ranges.count - 1))]
    line = prototype.file.line(at: range.start)
    var found: [(name: String, place: UnsafeMutablePointer<Value>)] = []
    // Of two with one name the inner one ends first, and was noted first.
    for local in prototype.locals where local.range.contains(position) {
      if found.contains(where: { $0.name == local.name }) { continue }
      found.append((local.name, frame.registers + local.register))
    }
    let closure = frame.closure.closure
    for (index, name) in prototype.captureNames.enumerated() {
      guard let closure, !found.contains(where: { $0.name == name }) else { continue }
      found.append((name, closure.place(ofCaptured: index)))
    }
    places = found
  }

  /// The names, innermost first.
  public var names: [String] { places.map(\.name) }

  /// The value of a variable, borrowed; what is set is retained.
  public subscript(index: Int) -> Value {
    get { places[index].place.pointee }
    nonmutating set {
      let old = places[index].place.pointee
      places[index].place.pointee = newValue.retained()
      old.release()
    }
  }
}

extension Machine {
  /// The variables that the native call under way sees; nil if none is.
  public var localVariables: LocalVariables? { LocalVariables(self) }
}

extension ClosureObject {
  func place(ofCaptured index: Int) -> UnsafeMutablePointer<Value> {
    variables[index]._withUnsafeGuaranteedRef { $0.place }
  }
}

import Interpreter
import Session
import Syntax
import TestSupport
import Testing

@Suite("Native calls tell whoever observes", .oneInterpreter)
struct CallObserverTests {
  private final class Recorder: CallObserver {
    let machine: Machine
    var events: [String] = []
    var lines: Set<Int> = []
    init(_ machine: Machine) { self.machine = machine }

    func willCall(
      _ name: String, _ object: ForeignObject?, _ arguments: UnsafeBufferPointer<Value>
    ) {
      events.append("\(name)(\(arguments.count)")
      lines.insert(machine.line(at: machine.callDepth - 1).line)
    }
    func didCall(_ result: Value?) { events.append(result == nil ? "!)" : ")") }
    func willRunScript() { events.append("{") }
    func didRunScript() { events.append("}") }
  }

  private func observing(_ code: String) -> Recorder {
    let session = Session()
    let recorder = Recorder(session.machine)
    _ = session.evaluate("let x = tensor([1, 2])\nlet f = linear(2, 3)")
    session.machine.observer = recorder
    _ = session.evaluate(code)
    session.machine.observer = nil
    // The program itself is the first that is run.
    #expect(recorder.events.first == "{" && recorder.events.last == "}")
    recorder.events = Array(recorder.events.dropFirst().dropLast())
    return recorder
  }

  @Test(
    "functions, layers, operators, indices, loops over objects and calls back to the language",
    arguments: [
      ("abs(-1)", "abs(1 )"),
      ("clamp(3, low: 0, high: 1)", "clamp(3 )"),
      ("f(x)", "linear(1 )"),
      ("x + 1; -x; 1 + 1", "+(0 ) -(0 )"),
      ("x[0]; x[0] = 1; [1][0]", "index(0 ) index =(0 )"),
      ("for v in x { }; for v in [1] { }", "tensor(0 ) tensor(0 ) tensor(0 !)"),
      ("map([1], v => abs(v))", "map(2 { abs(1 ) } )"),
    ])
  func calls(code: String, events: String) {
    #expect(observing(code).events.joined(separator: " ") == events, "\(code)")
  }

  @Test("an error ends every call that it passes")
  func errors() {
    let recorder = observing("try { map([1], v => abs(\"a\")) } catch e { abs(1) }")
    #expect(recorder.events.joined(separator: " ") == "map(2 { abs(1 !) } !) abs(1 )")
  }

  @Test("the line of a call is known while it runs")
  func lines() {
    #expect(observing("abs(1)\n\nfn g(v) {\n  abs(v)\n}\ng(2)").lines == [1, 4])
  }
}

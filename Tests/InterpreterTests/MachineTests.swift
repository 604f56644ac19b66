import Bytecode
import Interpreter
import Syntax
import TestSupport
import Testing

@Suite("Values and the machine", .oneInterpreter)
struct MachineTests {
  @Test(
    "numbers print the shortest text that reads back, whole ones without a fraction",
    arguments: [
      (1.0, "1"), (0.1, "0.1"), (-0.0, "-0"), (1e20, "1e20"), (1.0 / 3, "0.3333333333333333"),
      (9_007_199_254_740_992, "9007199254740992"), (.nan, "nan"), (-.infinity, "-inf"),
      (2.5e-7, "2.5e-7"),
    ])
  func numbers(_ number: Double, _ text: String) {
    #expect(Display.number(number) == text)
  }

  @Test("a value is 64 bits and tells its kinds apart")
  func kinds() {
    #expect(MemoryLayout<Value>.size == 8)
    #expect(
      Value(3).isNumber && !Value(3).isObject && Value(.nan).isNumber && Value(-.nan).isNumber)
    #expect(Value.none.isNone && Value.absent.isAbsent && Value.true.isTrue && Value(false).isFalse)
    let list = ListObject()
    let value = Value.owning(list)
    #expect(value.isObject && value.object === list && list.referenceCount == 1)
    value.release()
    #expect(list.referenceCount == 0)
  }

  @Test("a list nested a hundred thousand deep is freed without running out of stack")
  func deepList() {
    let before = LiveObjects.count
    var outer = ListObject()
    for _ in 0..<100_000 {
      let next = ListObject()
      next.append(outer)
      outer = next
    }
    outer = ListObject()
    // The new one alone is left.
    #expect(LiveObjects.count == before + 1)
  }

  @Test("records share their layout, and keep the order of their fields")
  func records() {
    let a = RecordObject([("x", Value(1)), ("y", Value(2))]),
      b = RecordObject([("x", Value(3)), ("y", Value(4))])
    #expect(a.shape === b.shape)
    a["z"] = Value(5)
    a["x"] = Value(6)
    #expect(a.fields.map(\.name) == ["x", "y", "z"])
    #expect(a["x"]?.number == 6 && b["z"] == nil)
  }

  @Test("every opcode's number is its place in the table: the machine casts numbers to opcodes")
  func opcodes() {
    for (place, opcode) in Opcode.allCases.enumerated() { #expect(Int(opcode.rawValue) == place) }
    #expect(MemoryLayout<Opcode>.size == 1)
  }
}

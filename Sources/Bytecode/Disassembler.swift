import Syntax

extension Prototype {
  /// The code as text, one instruction a line with its source line, then the functions inside.
  public var disassembly: String {
    var lines = ["\(name): \(parameters.count) parameters, \(registerCount) registers"]
    for (index, instruction) in code.enumerated() {
      let opcode = Opcode(rawValue: instruction.code).map { "\($0)" } ?? "?"
      let line = file.line(at: ranges[index].start)
      lines.append(
        "  \(padded(String(index), 4)) \(padded(String(line), 4))  \(opcode) \(operands(instruction, at: index))"
      )
    }
    for prototype in prototypes { lines.append(prototype.disassembly) }
    return lines.joined(separator: "\n")
  }

  private func operands(_ instruction: Instruction, at index: Int) -> String {
    switch Opcode(rawValue: instruction.code) {
    case .loadConstant, .importModule:
      "r\(instruction.a) \(text(constants[instruction.wide]))"
    case .getGlobal, .setGlobal, .changeGlobal: "r\(instruction.a) g\(instruction.wide)"
    case .jump, .jumpIfFalse, .jumpIfTrue, .jumpUnlessAbsent, .prepareCount, .nextCount, .nextEach,
      .pushHandler, .pushCleanup:
      "r\(instruction.a) -> \(index + 1 + instruction.wide)"
    case .makeClosure: "r\(instruction.a) \(prototypes[instruction.wide].name)"
    case .getField: "r\(instruction.a) r\(instruction.b) \(text(constants[instruction.c]))"
    case .setField: "r\(instruction.a) \(text(constants[instruction.b])) r\(instruction.c)"
    case .addConstant, .subtractConstant, .multiplyConstant, .divideConstant:
      "r\(instruction.a) r\(instruction.b) \(text(constants[instruction.c]))"
    default: "r\(instruction.a) \(instruction.b) \(instruction.c)"
    }
  }

  private func text(_ constant: Constant) -> String {
    switch constant {
    case .number(let number): "\(number)"
    case .text(let text): "\"\(text)\""
    case .symbol(let name): ".\(name)"
    case .builtin(let index): "builtin \(index)"
    }
  }

  private func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

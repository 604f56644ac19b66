/// The instruction set: the only list of it. The compiler, the machine and the disassembler read it.
///
/// An instruction is 64 bits: the opcode and three operands a, b, c of 16 bits; in jumps b and c are one
/// signed distance from the next instruction. R is a register of the frame, K a constant, G a slot of
/// the machine's globals, U a captured variable.
@frozen public enum Opcode: UInt16, CaseIterable, Sendable {
  // Loads and moves
  case loadConstant  // R[a] = K[bc]
  case loadNil, loadTrue, loadFalse  // R[a] = the value
  case loadAbsent  // R[a] = no value (a parameter that was not given)
  case move  // R[a] = R[b]
  case getGlobal  // R[a] = G[bc]; an empty slot asks the library, then fails
  case setGlobal  // G[bc] = R[a]
  case changeGlobal  // G[bc] = R[a], which must have a value already
  case getCaptured  // R[a] = U[b]
  case setCaptured  // U[b] = R[a]
  case closeFrom  // variables captured from R[a] up get places of their own

  // Arithmetic: R[a] = R[b] op R[c], or op K[c]
  case add, subtract, multiply, divide, integerDivide, modulo, power, matrixProduct
  case addConstant, subtractConstant, multiplyConstant, divideConstant
  case moduloWhole  // R[a] = R[b] mod c, which is not 0
  case equal, notEqual, less, lessEqual, greater, greaterEqual, contains
  case negate, not  // R[a] = op R[b]

  // Control
  case jump  // pc += bc
  case jumpIfFalse, jumpIfTrue  // if R[a] is false (true), which must be a bool, pc += bc
  case jumpUnlessAbsent  // if R[a] has a value, pc += bc
  // The test of a loop or an if in one step: unless R[a] op R[b] (or K[b]), pc += c.
  case unlessEqual, unlessNotEqual, unlessLess, unlessLessEqual, unlessGreater, unlessGreaterEqual
  case unlessEqualConstant, unlessLessConstant, unlessLessEqualConstant
  case unlessGreaterConstant, unlessGreaterEqualConstant
  // R[a] first, R[a+1] last, R[a+2] step of a range, R[a+3] whether its last belongs to it:
  // R[a+1] = how many there are, R[a+3] = 0, R[a+4] = R[a]; without any, pc += bc
  case prepareCount
  case nextCount  // R[a+3] += 1; while less than R[a+1]: R[a+4] = R[a] + R[a+3] * R[a+2], pc += bc
  case prepareEach  // R[a] = iterator over R[b]
  case nextEach  // R[a+1] = next of the iterator R[a], or pc += bc
  case checkInterrupt  // at the back edge of `while`

  // Calls
  case call  // R[a] = R[a](R[a+1] ..< R[a+1+b]); c: call site
  case callPlain  // the same with all values by position
  case returnValue  // return R[a]
  case makeClosure  // R[a] = closure of function bc

  // Data
  case makeList  // R[a] = [R[b] ..< R[b+c]]
  case extendList  // the list R[a] gains R[b] ..< R[b+c]
  case makeMatrix  // R[a] = tensor of the list of lists R[b]
  case makeRecord  // R[a] = record of the values from R[b] on, laid out by call site c
  case makeRange  // R[a] = R[b] .. R[b+1] by R[b+2]; c: 1 when the end belongs to it
  case makeString  // R[a] = R[b] ..< R[b+c] joined as text
  case format  // R[a] = R[b] as text in the format K[c]
  case getField  // R[a] = R[b].K[c]
  case setField  // R[a].K[b] = R[c]
  case getIndex  // R[a] = R[b][R[c]]
  case setIndex  // R[a][R[b]] = R[c]
  case getIndices  // R[a] = R[b][...]: subscript c, its values from R[b+1] on
  case setIndices  // R[a][...] = R[b]: subscript c, its values from R[b+1] on
  case unpack  // R[a] ..< R[a+c] = the parts of R[b]

  // Errors and scopes
  case pushHandler  // on an error: R[a] = the error, continue at pc + bc
  case pushCleanup  // the same, also for an interrupt (used by `with`)
  case popHandler
  case rethrow  // throw the error R[a] again
  case enterScope, exitScope  // begin and end the scope object R[a]
  case importModule  // R[a] = the module K[bc]
}

/// One instruction.
@frozen public struct Instruction: Sendable, Equatable {
  public var bits: UInt64

  public init(_ opcode: Opcode, _ a: Int, _ b: Int = 0, _ c: Int = 0) {
    bits =
      UInt64(opcode.rawValue) | UInt64(UInt16(truncatingIfNeeded: a)) << 16
      | UInt64(UInt16(truncatingIfNeeded: b)) << 32 | UInt64(UInt16(truncatingIfNeeded: c)) << 48
  }

  public init(_ opcode: Opcode, _ a: Int, wide: Int) {
    bits =
      UInt64(opcode.rawValue) | UInt64(UInt16(truncatingIfNeeded: a)) << 16
      | UInt64(UInt32(bitPattern: Int32(truncatingIfNeeded: wide))) << 32
  }

  /// The opcode's number.
  @inlinable @inline(__always) public var code: UInt16 { UInt16(truncatingIfNeeded: bits) }
  @inlinable @inline(__always) public var a: Int { Int(UInt16(truncatingIfNeeded: bits >> 16)) }
  @inlinable @inline(__always) public var b: Int { Int(UInt16(truncatingIfNeeded: bits >> 32)) }
  @inlinable @inline(__always) public var c: Int { Int(UInt16(truncatingIfNeeded: bits >> 48)) }
  /// c as a signed distance.
  @inlinable @inline(__always) public var signedC: Int {
    Int(Int16(truncatingIfNeeded: bits >> 48))
  }
  /// b and c as one signed number.
  @inlinable @inline(__always) public var wide: Int { Int(Int32(truncatingIfNeeded: bits >> 32)) }
}

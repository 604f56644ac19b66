import TestSupport
import Testing

@testable import Interpreter

@Suite("Texts as bytes", .oneInterpreter)
struct StringsTests {
  @Test("short copies are whole and touch nothing beside them, whatever their length")
  func copies() {
    let source = (0..<80).map { UInt8($0 + 1) }
    for count in 0...64 {
      for offset in [0, 1, 7] {
        var target = [UInt8](repeating: 0xAA, count: 96)
        source.withUnsafeBufferPointer { from in
          target.withUnsafeMutableBufferPointer { to in
            TextBytes.copy(from.baseAddress! + offset, count, to: to.baseAddress! + 8)
          }
        }
        let expected =
          [UInt8](repeating: 0xAA, count: 8) + source[offset..<offset + count]
          + [UInt8](repeating: 0xAA, count: 88 - count)
        #expect(target == expected)
      }
    }
  }

  @Test(
    "blocks in use never overlap, whatever their sizes and the order in which they are given back")
  func blocks() {
    var random = RandomNumbers(seed: 3)
    var held: [(bytes: UnsafeMutablePointer<UInt8>, count: Int, mark: UInt8)] = []
    for step in 0..<20_000 {
      if held.count > 300 || (held.count > 0 && random.below(3) == 0) {
        let block = held.remove(at: random.below(held.count))
        let isIntact = (0..<block.count).allSatisfy { block.bytes[$0] == block.mark }
        #expect(isIntact)
        TextBytes.deallocate(block.bytes, block.count)
      } else {
        let count = random.below(180), mark = UInt8(truncatingIfNeeded: step)
        let bytes = TextBytes.allocate(count)
        for index in 0..<count { bytes[index] = mark }
        held.append((bytes, count, mark))
      }
    }
    for block in held { TextBytes.deallocate(block.bytes, block.count) }
  }

  @Test("whole numbers have their digits, at every length and sign")
  func digits() {
    var numbers: [Int32] = [.min, .min + 1, .max, -1, 1, 9, 10, 11, 99, 100, 101]
    var power: Int32 = 1
    for _ in 0..<9 {
      numbers += [power, power - 1, power + 1, -power, 7 * (power / 10)]
      power *= 10
    }
    for number in numbers {
      var text = TextBuilder(capacity: 1)
      text.append(Value(Int(number)))
      text.append("|")
      let value = text.finished()
      defer { value.release() }
      #expect(value.string?.string == "\(number)|")
      #expect(value.string?.isASCII == true)
    }
  }

  @Test("texts are the same to a reader however their letters are put together")
  func sameness() {
    func same(_ a: String, _ b: String) -> Bool { StringObject(a).isSame(as: StringObject(b)) }
    #expect(same("", "") && same("abc", "abc") && !same("abc", "abd") && !same("abc", "ab"))
    #expect(same("\u{E9}", "e\u{301}") && !same("\u{E9}", "e"))
    #expect(StringObject("a\r\nb").characterCount == 3)
    #expect(StringObject("e\u{301}").characterCount == 1)
    #expect(StringObject("plain").characterCount == 5)
  }
}

/// A few numbers with a fixed seed.
private struct RandomNumbers {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func below(_ count: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % count
  }
}

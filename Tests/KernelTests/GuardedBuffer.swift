import Glibc
import Testing

/// Memory that ends at an unreadable page, so that a kernel that touches one element too many
/// crashes the test, and that begins after marks that must survive.
///
/// The address of the first element follows from the count: odd counts are misaligned.
final class GuardedBuffer<Element: BitwiseCopyable> {
  let count: Int
  private let base: UnsafeMutableRawPointer
  private let byteCount: Int
  private static var markCount: Int { 64 }

  init(_ values: [Element]) {
    count = values.count
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let needed = Self.markCount + values.count * MemoryLayout<Element>.stride
    byteCount = (needed + page - 1) / page * page
    guard
      let memory = mmap(
        nil, byteCount + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      memory != MAP_FAILED
    else { preconditionFailure("no memory for a test buffer") }
    base = memory
    precondition(mprotect(memory + byteCount, page, PROT_NONE) == 0, "mprotect failed")
    memset(memory, 0xA5, byteCount)
    pointer.initialize(from: values, count: values.count)
  }

  convenience init(repeating value: Element, count: Int) {
    self.init([Element](repeating: value, count: count))
  }

  deinit {
    munmap(base, byteCount + Int(sysconf(Int32(_SC_PAGESIZE))))
  }

  /// Valid while the buffer lives.
  var pointer: UnsafeMutablePointer<Element> {
    (base + byteCount - count * MemoryLayout<Element>.stride)
      .assumingMemoryBound(to: Element.self)
  }

  /// The elements, after a check that nothing was written in front of them.
  var values: [Element] {
    let start = base + byteCount - count * MemoryLayout<Element>.stride - Self.markCount
    let marks = UnsafeRawBufferPointer(start: start, count: Self.markCount)
    #expect(marks.allSatisfy { $0 == 0xA5 }, "written in front of the first element")
    return Array(UnsafeBufferPointer(start: pointer, count: count))
  }
}

/// Expects each element within its bound of the wanted value: NaN for NaN, infinity for infinity.
func expectClose(
  _ seen: [Float], _ wanted: [Double], within bound: (Int) -> Double, _ what: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(seen.count == wanted.count, "\(what)", sourceLocation: sourceLocation)
  for (index, (value, want)) in zip(seen, wanted).enumerated() {
    let overflows = abs(want) > Double(Float.greatestFiniteMagnitude)
    let isClose =
      want.isNaN
      ? value.isNaN
      : overflows && value.isInfinite
        ? (value > 0) == (want > 0) : abs(Double(value) - want) <= bound(index)
    if !isClose {
      Issue.record(
        "\(what), element \(index): \(value), wanted \(want) within \(bound(index))",
        sourceLocation: sourceLocation)
      return
    }
  }
}

/// The spacing of floats at a value, the smallest subnormal near 0.
func ulp(of value: Double) -> Double {
  guard value.isFinite, value != 0 else { return 0x1p-149 }
  return max(0x1p-149, value.binade.magnitude * 0x1p-23)
}

/// Expects the same bits, any NaN for any NaN.
func expectIdentical(
  _ seen: [Float], _ wanted: [Float], _ what: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(seen.count == wanted.count, "\(what)", sourceLocation: sourceLocation)
  for (index, (value, want)) in zip(seen, wanted).enumerated()
  where value.bitPattern != want.bitPattern && !(value.isNaN && want.isNaN) {
    Issue.record(
      "\(what), element \(index): \(value), wanted \(want)", sourceLocation: sourceLocation)
    return
  }
}

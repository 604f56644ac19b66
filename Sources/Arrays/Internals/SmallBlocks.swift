import Glibc

/// Idle blocks of less than a megabyte, by size class.
///
/// An idle block's first word holds the address of the next of its class, so keeping one needs no memory
/// and finding one no search.
struct SmallBlocks: ~Copyable {
  private static let classes = 97
  private var first = [UInt](repeating: 0, count: classes)
  /// Of all blocks that are kept.
  private(set) var byteCount = 0

  /// What a block of at least `byteCount` takes: multiples of 64 up to 512, then eighths of a power of two, so that at most
  /// 12.5 % of it is unused.
  static func capacity(for byteCount: Int) -> Int {
    guard byteCount > 512 else { return max(64, (byteCount + 63) & ~63) }
    let step = 1 << (Int.bitWidth - byteCount.leadingZeroBitCount - 4)
    return (byteCount + step - 1) & ~(step - 1)
  }

  /// 1 ... 8 up to 512 bytes, then eight to a power of two.
  private static func index(of capacity: Int) -> Int {
    guard capacity > 512 else { return capacity >> 6 }
    let power = Int.bitWidth - 1 - capacity.leadingZeroBitCount
    return 8 * (power - 8) + (capacity >> (power - 3)) & 7
  }

  mutating func take(_ capacity: Int) -> UInt? {
    let index = Self.index(of: capacity)
    guard let block = UnsafeMutableRawPointer(bitPattern: first[index]) else { return nil }
    first[index] = block.load(as: UInt.self)
    byteCount -= capacity
    return UInt(bitPattern: block)
  }

  mutating func give(back block: UnsafeMutableRawPointer, _ capacity: Int) {
    let index = Self.index(of: capacity)
    block.storeBytes(of: first[index], as: UInt.self)
    first[index] = UInt(bitPattern: block)
    byteCount += capacity
  }

  /// Returns every block to the system.
  mutating func releaseAll() {
    for index in first.indices {
      while let block = UnsafeMutableRawPointer(bitPattern: first[index]) {
        first[index] = block.load(as: UInt.self)
        free(block)
      }
    }
    byteCount = 0
  }
}

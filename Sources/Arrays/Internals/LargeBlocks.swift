import Glibc

/// Blocks of a megabyte and more, cut out of regions of the system's memory.
///
/// The smallest idle range that is large enough is cut; a block given back joins the idle ranges beside it. Kept by size
/// alone, the blocks of a training step would add up to the sum over its phases, not to the most that
/// any of them needs.
struct LargeBlocks: ~Copyable {
  private static let hugePage = 2 << 20
  /// Asked of the system at once: a region must serve many blocks for their neighbours to join.
  private static let regionBytes = 256 << 20
  /// Blocks begin and end at multiples of this.
  private static let grain = 64 << 10

  private var idle = IdleRanges()
  /// Extents of the regions, by address.
  private var regions: [UInt: Int] = [:]

  static func capacity(for byteCount: Int) -> Int { (byteCount + grain - 1) & ~(grain - 1) }

  mutating func take(_ capacity: Int) -> UInt? {
    guard let range = idle.removeSmallest(atLeast: capacity) else { return nil }
    if range.size > capacity {
      idle.insert(range.start + UInt(capacity), range.size - capacity)
    }
    return range.start
  }

  mutating func give(back address: UInt, _ capacity: Int) {
    var (start, size) = (address, capacity)
    // Regions that happen to lie side by side stay apart: each is given back to the system whole.
    if regions[start] == nil, let before = idle.remove(endingAt: start) {
      (start, size) = (before.start, size + before.size)
    }
    if regions[start + UInt(size)] == nil, let after = idle.remove(startingAt: start + UInt(size)) {
      size += after.size
    }
    idle.insert(start, size)
  }

  /// Asks the system for memory in which a block of this capacity fits: how much, or nil.
  mutating func addRegion(for capacity: Int) -> Int? {
    for wanted in [max(capacity, Self.regionBytes), capacity] {
      let size = (wanted + Self.hugePage - 1) & ~(Self.hugePage - 1)
      var pointer: UnsafeMutableRawPointer?
      guard posix_memalign(&pointer, Self.hugePage, size) == 0, let pointer else { continue }
      // A fault each 2 MB instead of each 4 kB, and fewer misses of the address cache when a product
      // walks down a column.
      madvise(pointer, size, MADV_HUGEPAGE)
      regions[UInt(bitPattern: pointer)] = size
      idle.insert(UInt(bitPattern: pointer), size)
      return size
    }
    return nil
  }

  /// Gives regions without a live block back to the system, and says how much they held.
  mutating func releaseIdle() -> Int {
    var released = 0
    for (start, size) in regions where idle.size(at: start) == size {
      _ = idle.remove(startingAt: start)
      free(UnsafeMutableRawPointer(bitPattern: start))
      regions[start] = nil
      released += size
    }
    return released
  }
}

/// Ranges of addresses that do not touch: found by size, by their start and by their end.
private struct IdleRanges {
  typealias Range = (start: UInt, size: Int)
  /// By size, then by address: which range is cut follows from what was taken before.
  private var ordered: [Range] = []
  private var sizes: [UInt: Int] = [:]
  private var startsByEnd: [UInt: UInt] = [:]

  func size(at start: UInt) -> Int? { sizes[start] }

  mutating func insert(_ start: UInt, _ size: Int) {
    ordered.insert((start, size), at: position(of: start, size))
    sizes[start] = size
    startsByEnd[start + UInt(size)] = start
  }

  mutating func removeSmallest(atLeast size: Int) -> Range? {
    let index = position(of: 0, size)
    guard index < ordered.count else { return nil }
    return remove(startingAt: ordered[index].start)
  }

  mutating func remove(startingAt start: UInt) -> Range? {
    guard let size = sizes.removeValue(forKey: start) else { return nil }
    startsByEnd[start + UInt(size)] = nil
    ordered.remove(at: position(of: start, size))
    return (start, size)
  }

  mutating func remove(endingAt end: UInt) -> Range? {
    startsByEnd[end].flatMap { remove(startingAt: $0) }
  }

  /// Where a range stands, or would.
  private func position(of start: UInt, _ size: Int) -> Int {
    var (low, high) = (0, ordered.count)
    while low < high {
      let middle = (low + high) / 2
      if (ordered[middle].size, ordered[middle].start) < (size, start) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }
}

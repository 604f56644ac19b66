import Glibc
import Synchronization

/// A block of 64-byte aligned memory that arrays share until one of them writes.
///
/// Safety: `@unchecked Sendable` holds because a block is only written by an array that is its sole
/// owner, or by the threads of one kernel call on disjoint slices of it.
package final class Storage: @unchecked Sendable {
  package let pointer: UnsafeMutableRawPointer
  package let byteCount: Int
  private let capacity: Int

  /// Uninitialised memory for at least `byteCount` bytes.
  package init(byteCount: Int) {
    self.byteCount = byteCount
    (pointer, capacity) = MemoryPool.shared.take(byteCount)
  }

  deinit {
    MemoryPool.shared.give(back: pointer, capacity: capacity)
  }
}

/// Freed blocks kept by size class for the next array of that size.
///
/// A training step allocates the same few hundred sizes over and over; a fresh block costs page
/// faults (about 0.25 us per 4 kB page), a pooled one a lock. Classes are eighths of powers of two,
/// so that at most 12.5 % of a block is unused. The pool keeps up to a quarter of the machine's memory
/// idle: less, and a large model's step gives back and faults in anew what the next one needs.
package final class MemoryPool: Sendable {
  package static let shared = MemoryPool()

  private static let alignment = 64
  private static let keptBytesMax = max(
    1 << 30, sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) / 4)
  private static let hugePage = 2 << 20

  private struct State: ~Copyable {
    var free: [Int: [UInt]] = [:]
    var keptBytes = 0
    var liveBytes = 0
    var peakBytes = 0
  }
  private let state = Mutex(State())

  /// Bytes that arrays hold now, and the most they ever held.
  package var statistics: (liveBytes: Int, peakBytes: Int) {
    state.withLock { ($0.liveBytes, $0.peakBytes) }
  }

  static func capacity(for byteCount: Int) -> Int {
    guard byteCount > 512 else { return max(64, (byteCount + 63) & ~63) }
    let step = 1 << (Int.bitWidth - byteCount.leadingZeroBitCount - 4)
    return (byteCount + step - 1) & ~(step - 1)
  }

  fileprivate func take(_ byteCount: Int) -> (UnsafeMutableRawPointer, Int) {
    let capacity = Self.capacity(for: byteCount)
    let reused: UInt? = state.withLock { state in
      state.liveBytes += capacity
      state.peakBytes = max(state.peakBytes, state.liveBytes)
      guard let address = state.free[capacity]?.popLast() else { return nil }
      state.keptBytes -= capacity
      return address
    }
    if let reused, let pointer = UnsafeMutableRawPointer(bitPattern: reused) {
      return (pointer, capacity)
    }
    if let pointer = Self.fresh(capacity) { return (pointer, capacity) }
    // Give everything idle back to the system and try once more before giving up.
    releaseIdle()
    guard let retried = Self.fresh(capacity) else {
      preconditionFailure("the system has no memory for \(capacity) more bytes")
    }
    return (retried, capacity)
  }

  /// A large block asks for huge pages: a fault each 2 MB instead of each 4 kB, and fewer misses of
  /// the address cache when a product walks down a column.
  private static func fresh(_ capacity: Int) -> UnsafeMutableRawPointer? {
    guard capacity >= 2 * hugePage else { return aligned_alloc(alignment, capacity) }
    // aligned_alloc would want a multiple of the alignment.
    var pointer: UnsafeMutableRawPointer?
    guard posix_memalign(&pointer, hugePage, capacity) == 0 else { return nil }
    if let pointer { madvise(pointer, capacity, MADV_HUGEPAGE) }
    return pointer
  }

  fileprivate func give(back pointer: UnsafeMutableRawPointer, capacity: Int) {
    let kept = state.withLock { state in
      state.liveBytes -= capacity
      guard state.keptBytes + capacity <= Self.keptBytesMax else { return false }
      state.free[capacity, default: []].append(UInt(bitPattern: pointer))
      state.keptBytes += capacity
      return true
    }
    if !kept { free(pointer) }
  }

  /// Returns all idle blocks to the system.
  package func releaseIdle() {
    let idle = state.withLock { state in
      let blocks = state.free.values.flatMap { $0 }
      state.free.removeAll()
      state.keptBytes = 0
      return blocks
    }
    for address in idle { free(UnsafeMutableRawPointer(bitPattern: address)) }
  }
}

import Glibc
import Synchronization

/// Freed memory kept for the arrays to come.
///
/// A training step asks for the same few hundred sizes over and over; fresh memory costs page faults
/// (about 0.25 us per 4 kB page), kept memory a lock. Small blocks are kept by size class, for the next
/// array of that class. Large ones are cut out of regions (`LargeBlocks`), so that the memory of a
/// forward pass serves the gradients that follow it, whatever their sizes. Up to a quarter of the
/// machine's memory is kept idle: less, and a large model's step gives back and faults in anew what the
/// next one needs.
package final class MemoryPool: Sendable {
  package static let shared = MemoryPool()

  private static let keptBytesMax = max(
    1 << 30, sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) / 4)
  /// From here on a block is a large one.
  static let largeBytes = 1 << 20

  private struct State: ~Copyable {
    var small: [Int: [UInt]] = [:]
    var large = LargeBlocks()
    var keptBytes = 0
    var liveBytes = 0
    var peakBytes = 0
  }
  private let state = Mutex(State())

  /// Bytes that arrays hold now, and the most they ever held.
  package var statistics: (liveBytes: Int, peakBytes: Int) {
    state.withLock { ($0.liveBytes, $0.peakBytes) }
  }

  /// Bytes that a block of at least `byteCount` takes: for small ones an eighth of a power of two, so
  /// that at most 12.5 % of it is unused.
  static func capacity(for byteCount: Int) -> Int {
    if byteCount >= largeBytes { return LargeBlocks.capacity(for: byteCount) }
    guard byteCount > 512 else { return max(64, (byteCount + 63) & ~63) }
    let step = 1 << (Int.bitWidth - byteCount.leadingZeroBitCount - 4)
    return (byteCount + step - 1) & ~(step - 1)
  }

  func take(_ byteCount: Int) -> (UnsafeMutableRawPointer, Int) {
    let capacity = Self.capacity(for: byteCount)
    if let pointer = kept(capacity) ?? fresh(capacity) { return (pointer, capacity) }
    // Give everything idle back to the system and try once more before giving up.
    releaseIdle()
    guard let retried = fresh(capacity) else {
      preconditionFailure("the system has no memory for \(capacity) more bytes")
    }
    return (retried, capacity)
  }

  private func kept(_ capacity: Int) -> UnsafeMutableRawPointer? {
    let address: UInt? = state.withLock { state in
      state.liveBytes += capacity
      state.peakBytes = max(state.peakBytes, state.liveBytes)
      let found =
        capacity >= Self.largeBytes
        ? state.large.take(capacity) : state.small[capacity]?.popLast()
      if found != nil { state.keptBytes -= capacity }
      return found
    }
    return address.flatMap { UnsafeMutableRawPointer(bitPattern: $0) }
  }

  private func fresh(_ capacity: Int) -> UnsafeMutableRawPointer? {
    guard capacity >= Self.largeBytes else { return aligned_alloc(64, capacity) }
    let address: UInt? = state.withLock { state in
      guard let added = state.large.addRegion(for: capacity) else { return nil }
      state.keptBytes += added - capacity
      return state.large.take(capacity)
    }
    return address.flatMap { UnsafeMutableRawPointer(bitPattern: $0) }
  }

  func give(back pointer: UnsafeMutableRawPointer, capacity: Int) {
    let address = UInt(bitPattern: pointer)
    let isKept = state.withLock { state in
      state.liveBytes -= capacity
      let fits = state.keptBytes + capacity <= Self.keptBytesMax
      if capacity >= Self.largeBytes {
        state.keptBytes += capacity
        state.large.give(back: address, capacity)
        if !fits { state.keptBytes -= state.large.releaseIdle() }
        return true
      }
      guard fits else { return false }
      state.small[capacity, default: []].append(address)
      state.keptBytes += capacity
      return true
    }
    if !isKept { free(pointer) }
  }

  /// Returns all idle small blocks and all regions without a live block to the system.
  package func releaseIdle() {
    let idle = state.withLock { state in
      let blocks = state.small.flatMap { capacity, blocks in
        state.keptBytes -= capacity * blocks.count
        return blocks
      }
      state.small.removeAll()
      state.keptBytes -= state.large.releaseIdle()
      return blocks
    }
    for address in idle { free(UnsafeMutableRawPointer(bitPattern: address)) }
  }
}

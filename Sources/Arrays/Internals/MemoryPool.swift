import Glibc
import Synchronization

/// Freed memory kept for the arrays to come.
///
/// A training step asks for the same few hundred sizes over and over; fresh memory costs page faults
/// (about 0.25 us per 4 kB page), kept memory a lock. Small ones are kept by size class
/// (`SmallBlocks`), for the next array of that class. Large ones are cut out of regions (`LargeBlocks`), so that the memory of a
/// forward pass serves the gradients that follow it, whatever their sizes. Up to a quarter of the
/// machine's memory is kept idle: less, and a large model's step gives back and faults in anew what the
/// next one needs.
package final class MemoryPool: Sendable {
  package static let shared = MemoryPool()

  private static let keptBytesMax = MachineMemory.bytes / 4
  /// From here on a block is a large one.
  static let largeBytes = 1 << 20

  private struct State: ~Copyable {
    var small = SmallBlocks()
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

  /// Bytes that a block of at least `byteCount` takes.
  static func capacity(for byteCount: Int) -> Int {
    byteCount >= largeBytes
      ? LargeBlocks.capacity(for: byteCount) : SmallBlocks.capacity(for: byteCount)
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
        capacity >= Self.largeBytes ? state.large.take(capacity) : state.small.take(capacity)
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
    let isKept = state.withLock { state in
      state.liveBytes -= capacity
      let fits = state.keptBytes + capacity <= Self.keptBytesMax
      if capacity >= Self.largeBytes {
        state.keptBytes += capacity
        state.large.give(back: UInt(bitPattern: pointer), capacity)
        if !fits { state.keptBytes -= state.large.releaseIdle() }
        return true
      }
      guard fits else { return false }
      state.small.give(back: pointer, capacity)
      state.keptBytes += capacity
      return true
    }
    if !isKept { free(pointer) }
  }

  /// Returns all idle small blocks and all regions without a live block to the system.
  package func releaseIdle() {
    state.withLock { state in
      state.keptBytes -= state.small.byteCount
      state.small.releaseAll()
      state.keptBytes -= state.large.releaseIdle()
    }
  }
}

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

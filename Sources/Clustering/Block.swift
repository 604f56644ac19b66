import Arrays

/// Memory from the engine's pool that kernels read and write; its owner keeps it alive while they do.
final class Block<Element: BitwiseCopyable> {
  private let memory: NDArray
  let count: Int
  let start: UnsafeMutablePointer<Element>

  /// Whatever the memory held.
  init(count: Int) {
    self.count = count
    memory = NDArray(uninitialized: [max(1, (count * MemoryLayout<Element>.stride + 3) / 4)])
    start = UnsafeMutableRawPointer(memory.floats).bindMemory(
      to: Element.self, capacity: max(1, count))
  }

  convenience init(repeating value: Element, count: Int) {
    self.init(count: count)
    start.update(repeating: value, count: count)
  }

  subscript(index: Int) -> Element {
    get { start[index] }
    set { start[index] = newValue }
  }
}

import Testing

@testable import Arrays

@Suite("The memory pool")
struct MemoryPoolTests {
  @Test("a block's capacity is enough, at most an eighth too much, and its own capacity")
  func capacities() {
    for bytes in Array(1...5000) + (12...24).flatMap({ [(1 << $0) - 1, 1 << $0, (1 << $0) + 1] }) {
      let capacity = MemoryPool.capacity(for: bytes)
      #expect(capacity >= bytes && capacity % 64 == 0)
      let unused = capacity - bytes
      #expect(unused < 64 || unused * 8 <= capacity || bytes >= MemoryPool.largeBytes, "\(bytes)")
      #expect(MemoryPool.capacity(for: capacity) == capacity, "\(bytes)")
    }
  }

  /// Sizes of every class and of large blocks.
  private static func size(_ random: inout RandomSource) -> Int {
    1 << random.integer(below: 23) | random.integer(below: 1000)
  }

  @Test("blocks are aligned, never overlap, and keep what is written until they are given back")
  func blocks() {
    var random = RandomSource(seed: 3)
    let pool = MemoryPool()
    var live: [(pointer: UnsafeMutableRawPointer, size: Int, capacity: Int, mark: UInt8)] = []
    func check(_ block: (pointer: UnsafeMutableRawPointer, size: Int, capacity: Int, mark: UInt8)) {
      let bytes = UnsafeRawBufferPointer(start: block.pointer, count: block.size)
      #expect(bytes.allSatisfy { $0 == block.mark })
    }
    for turn in 0..<600 {
      if live.count > 40 || (!live.isEmpty && random.integer(below: 3) == 0) {
        let block = live.remove(at: random.integer(below: live.count))
        check(block)
        pool.give(back: block.pointer, capacity: block.capacity)
      } else {
        let size = Self.size(&random)
        let (pointer, capacity) = pool.take(size)
        #expect(Int(bitPattern: pointer) % 64 == 0 && capacity >= size)
        let mark = UInt8(truncatingIfNeeded: turn)
        pointer.initializeMemory(as: UInt8.self, repeating: mark, count: size)
        live.append((pointer, size, capacity, mark))
      }
      if turn % 200 == 199 { pool.releaseIdle() }
    }
    live.forEach(check)
    #expect(pool.statistics.liveBytes == live.reduce(0) { $0 + $1.capacity })
    for block in live { pool.give(back: block.pointer, capacity: block.capacity) }
    #expect(pool.statistics.liveBytes == 0)
    pool.releaseIdle()
  }

  @Test("a block given back serves the next request of its class", arguments: [1, 64, 700, 5 << 20])
  func reuse(bytes: Int) {
    let pool = MemoryPool()
    let (first, capacity) = pool.take(bytes)
    pool.give(back: first, capacity: capacity)
    let (second, _) = pool.take(capacity)
    #expect(first == second)
    pool.give(back: second, capacity: capacity)
    pool.releaseIdle()
  }
}

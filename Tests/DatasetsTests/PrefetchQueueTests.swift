import Testing

@testable import Datasets

@Suite("Prefetching")
struct PrefetchQueueTests {
  private struct Broken: Error, Equatable { let index: Int }

  @Test("results come in order, errors at their place")
  func order() throws {
    let queue = PrefetchQueue<Int>(count: 100, limit: 3) { index in
      if index == 50 { throw Broken(index: index) }
      return index * index
    }
    for index in 0..<100 {
      if index == 50 {
        #expect(throws: Broken(index: 50)) { try queue.take(index) }
      } else {
        #expect(try queue.take(index) == index * index)
      }
    }
  }

  @Test("nothing more is made than has room to wait, and nothing after letting go")
  func bounded() throws {
    final class Count: @unchecked Sendable {
      // Safety: written by the queue's thread alone, read after that thread has ended.
      var value = 0
    }
    let count = Count()
    do {
      let queue = PrefetchQueue<Int>(count: 1000, limit: 4) { index in
        count.value = index + 1
        return index
      }
      #expect(try queue.take(0) == 0)
    }
    // One taken, four waiting, one in hand.
    #expect(count.value >= 1 && count.value <= 6)
  }
}

import CKernels
import Glibc
import Synchronization
import Testing

/// Calls `body` through the pool; a closure stands for the C function and its context.
private func parallel(_ n: Int64, grain: Int64, _ body: (Int64, Int64) -> Void) {
  withoutActuallyEscaping(body) { escaping in
    var box = escaping
    withUnsafeMutablePointer(to: &box) { context in
      ccv_parallel(
        n, grain,
        { context, begin, end in
          context?.assumingMemoryBound(to: ((Int64, Int64) -> Void).self).pointee(begin, end)
        }, context)
    }
  }
}

// The number of threads belongs to the process: one test at a time.
@Suite(.serialized) struct ThreadsTests {
  @Test("slices cover every index once, in at most one slice a thread of at least the grain")
  func slices() {
    let before = ccv_threads()
    defer { ccv_set_threads(before) }
    for threads in [1, 2, 3, 7] as [Int32] {
      ccv_set_threads(threads)
      for (n, grain) in [(0, 1), (1, 1), (2, 1), (7, 3), (100, 1), (100, 30), (101, 101), (5, 0)] {
        let seen = Mutex<[Range<Int64>]>([])
        parallel(Int64(n), grain: Int64(grain)) { begin, end in
          seen.withLock { $0.append(begin..<end) }
        }
        let slices = seen.withLock { $0 }.sorted { $0.lowerBound < $1.lowerBound }
        #expect(slices.flatMap { Array($0) } == Array(0..<Int64(n)), "\(threads) threads, \(n)")
        #expect(slices.count <= threads)
        if n >= grain { #expect(slices.allSatisfy { $0.count >= grain && !$0.isEmpty }) }
      }
    }
  }

  /// Other suites use the pool at the same time, and a call that finds it busy rightly runs serially:
  /// so the call is tried until both slices ran at once.
  @Test("the work is shared: two slices wait for each other")
  func concurrency() {
    let before = ccv_threads()
    defer { ccv_set_threads(before) }
    let wasShared = (0..<200).contains { _ in
      ccv_set_threads(2)
      let arrived = Atomic(0)
      let met = Atomic(0)
      parallel(2, grain: 1) { _, _ in
        arrived.add(1, ordering: .sequentiallyConsistent)
        for _ in 0..<20_000 where arrived.load(ordering: .sequentiallyConsistent) < 2 {
          sched_yield()
        }
        met.add(arrived.load(ordering: .sequentiallyConsistent), ordering: .sequentiallyConsistent)
      }
      if met.load(ordering: .sequentiallyConsistent) == 4 { return true }
      usleep(50_000)
      return false
    }
    #expect(wasShared)
  }

  @Test("a hundred thousand small calls with changing thread counts lose nothing")
  func manyCalls() {
    let before = ccv_threads()
    defer { ccv_set_threads(before) }
    let total = Atomic(0)
    for call in 0..<100_000 {
      // More threads than cores only now and then: each such call waits for the scheduler.
      if call % 1000 == 0 { ccv_set_threads([2, 2, 1, 2, 2, 2, 1, 2, 2, 5][call / 1000 % 10]) }
      ccv_parallel(
        8, 1,
        { context, begin, end in
          context?.assumingMemoryBound(to: Atomic<Int>.self).pointee
            .add(Int(end - begin), ordering: .relaxed)
        }, address(of: total))
    }
    #expect(total.load(ordering: .relaxed) == 800_000)
  }

  /// A closure a call would dominate this test; an atomic does not move while it is borrowed.
  private func address(of counter: borrowing Atomic<Int>) -> UnsafeMutableRawPointer {
    withUnsafePointer(to: counter) { UnsafeMutableRawPointer(mutating: $0) }
  }

  @Test("a call from inside a body runs serially in that body")
  func nested() {
    let before = ccv_threads()
    defer { ccv_set_threads(before) }
    ccv_set_threads(3)
    let inner = Mutex<[Range<Int64>]>([])
    parallel(3, grain: 1) { begin, end in
      for _ in begin..<end {
        let thread = pthread_self()
        parallel(50, grain: 1) { from, to in
          #expect(pthread_equal(thread, pthread_self()) != 0)
          inner.withLock { $0.append(from..<to) }
        }
      }
    }
    #expect(inner.withLock { $0 } == [0..<50, 0..<50, 0..<50])
  }

  @Test("calls from several threads at once all finish")
  func severalCallers() async {
    let total = Atomic(0)
    await withTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          let sum = Mutex(0)
          for _ in 0..<200 {
            parallel(1000, grain: 1) { begin, end in sum.withLock { $0 += Int(end - begin) } }
          }
          return sum.withLock { $0 }
        }
      }
      for await sum in group { total.add(sum, ordering: .relaxed) }
    }
    #expect(total.load(ordering: .relaxed) == 8 * 200 * 1000)
  }

  @Test("block sums have the same bits with any number of threads")
  func threadIndependence() {
    let before = ccv_threads()
    defer { ccv_set_threads(before) }
    var samples = Samples(seed: 70)
    let (block, blocks) = (1000, 37)
    let values = samples.floats(block * blocks)
    let x = GuardedBuffer(values)
    var results = Set<UInt64>()
    for threads in [1, 2, 3, 5] as [Int32] {
      ccv_set_threads(threads)
      let partial = GuardedBuffer<Double>(repeating: 0, count: blocks)
      nonisolated(unsafe) let (from, to) = (x.pointer, partial.pointer)
      parallel(Int64(blocks), grain: 1) { begin, end in
        for index in Int(begin)..<Int(end) {
          to[index] = ccv_active_kernels().pointee.sum_of_squares(
            Int64(block), from + index * block)
        }
      }
      results.insert(partial.values.reduce(0, +).bitPattern)
    }
    #expect(results.count == 1)
  }

  @Test("workers leave signals to the host's threads")
  func signals() async {
    await #expect(processExitsWith: .success) {
      // Threads inherit the mask, and a test may run on one that blocks everything.
      var nothing = sigset_t()
      sigemptyset(&nothing)
      pthread_sigmask(SIG_SETMASK, &nothing, nil)
      ccv_set_threads(2)
      let host = pthread_self()
      let blocked = Atomic(-1)
      parallel(2, grain: 1) { begin, _ in
        if begin == 0 {
          // The caller would take a slice that the worker is slow to begin: it waits in its own.
          for _ in 0..<1_000_000 where blocked.load(ordering: .relaxed) < 0 { sched_yield() }
        }
        guard pthread_equal(host, pthread_self()) == 0 else { return }
        var mask = sigset_t()
        pthread_sigmask(SIG_BLOCK, nil, &mask)
        blocked.store(Int(sigismember(&mask, SIGINT)), ordering: .relaxed)
      }
      #expect(blocked.load(ordering: .relaxed) == 1)
      var after = sigset_t()
      pthread_sigmask(SIG_BLOCK, nil, &after)
      #expect(sigismember(&after, SIGINT) == 0)
    }
  }

  @Test("the number of threads is bounded")
  func bounds() {
    let before = ccv_threads()
    defer { ccv_set_threads(before) }
    ccv_set_threads(-3)
    #expect(ccv_threads() == 1)
    ccv_set_threads(1_000_000)
    #expect(ccv_threads() == 64)
  }

  @Test("CCV_THREADS sets the number of threads")
  func environment() async {
    await #expect(processExitsWith: .success) {
      setenv("CCV_THREADS", "3", 1)
      #expect(ccv_threads() == 3)
      #expect(ccv_threads_problem() == nil)
    }
  }

  @Test(
    "a CCV_THREADS that is no number from 1 to 64 is reported",
    arguments: ["0", "two", "65", "3x", "-1"])
  func badEnvironment(text: String) async {
    await #expect(processExitsWith: .success) { [text = text as String] in
      setenv("CCV_THREADS", text, 1)
      #expect(ccv_threads() >= 1)
      let problem = try #require(ccv_threads_problem().map { String(cString: $0) })
      #expect(problem.contains("\"\(text)\"") && problem.contains("1 to 64"))
    }
  }

  @Test("a forked child has a pool of its own")
  func fork() async {
    await #expect(processExitsWith: .success) {
      ccv_set_threads(2)
      parallel(2, grain: 1) { _, _ in }
      // Swift hides fork; a host may well call it.
      let symbol = try #require(dlsym(nil, "fork"))
      let fork = unsafeBitCast(symbol, to: (@convention(c) () -> pid_t).self)
      let child = fork()
      if child == 0 {
        let workers = Atomic(0)
        let host = pthread_self()
        for call in 0..<100 {
          parallel(2, grain: 1) { begin, _ in
            if pthread_equal(host, pthread_self()) == 0 { workers.add(1, ordering: .relaxed) }
            // The caller would take a slice that the worker is slow to begin: it waits in its own.
            guard begin == 0 else { return }
            for _ in 0..<1_000_000 where workers.load(ordering: .relaxed) == call { sched_yield() }
          }
        }
        _exit(workers.load(ordering: .relaxed) == 100 ? 0 : 1)
      }
      var status: Int32 = -1
      #expect(waitpid(child, &status, 0) == child)
      #expect(status == 0)
    }
  }
}

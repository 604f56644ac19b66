import Glibc

/// Results made in turn on a thread of their own, a few ahead of their use.
///
/// Goals in order: the order of results and what they are do not depend on timing; letting go of the
/// queue ends the thread before `deinit` returns; nothing waits for ever.
final class PrefetchQueue<Element: Sendable>: Sendable {
  private let line: WaitingLine<Element>
  private let make: @Sendable (Int) throws -> Element
  private let thread: pthread_t?

  /// Starts making `make(0)`, `make(1)` ... `make(count - 1)`, at most `limit` of them waiting.
  init(count: Int, limit: Int, _ make: @escaping @Sendable (Int) throws -> Element) {
    let line = WaitingLine<Element>(limit: limit)
    self.line = line
    self.make = make
    thread = Self.start {
      for index in 0..<count {
        if line.isClosed { return }
        guard line.put(Result { try make(index) }) else { return }
      }
    }
  }

  deinit {
    line.close()
    if let thread { pthread_join(thread, nil) }
  }

  /// The next result, `index` of them having been taken; waits for it, throws what `make` threw.
  func take(_ index: Int) throws -> Element {
    // Without a thread (the system had none) results are made when asked for.
    guard thread != nil else { return try make(index) }
    return try line.take().get()
  }

  private static func start(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
    // Signals are for the thread that the user talks to: this one inherits a mask that blocks all.
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    let box = Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, box.toOpaque())
    guard status == 0 else {
      box.release()
      return nil
    }
    return thread
  }
}

private final class Work: Sendable {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

/// A bounded line between one thread that puts and one that takes.
private final class WaitingLine<Element: Sendable>: @unchecked Sendable {
  // Safety: `ready` and `closed` are read and written under `mutex` alone; the pointers never change.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var ready: [Result<Element, any Error>] = []
  private var closed = false
  private let limit: Int

  init(limit: Int) {
    self.limit = limit
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(changed)
    mutex.deallocate()
    changed.deallocate()
  }

  var isClosed: Bool { locked { closed } }

  /// Waits for room; false when nobody wants results any more.
  func put(_ result: Result<Element, any Error>) -> Bool {
    locked {
      while ready.count >= limit, !closed { pthread_cond_wait(changed, mutex) }
      guard !closed else { return false }
      ready.append(result)
      pthread_cond_broadcast(changed)
      return true
    }
  }

  func take() -> Result<Element, any Error> {
    locked {
      while ready.isEmpty { pthread_cond_wait(changed, mutex) }
      let result = ready.removeFirst()
      pthread_cond_broadcast(changed)
      return result
    }
  }

  func close() {
    locked {
      closed = true
      pthread_cond_broadcast(changed)
    }
  }

  private func locked<R>(_ body: () -> R) -> R {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }
}

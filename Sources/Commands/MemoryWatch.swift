import Arrays
import Builtins
import Glibc
import Session

/// Stops a program that is about to take all of the machine's memory: the system would end the process, and
/// with it every variable.
///
/// A thread of its own looks ten times a second at what the process holds, so that nothing that allocates
/// has to count.
enum MemoryWatch {
  /// The share of the memory that a session may hold.
  private static let share = 0.9
  private static let interval: UInt32 = 100_000  // microseconds

  nonisolated(unsafe) private static var limit = 0
  nonisolated(unsafe) private static var session: Session?

  /// Gives freed memory back to the system; not every C library has it.
  private static let trim: (@convention(c) (Int) -> Int32)? =
    dlsym(nil, "malloc_trim").map { unsafeBitCast($0, to: (@convention(c) (Int) -> Int32).self) }

  /// Watches over the one session of the process.
  static func start(for session: Session) {
    limit = Int(share * Double(MachineMemory.bytes))
    if let text = getenv("CCV_MEMORY").map({ String(cString: $0) }), !text.isEmpty {
      if let chosen = ByteSize.bytes(text) {
        limit = chosen
      } else {
        session.host.writeNote(
          "CCV_MEMORY is \"\(text)\", but a size such as 4G or 500M is wanted; using \(limit >> 20)M\n"
        )
      }
    }
    Self.session = session
    // Signals belong to the thread that waits for keys or runs the program.
    var (all, before) = (sigset_t(), sigset_t())
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    var thread = pthread_t()
    let status = pthread_create(&thread, nil, { _ in MemoryWatch.watch() }, nil)
    if status == 0 { pthread_detach(thread) }
    pthread_sigmask(SIG_SETMASK, &before, nil)
  }

  private static func watch() -> UnsafeMutableRawPointer? {
    let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    while true {
      usleep(interval)
      guard held(descriptor) > limit else { continue }
      // What is held for the next use only goes first: freed objects, and blocks of freed tensors.
      session?.releaseIdleMemory()
      _ = trim?(0)
      let bytes = held(descriptor)
      if bytes > limit { session?.stop(holding: bytes) }
    }
  }

  /// Bytes in memory: the second number of the file, in pages.
  private static func held(_ descriptor: Int32) -> Int {
    var text = [UInt8](repeating: 0, count: 128)
    let count = pread(descriptor, &text, text.count, 0)
    let fields = text.prefix(max(0, count)).split(separator: UInt8(ascii: " "))
    let pages = fields.count > 1 ? Int(String(decoding: fields[1], as: UTF8.self)) ?? 0 : 0
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }
}

import CTestSupport
import Glibc

/// How a command ended and what it wrote.
struct Finished {
  let code: Int32
  let output: String
  let errors: String
}

/// `ccv` with pipes, as a shell or another program runs it.
final class Command {
  let child: Child
  private let output: Inbox?
  private let errors: Inbox

  enum Input {
    case text(String)
    case bytes([UInt8])
    /// Descriptor 0 is not open at all.
    case closed
  }
  enum Output {
    case pipe
    case closed
    case file(String)
  }

  init(
    _ arguments: [String], program: String = Child.program, input: Input = .text(""),
    output: Output = .pipe, folder: String? = nil, environment: [String: String] = [:]
  ) throws {
    let source = Pipe(), target = Pipe(), problems = Pipe()
    var descriptors: [Int32?] = [source.end, target.start, problems.start]
    if case .closed = input { descriptors[0] = nil }
    switch output {
    case .pipe: break
    case .closed: descriptors[1] = nil
    case .file(let path):
      descriptors[1] = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    }
    child = try Child(
      program, arguments, streams: .descriptors(descriptors),
      environment: Command.environment.merging(environment) { $1 }, folder: folder)
    if case .file = output, let file = descriptors[1] { close(file) }
    if case .text(let text) = input { source.write(Array(text.utf8)) }
    if case .bytes(let bytes) = input { source.write(bytes) }
    source.close()
    self.output = target.inbox()
    errors = problems.inbox()
  }

  /// Without a home, a display or colours; one thread, so that many of them can run side by side.
  static let environment: [String: String] = {
    var kept = ["CCV_THREADS": "1", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"]
    for name in ["PATH", "LD_LIBRARY_PATH", "TMPDIR"] {
      if let value = getenv(name) { kept[name] = String(cString: value) }
    }
    return kept
  }()

  /// Waits until standard output holds a text.
  func waitForOutput(_ text: String) throws {
    _ = try output?.read(through: text)
  }

  /// Closes the reading end of its standard output, as `head` does when it has enough.
  func stopReading() { output?.close() }

  func finish() throws -> Finished {
    let deadline = Deadline()
    let text = try output?.readAll(deadline) ?? ""
    let problems = try errors.readAll(deadline)
    return Finished(code: try child.exitCode(deadline), output: text, errors: problems)
  }

  /// Runs to the end.
  static func run(
    _ arguments: [String], program: String = Child.program, input: Input = .text(""),
    output: Output = .pipe, folder: String? = nil, environment: [String: String] = [:]
  ) throws -> Finished {
    try Command(
      arguments, program: program, input: input, output: output, folder: folder,
      environment: environment
    ).finish()
  }

  /// `ccv -e CODE`.
  static func evaluate(
    _ code: String, folder: String? = nil, environment: [String: String] = [:]
  ) throws -> Finished {
    try run(["-e", code], folder: folder, environment: environment)
  }
}

/// Both ends of a pipe that no other child inherits.
private struct Pipe {
  /// Where bytes come out.
  let end: Int32
  /// Where they go in.
  let start: Int32

  init() {
    var ends: [Int32] = [-1, -1]
    _ = ccv_test_pipe(&ends)
    (end, start) = (ends[0], ends[1])
  }

  /// At most what a pipe holds, 64 kB.
  func write(_ bytes: [UInt8]) { _ = Glibc.write(start, bytes, bytes.count) }

  func close() {
    Glibc.close(start)
    Glibc.close(end)
  }

  /// The reading end, for this process alone.
  func inbox() -> Inbox {
    Glibc.close(start)
    return Inbox(end)
  }
}

/// What a descriptor brings, read with a deadline.
final class Inbox {
  private var descriptor: Int32
  private var pending = [UInt8]()
  private var hasEnded = false

  init(_ descriptor: Int32) { self.descriptor = descriptor }
  deinit { close() }

  func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
    hasEnded = true
  }

  /// What came up to and with the next occurrence of a text; it is taken out.
  func read(through text: String, _ deadline: Deadline = Deadline()) throws -> String {
    let wanted = Array(text.utf8)
    while true {
      if let range = pending.firstRange(of: wanted) {
        defer { pending.removeSubrange(..<range.upperBound) }
        return String(decoding: pending[..<range.upperBound], as: UTF8.self)
      }
      guard !hasEnded, try more(deadline) else {
        let seen = String(decoding: pending, as: UTF8.self)
        throw Overdue(description: "\"\(text)\" does not come; there is \"\(seen.suffix(2000))\"")
      }
    }
  }

  /// Everything up to the end.
  func readAll(_ deadline: Deadline = Deadline()) throws -> String {
    while !hasEnded {
      guard try more(deadline) else { throw Overdue(description: "the output does not end") }
    }
    defer { pending = [] }
    return String(decoding: pending, as: UTF8.self)
  }

  /// Waits for more; false when the deadline is over.
  private func more(_ deadline: Deadline) throws -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&entry, 1, deadline.millisecondsLeft) > 0 else { return !deadline.isOver }
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    let count = Glibc.read(descriptor, &chunk, chunk.count)
    if count < 0 && errno == EINTR { return true }
    // A terminal whose other side is gone answers EIO.
    if count <= 0 { hasEnded = true } else { pending += chunk[..<count] }
    return true
  }
}

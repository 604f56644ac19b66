import CTestSupport
import Glibc

/// What a test waits for did not come.
struct Overdue: Error, CustomStringConvertible {
  let description: String
}

/// A moment after which a test gives up. Generous: it is only ever reached when something is broken.
struct Deadline {
  private let end: Int

  init(seconds: Int = 60) { end = Deadline.now + seconds * 1000 }

  var millisecondsLeft: Int32 { Int32(clamping: max(0, end - Deadline.now)) }
  var isOver: Bool { millisecondsLeft == 0 }

  private static var now: Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
  }
}

/// The `ccv` that was built with the tests, running. It is killed when the test lets go of it.
final class Child {
  let id: pid_t
  private var status: Int32?

  /// What descriptors 0, 1 and 2 of the child are: those given (nil: closed), or a terminal.
  enum Streams {
    case descriptors([Int32?])
    case terminal(path: String)
  }

  init(
    _ program: String, _ arguments: [String], streams: Streams,
    environment: [String: String], folder: String?
  ) throws {
    let words = ([program] + arguments).map { strdup($0) }
    let variables = environment.map { strdup("\($0.key)=\($0.value)") }
    defer { for text in words + variables { free(text) } }
    var child: pid_t = 0
    let code =
      switch streams {
      case .descriptors(let descriptors):
        ccv_test_spawn(
          program, words + [nil], variables + [nil], folder, descriptors.map { $0 ?? -1 }, nil,
          &child)
      case .terminal(let path):
        ccv_test_spawn(program, words + [nil], variables + [nil], folder, nil, path, &child)
      }
    guard code == 0 else {
      throw Overdue(description: "cannot start \(program): \(String(cString: strerror(code)))")
    }
    id = child
  }

  deinit {
    guard status == nil else { return }
    kill(id, SIGKILL)
    waitpid(id, nil, 0)
  }

  func send(_ signal: Int32) { kill(id, signal) }

  /// The exit code, or 128 + the signal that ended it, as a shell tells it.
  func exitCode(_ deadline: Deadline = Deadline()) throws -> Int32 {
    var status: Int32 = 0
    while true {
      if let known = self.status { return known }
      switch waitpid(id, &status, WNOHANG) {
      case id: self.status = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
      case 0 where deadline.isOver: throw Overdue(description: "the program does not end")
      default: usleep(2000)
      }
    }
  }

  /// Seconds of processor time that it took so far, on all threads: a measure that a busy machine does
  /// not change.
  var processorSeconds: Double {
    guard let file = fopen("/proc/\(id)/stat", "r") else { return .nan }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = fread(&buffer, 1, buffer.count, file)
    let text = String(decoding: buffer[..<count], as: UTF8.self)
    // The program's name, in parentheses, is field 2; user and system time are fields 14 and 15.
    let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
      return .nan
    }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// Beside the bundle that holds this test.
  static let program: String = {
    let bundle = ccv_test_file_of(#dsohandle).map { String(cString: $0) } ?? ""
    guard let real = realpath(bundle, nil) else { return "ccv" }
    defer { free(real) }
    return String(cString: real).split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/") + "/ccv"
  }()
}

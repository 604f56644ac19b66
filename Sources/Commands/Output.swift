import Glibc

/// What the program writes, straight to descriptors.
///
/// Once standard output refuses something the program is stopped, nothing more is written, and
/// `exitCode(after:)` tells the reason.
enum Output {
  /// `errno` of the write to standard output that failed.
  nonisolated(unsafe) private static var failure: Int32 = 0

  /// Writes all of a text, however small the pieces that the system takes.
  static func write(_ text: String, to descriptor: Int32) {
    guard failure == 0 else { return }
    let code = pour(text, into: descriptor)
    guard code != 0, descriptor == STDOUT_FILENO else { return }
    failure = code
    ScriptRunner.stop()
  }

  /// The code to end with. A reader that closed the pipe ends the program as it ends any other, by the
  /// signal; a full disk is an error of its own.
  static func exitCode(after code: Int32) -> Int32 {
    guard failure != 0 else { return code }
    if failure == EPIPE {
      signal(SIGPIPE, SIG_DFL)
      raise(SIGPIPE)
    }
    let reason = String(cString: strerror(failure))
    _ = pour("ccv: cannot write to standard output: \(reason)\n", into: STDERR_FILENO)
    return 1
  }

  /// Takes the places of standard streams that are closed, so that no file is opened in them. Reading
  /// and writing them stays an error.
  static func reserveStandardDescriptors() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
      // The lowest that is free is taken: this one.
      _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }

  static func usesColor(_ descriptor: Int32) -> Bool {
    isatty(descriptor) == 1 && getenv("NO_COLOR") == nil
      && getenv("TERM").map { String(cString: $0) } != "dumb"
  }

  /// 0, or `errno` of what the system refused.
  private static func pour(_ text: String, into descriptor: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while let base = rest.baseAddress, rest.count > 0 {
        let count = Glibc.write(descriptor, base, rest.count)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return errno }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
      return 0
    }
  }
}

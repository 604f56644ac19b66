import Glibc

/// What a user waits for besides arithmetic: a small operation of a script, and the program's start.
enum LatencyBenchmark {
  static func run() throws -> JSONLine {
    let output = try ScriptBenchmark.run(ScriptBenchmark.path("latency.ccv"))
    let operations = try output.split(separator: "\n").map { line in
      let words = line.split(separator: " ")
      guard words.count == 2, let nanoseconds = Double(words[1]) else {
        throw BenchmarkError.output(output)
      }
      return ("\(words[0])_ns", JSONLine.Value.number(nanoseconds, digits: 1))
    }
    let start = median(try timings(repeats: 20) { try run(["-e", "1"], of: beside("ccv")) })
    return JSONLine(
      [("peer", .text("ccv")), ("workload", .text("latency"))] + operations
        + [("start_ms", .number(start * 1000, digits: 2))])
  }

  /// A program in the folder of this one.
  private static func beside(_ name: String) throws -> String {
    var path = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink("/proc/self/exe", &path, path.count)
    guard length > 0 else { throw BenchmarkError.file("/proc/self/exe") }
    let own = String(decoding: path[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let folder = own.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    return folder.joined(separator: "/") + "/" + name
  }

  /// Starts a program, its output thrown away, and waits until it has ended well.
  private static func run(_ arguments: [String], of program: String) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    var words = ([program] + arguments).map { strdup($0) }
    defer { for word in words { free(word) } }
    words.append(nil)
    var (process, status) = (pid_t(0), Int32(0))
    guard posix_spawn(&process, program, &actions, nil, words, environ) == 0,
      waitpid(process, &status, 0) == process, status == 0
    else { throw BenchmarkError.failed("\(program) did not run; build it: swift build -c release") }
  }
}

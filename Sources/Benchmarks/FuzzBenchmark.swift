import Fuzzing
import Glibc
import Session
import Syntax

/// `ccv-bench fuzz`: programs that nobody wrote, for as long as one likes.
///
/// Programs run in child processes, a batch each, so that a trap is found, too: a child names the seed
/// that it is at, and what a seed makes is the same in every process.
enum FuzzBenchmark {
  /// What was tried, in numbers.
  struct Counts {
    var generated = 0, mutated = 0, mutatedSound = 0, run = 0, prefixes = 0
    var endings: [String: Int] = [:]

    static func + (a: Counts, b: Counts) -> Counts {
      var sum = a
      sum.generated += b.generated
      sum.mutated += b.mutated
      sum.mutatedSound += b.mutatedSound
      sum.run += b.run
      sum.prefixes += b.prefixes
      sum.endings.merge(b.endings) { $0 + $1 }
      return sum
    }
  }

  struct Options {
    /// How long new batches begin.
    private(set) var seconds = 60.0
    /// The first seed.
    private(set) var seed = 1
    /// Where programs to change are taken from, besides those that are made.
    private(set) var folders: [String] = []

    init(_ arguments: ArraySlice<String>) throws {
      var rest = arguments
      while let word = rest.popFirst() {
        guard word.hasPrefix("--") else {
          folders.append(word)
          continue
        }
        guard let value = rest.popFirst().flatMap({ Int($0) }), value > 0 else {
          throw BenchmarkError.failed("\(word) wants a whole number from 1 up")
        }
        switch word {
        case "--seconds": seconds = Double(value)
        case "--seed": seed = value
        default: throw BenchmarkError.unknown("option", word, ["--seconds", "--seed"])
        }
      }
    }
  }

  /// Seeds in a batch.
  private static let batch = 200

  /// Runs batches until the time is over; a JSON line with what was tried.
  ///
  /// - Throws: What was found, with the program made as small as it still fails.
  static func run(_ options: Options) throws -> JSONLine {
    let (seed, corpus) = (options.seed, options.folders)
    let begin = Clock.seconds
    var first = seed, counts = Counts()
    while Clock.seconds - begin < options.seconds {
      let child = try ChildRun(["fuzz-batch", String(first), String(batch)] + corpus)
      let lines = child.output.split(separator: "\n").map(String.init)
      guard child.status == 0, let last = lines.last, let found = Counts(line: last) else {
        throw BenchmarkError.failed(try report(child, lines, corpus))
      }
      counts = counts + found
      first += batch
    }
    let endings = counts.endings.sorted { $0.value > $1.value }.map { "\($0.key) \($0.value)" }
    return JSONLine([
      ("workload", .text("fuzz")), ("seed", .number(Double(seed), digits: 0)),
      ("seconds", .number(Clock.seconds - begin, digits: 1)),
      ("generated", .number(Double(counts.generated), digits: 0)),
      ("mutated", .number(Double(counts.mutated), digits: 0)),
      ("mutated_sound", .number(Double(counts.mutatedSound), digits: 0)),
      ("programs_run", .number(Double(counts.run), digits: 0)),
      ("prefixes", .number(Double(counts.prefixes), digits: 0)),
      ("endings", .text(endings.joined(separator: ", "))), ("failures", .number(0, digits: 0)),
    ])
  }

  /// The seeds of a batch, in this process: each is named before it is tried.
  static func runBatch(first: Int, count: Int, corpus paths: [String]) throws {
    let corpus = programs(below: paths)
    var counts = Counts()
    for seed in first..<first + count {
      say("seed \(seed)")
      try check(seed, corpus, &counts)
    }
    say(counts.line)
  }

  /// Written at once: after a trap what waits in a buffer would be lost.
  private static func say(_ line: String) {
    _ = (line + "\n").withCString { write(STDOUT_FILENO, $0, strlen($0)) }
  }

  private static func check(_ seed: Int, _ corpus: [[UInt8]], _ counts: inout Counts) throws {
    var generator = ProgramGenerator(seed: UInt64(seed))
    let run = try Checks.meaning(generator.program())
    counts.generated += 1
    counts.run += 2
    counts.endings[String(run.ending.prefix { $0 != " " }), default: 0] += 1
    guard !corpus.isEmpty else { return }
    var random = SeededRandom(seed: UInt64(seed))
    for _ in 0..<5 {
      let program = corpus[Int.random(in: 0..<corpus.count, using: &random)]
      let mutant = Mutation.mutated(program, &random)
      try Checks.parsing(mutant)
      try Checks.mending(mutant)
      counts.mutated += 1
      if try Checks.formatting(mutant) {
        counts.mutatedSound += 1
        let file = SourceFile(name: "fuzz", bytes: mutant)
        // What writes files or asks for a whole machine is left out.
        if !touchesTheWorld(file.text) {
          _ = Checks.run(file, seconds: 0.5)
          counts.run += 1
        }
      }
      let cut = Int.random(in: 0...program.count, using: &random)
      try Checks.parsing(Array(program[..<cut]))
      try Checks.mending(Array(program[..<cut]))
      counts.prefixes += 1
    }
  }

  private static func touchesTheWorld(_ text: String) -> Bool {
    ["save", "load", "import", "ccvit", "kmeans", "exit"].contains { text.contains($0) }
  }

  // MARK: - Reports

  private static func report(_ child: ChildRun, _ lines: [String], _ corpus: [String]) throws
    -> String
  {
    let seeds = lines.compactMap { $0.hasPrefix("seed ") ? Int($0.dropFirst(5)) : nil }
    let seed = seeds.last ?? -1
    return "seed \(seed) ended with \(child.status):\n\(child.errors)\n"
      + "To see it again: ccv-bench fuzz-batch \(seed) 1 \(corpus.joined(separator: " "))\n"
      + smaller(seed)
  }

  /// A generated program that fails, without the lines that it fails without.
  private static func smaller(_ seed: Int) -> String {
    var generator = ProgramGenerator(seed: UInt64(seed))
    var lines = generator.program().split(separator: "\n", omittingEmptySubsequences: false)
    guard fails(lines) else { return "" }
    var size = lines.count / 2
    while size > 0 {
      var start = 0
      while start < lines.count {
        var fewer = lines
        fewer.removeSubrange(start..<min(lines.count, start + size))
        if fails(fewer) { lines = fewer } else { start += size }
      }
      size /= 2
    }
    return "It is in:\n" + lines.joined(separator: "\n")
  }

  private static func fails(_ lines: [Substring]) -> Bool {
    let text = lines.joined(separator: "\n")
    guard !parse(SourceFile(name: "", text: text)).hasErrors else { return false }
    let child = try? ChildRun(["fuzz-program", text])
    return child.map { $0.status != 0 } ?? false
  }

  /// One program in this process.
  static func runProgram(_ text: String) throws { _ = try Checks.meaning(text) }

  private static func programs(below paths: [String]) -> [[UInt8]] {
    paths.flatMap(SourceReader.programs).compactMap(SourceReader.read)
  }
}

extension FuzzBenchmark.Counts {
  /// As a child writes it.
  var line: String {
    let numbers = [generated, mutated, mutatedSound, run, prefixes].map(String.init)
    return (numbers + endings.map { "\($0.key)=\($0.value)" }).joined(separator: " ")
  }

  /// What a child wrote; nil if it is something else.
  init?(line: String) {
    let words = line.split(separator: " ")
    let numbers = words.prefix(5).compactMap { Int($0) }
    guard numbers.count == 5 else { return nil }
    (generated, mutated, mutatedSound) = (numbers[0], numbers[1], numbers[2])
    (run, prefixes) = (numbers[3], numbers[4])
    for word in words.dropFirst(5) {
      let parts = word.split(separator: "=")
      guard parts.count == 2, let count = Int(parts[1]) else { return nil }
      endings[String(parts[0])] = count
    }
  }
}

/// This program once more, with other arguments, in a scratch folder.
struct ChildRun {
  let status: Int32
  let output: String
  let errors: String

  init(_ arguments: [String]) throws {
    let folder = FuzzBenchmark.scratch
    let paths = ["\(folder)/output", "\(folder)/errors"]
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (descriptor, path) in zip([STDOUT_FILENO, STDERR_FILENO], paths) {
      posix_spawn_file_actions_addopen(
        &actions, descriptor, path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }
    var words: [UnsafeMutablePointer<CChar>?] = ([FuzzBenchmark.program] + arguments).map {
      strdup($0)
    }
    words.append(nil)
    defer { words.forEach { free($0) } }
    var child = pid_t()
    guard posix_spawn(&child, FuzzBenchmark.program, &actions, nil, words, environ) == 0 else {
      throw BenchmarkError.failed("cannot start \(FuzzBenchmark.program)")
    }
    var ended: Int32 = 0
    while waitpid(child, &ended, 0) < 0, errno == EINTR {}
    status = ended & 0x7F == 0 ? (ended >> 8) & 0xFF : 128 + (ended & 0x7F)
    output = Self.text(paths[0])
    errors = Self.text(paths[1])
  }

  private static func text(_ path: String) -> String {
    String(decoding: SourceReader.read(path) ?? [], as: UTF8.self)
  }
}

extension FuzzBenchmark {
  static let program: String = {
    guard let path = realpath("/proc/self/exe", nil) else { return CommandLine.arguments[0] }
    defer { free(path) }
    return String(cString: path)
  }()

  static let scratch: String = {
    var template = Array("/tmp/ccv-fuzz-XXXXXX".utf8CString)
    return mkdtemp(&template).map { String(cString: $0) } ?? "."
  }()
}

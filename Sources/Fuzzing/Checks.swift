import Builtins
import Glibc
import Interpreter
import Session
public import Syntax

/// A property that does not hold, with the program that shows it.
public struct FuzzFailure: Error, CustomStringConvertible {
  public let property: String
  public let program: String

  public var description: String { "\(property):\n\(program)" }
}

/// What must hold of any text, of programs that parse, and of those that run.
public enum Checks {
  /// Lexer and parser: no trap, and answers that fit the text.
  public static func parsing(_ bytes: [UInt8]) throws {
    let file = SourceFile(name: "fuzz", bytes: bytes)
    let result = parse(file)
    let starts = result.diagnostics.map { $0.primary?.range.start ?? 0 }
    try require(starts == starts.sorted(), "mistakes come in the order of the text", file)
    try require(
      result.diagnostics.flatMap(\.labels).allSatisfy { $0.range.end <= bytes.count + 1 },
      "labels lie in the text", file)
    var end = 0
    for token in tokens(in: file) {
      try require(
        token.range.start >= end && token.range.end <= bytes.count, "tokens follow each other", file
      )
      end = token.range.end
    }
    _ = coloredTokens(in: file)
    let screen = DiagnosticRenderer(width: 60).render(result.diagnostics, limit: 3)
    try require(
      screen.isEmpty == result.diagnostics.isEmpty, "every mistake is told, and nothing else", file)
    try require(
      result.hasErrors || !result.program.dump().contains("missing"),
      "a sound program's tree is whole", file)
  }

  /// Mends: no trap, and what is offered is a text with fewer mistakes of form.
  public static func mending(_ bytes: [UInt8]) throws {
    let file = SourceFile(name: "fuzz", bytes: bytes)
    let before = parse(file).diagnostics.filter(\.isError)
    for diagnostic in mended(before, known: ["print", "len", "zeros", "mean", "x"]) {
      guard let mend = diagnostic.mend else { continue }
      let after = parse(SourceFile(name: "fuzz", text: mend.text)).diagnostics.filter(\.isError)
      try require(after.count < before.count, "a mend takes a mistake away", file)
    }
  }

  /// Formatting keeps the tree and the comments, and a second time changes nothing. True if the text is
  /// sound, so that there was something to check.
  @discardableResult
  public static func formatting(_ bytes: [UInt8]) throws -> Bool {
    let file = SourceFile(name: "fuzz", bytes: bytes)
    let before = parse(file)
    guard !before.hasErrors else { return false }
    let once = SourceFile(name: "fuzz", text: formatted(file).text)
    let after = parse(once)
    try require(!after.hasErrors, "a formatted program is sound", file)
    try require(after.program.dump() == before.program.dump(), "formatting keeps the tree", file)
    try require(formatted(once).text == once.text, "formatting twice changes nothing more", file)
    try require(comments(file) == comments(once), "formatting keeps the comments", file)
    return true
  }

  private static func comments(_ file: SourceFile) -> [String] {
    tokens(in: file).filter(\.kind.isComment).map { token in
      file.text(of: token.range).split { $0.isWhitespace }.joined(separator: " ")
    }
  }

  /// What a program did.
  public struct Run: Equatable, Sendable {
    public var output = ""
    public var ending = ""
  }

  /// Runs a program in a session of its own. It is interrupted after a while.
  public static func run(_ file: SourceFile, seconds: Double = 5) -> Run {
    let host = Host()
    var run = Run()
    var written = 0
    let session = Session(host: host)
    host.write = { text in
      written += text.utf8.count
      // A program that prints without end is stopped by what it prints.
      if written < 1 << 20 { run.output += text } else { session.interrupt() }
    }
    _ = session.evaluate("seed(1)")
    let timer = Timer(seconds: seconds) { session.interrupt() }
    switch session.evaluate(file) {
    case .value: run.ending = "value"
    case .rejected(let mistakes):
      run.ending = "rejected " + mistakes.map(\.code.description).joined()
    case .failed(let mistake): run.ending = "\(mistake.code) \(mistake.message)"
    case .interrupted: run.ending = "interrupted"
    case .exit(let code): run.ending = "exit \(code)"
    }
    timer.cancel()
    return run
  }

  /// A generated program parses, and does the same before and after formatting; how it ended.
  public static func meaning(_ program: String) throws -> Run {
    let file = SourceFile(name: "fuzz", text: program)
    let parsed = parse(file)
    try require(
      !parsed.hasErrors, "a generated program parses, \(parsed.diagnostics.first?.message ?? "")",
      file)
    try formatting(Array(program.utf8))
    let before = run(file)
    try require(!before.ending.hasPrefix("rejected"), "a generated program compiles", file)
    try require(before.ending != "interrupted", "a generated program ends", file)
    let after = run(SourceFile(name: "fuzz", text: formatted(file).text))
    try require(before == after, "formatting keeps what a program does", file)
    return before
  }

  private static func require(_ holds: Bool, _ property: String, _ file: SourceFile) throws {
    guard !holds else { return }
    throw FuzzFailure(property: property, program: file.text)
  }
}

/// Calls something after some time, unless it is cancelled before.
private final class Timer: @unchecked Sendable {
  private let action: () -> Void
  private let seconds: Double
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var isCancelled = false

  init(seconds: Double, action: @escaping () -> Void) {
    (self.seconds, self.action) = (seconds, action)
    pthread_mutex_init(lock, nil)
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self).toOpaque()
    pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Timer>.fromOpaque(context).takeRetainedValue().wait()
        return nil
      }, context)
    pthread_detach(thread)
  }

  deinit {
    pthread_mutex_destroy(lock)
    lock.deallocate()
  }

  private func wait() {
    var left = seconds
    while left > 0 {
      usleep(10_000)
      left -= 0.01
      if locked({ isCancelled }) { return }
    }
    locked { if !isCancelled { action() } }
  }

  /// When it returns the action does not come any more.
  func cancel() { locked { isCancelled = true } }

  private func locked<T>(_ body: () -> T) -> T {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return body()
  }
}

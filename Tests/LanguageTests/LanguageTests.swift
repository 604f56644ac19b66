import Builtins
import Glibc
import Session
import Syntax
import TestSupport
import Testing

@testable import Interpreter

/// A program with its expectations inside: every `# => text` is a line of output, in order; an
/// `# error: E102 text` is the error that ends it, by code and a part of its message.
struct LanguageCase: Sendable, CustomTestStringConvertible {
  let path: String
  let source: String
  var testDescription: String { path }

  var output: [String] { marked("# => ") }
  var error: String? { marked("# error: ").first }

  private func marked(_ mark: String) -> [String] {
    source.split(separator: "\n").compactMap { line in
      line.firstRange(of: mark).map { String(line[$0.upperBound...]) }
    }
  }

  static let folder = String(#filePath.dropLast("LanguageTests.swift".count)) + "Cases"

  static let all: [LanguageCase] = {
    var cases = [LanguageCase]()
    func walk(_ path: String, _ name: String) {
      if name.hasSuffix(".ccv") {
        guard let bytes = SourceReader.read(path) else { return }
        cases.append(LanguageCase(path: name, source: String(decoding: bytes, as: UTF8.self)))
        return
      }
      guard let handle = opendir(path) else { return }
      defer { closedir(handle) }
      var names = [String]()
      while let entry = readdir(handle) {
        let child = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        // What cases import begins with `_` and is no case itself.
        if !child.hasPrefix("."), !child.hasPrefix("_") { names.append(child) }
      }
      for child in names.sorted() {
        walk(path + "/" + child, name.isEmpty ? child : name + "/" + child)
      }
    }
    walk(folder, "")
    return cases
  }()
}

@Suite("The language, by programs with their expectations inside", .serialized, .oneInterpreter)
struct LanguageTests {
  @Test("there are cases")
  func exist() { #expect(LanguageCase.all.count > 150) }

  @Test("each prints what it says", arguments: LanguageCase.all)
  func agrees(_ item: LanguageCase) {
    #expect(!item.output.isEmpty || item.error != nil, "a case without expectations tests nothing")
    let session = Session()
    var output = ""
    session.host.write = { output += $0 }
    let outcome = session.evaluate(
      SourceFile(name: LanguageCase.folder + "/" + item.path, text: item.source))
    let lines = output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(
      String.init)
    #expect(lines == item.output)
    var seen: Diagnostic?
    switch outcome {
    case .failed(let diagnostic): seen = diagnostic
    case .rejected(let diagnostics): seen = diagnostics.first
    default: break
    }
    if let error = item.error {
      #expect(
        seen.map { "\($0.code) \($0.message)" }?.contains(error) == true,
        "\(String(describing: seen?.code)) \(seen?.message ?? "no error")")
      #expect(
        seen?.labels.isEmpty == false || error.hasPrefix("E001"), "an error points at its place")
    } else {
      #expect(seen == nil, "\(seen.map { "\($0.code) \($0.message)" } ?? "")")
    }
  }

  // A list or record that holds itself is a known limit.
  @Test(
    "no case leaves objects behind when it is run again",
    arguments: LanguageCase.all.filter { !$0.path.contains("/cyclic_") })
  func leavesNothing(_ item: LanguageCase) {
    let source = SourceFile(name: LanguageCase.folder + "/" + item.path, text: item.source)
    // The library keeps what it loads, so that the first session may leave objects; functions that
    // capture themselves wait for the collector.
    func run() {
      let session = Session()
      _ = session.evaluate(source)
    }
    run()
    Containers.collect()
    let before = LiveObjects.count
    run()
    Containers.collect()
    #expect(LiveObjects.count == before)
  }

  @Test("an interrupt leaves every variable as it was")
  func interrupt() {
    let session = Session()
    _ = session.evaluate("let n = 0\nlet kept = [1, 2]")
    let machine = Unchecked(session)
    let thread = Unchecked(UnsafeMutablePointer<pthread_t>.allocate(capacity: 1))
    pthread_create(
      thread.value, nil,
      { argument in
        usleep(100_000)
        guard let argument else { return nil }
        Unmanaged<Session>.fromOpaque(argument).takeUnretainedValue().interrupt()
        return nil
      }, Unmanaged.passUnretained(machine.value).toOpaque())
    let outcome = session.evaluate("while true { n = n + 1 }")
    pthread_join(thread.value.pointee, nil)
    thread.value.deallocate()
    guard case .interrupted = outcome else {
      Issue.record("the loop ended otherwise")
      return
    }
    #expect((session.value(of: "n")?.number ?? 0) > 0)
    #expect(session.value(of: "kept").map { Display.summary($0) } == "[1, 2]")
    guard case .value("3") = session.evaluate("1 + 2") else {
      Issue.record("the session goes on")
      return
    }
  }

  @Test("nothing is leaked: the count of live objects returns to where it was")
  func leaks() {
    let session = Session()
    let program = """
      fn make(n) { let xs = []; for i in 1..n { push(xs, (i: i, f: () => i)) }; xs }
      let total = 0
      for x in make(50) { total = total + x.f() + x.i }
      try { make(3)[7] } catch e { total = total + len(e.message) }
      let t = zeros([4, 4]) @ ones([4, 4])
      t = nil
      total = nil
      """
    _ = session.evaluate(program)
    let before = LiveObjects.count
    for _ in 0..<5 { _ = session.evaluate(program) }
    #expect(LiveObjects.count == before)
  }
}

/// Carries a value to a thread that only calls what is safe there.
private struct Unchecked<T>: @unchecked Sendable {
  let value: T
  init(_ value: T) { self.value = value }
}

public import Builtins
import Glibc
import Interpreter
import Session
import Syntax
import TestSupport
public import Testing

@Suite("Help pages of errors", .serialized, .oneInterpreter)
struct ErrorPagesTests {
  @Test("every code has a page, and a code has one page")
  func complete() {
    #expect(ErrorPages.all.map(\.code) == ErrorCode.all)
  }

  @Test("the wrong example has the error", arguments: ErrorPages.all.filter { $0.wrong != nil })
  func wrong(_ page: ErrorPage) {
    let session = Session()
    session.host.write = { _ in }
    session.host.writeNote = { _ in }
    let outcome = session.evaluate(page.wrong ?? "", name: "example")
    switch outcome {
    case .rejected(let diagnostics): #expect(diagnostics.first?.code == page.code)
    case .failed(let diagnostic): #expect(diagnostic.code == page.code, "\(diagnostic.message)")
    case .value:
      // What runs and is warned of, by the compiler or by `ccv check`.
      let found = session.check(SourceFile(name: "example", text: page.wrong ?? ""))
      #expect(found.map(\.code) == [page.code])
    case .interrupted, .exit: Issue.record("it ended otherwise")
    }
  }

  @Test("the right example runs without a warning", arguments: ErrorPages.all)
  func right(_ page: ErrorPage) {
    let session = Session()
    session.host.write = { _ in }
    session.host.writeNote = { _ in }
    session.machine.loadModule = { path, _ in SourceFile(name: path, text: "let size = 4") }
    let saved = "/tmp/ccv-error-pages-\(getpid()).safetensors"
    defer { unlink(saved) }
    let outcome = session.evaluate(
      page.right.replacing("numbers.safetensors", with: saved), name: "example")
    guard case .value = outcome else {
      Issue.record("\(page.code): \(outcome)")
      return
    }
    let found = Session().check(SourceFile(name: "example", text: page.right))
    #expect(found.isEmpty, "\(found.map(\.message))")
  }

  @Test(
    "lines of a page fit a terminal",
    arguments: ErrorPages.all.filter { $0.wrong?.utf8.count ?? 0 < 200 })
  func fits(_ page: ErrorPage) {
    for line in page.text.split(separator: "\n") {
      #expect(line.count <= 80 || line.hasPrefix("    "), "\(line)")
    }
  }

  @Test("every code that the sources name is in the table")
  func sources() throws {
    let root =
      String(#filePath.dropLast("Tests/BuiltinsTests/ErrorPagesTests.swift".count)) + "Sources"
    let files = Self.swiftFiles(in: root)
    #expect(files.count > 100)
    var found: Set<String> = []
    for path in files {
      let text = String(decoding: try #require(SourceReader.read(path)), as: UTF8.self)
      for match in text.matches(of: /"(E[0-9]{3})"/) { found.insert(String(match.output.1)) }
    }
    #expect(found.count > 20)
    for code in found.sorted() {
      #expect(ErrorCode.all.contains { $0.description == code }, "\(code) has no page")
    }
  }

  @Test("`?E021` leads to the page, in either case, and help() too")
  func topics() {
    let session = Session()
    #expect(session.helpText(for: "?E021").hasPrefix("E021: shapes do not line up"))
    #expect(session.helpText(for: "? e21") == session.helpText(for: "?E021"))
    #expect(session.helpText(for: "?E999").hasPrefix("There is no help"))
    var written = ""
    session.host.write = { written += $0 }
    _ = session.evaluate("help(\"E060\")")
    #expect(written.hasPrefix("E060: a name is not known"))
  }

  private static func swiftFiles(in folder: String) -> [String] {
    guard let handle = opendir(folder) else { return [] }
    defer { closedir(handle) }
    var files: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      let path = folder + "/" + name
      if name.hasPrefix(".") { continue }
      if name.hasSuffix(".swift") {
        files.append(path)
      } else if entry.pointee.d_type == UInt8(DT_DIR) {
        files += swiftFiles(in: path)
      }
    }
    return files
  }
}

extension ErrorPage: CustomTestStringConvertible {
  public var testDescription: String { "\(code)" }
}

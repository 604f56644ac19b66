import Builtins
import Glibc
import Session
import Syntax
import TestSupport
import Testing

@Suite("Examples", .oneInterpreter)
struct ExamplesTests {
  private static let folder =
    String(#filePath.dropLast("Tests/BuiltinsTests/ExamplesTests.swift".count)) + "examples"

  /// All but the long one, which `make demo` runs.
  static let names: [String] = {
    guard let listing = opendir(folder) else { return [] }
    defer { closedir(listing) }
    var names = [String]()
    while let entry = readdir(listing) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".ccv"), name != "ccvit.ccv" { names.append(name) }
    }
    return names.sorted()
  }()

  @Test("there are seven in learning order")
  func order() {
    #expect(Self.names.map { $0.prefix(2) } == (1...7).map { "0\($0)" })
  }

  @Test(
    "each says what it shows, runs to its end, and writes the pictures it names", arguments: names)
  func runs(name: String) throws {
    let source = try #require(SourceReader.read(Self.folder + "/" + name))
    let text = String(decoding: source, as: UTF8.self)
    #expect(text.hasPrefix("#!/usr/bin/env ccv\n## "))
    let place = try Place()
    defer { place.leave() }
    let session = Session()
    var output = ""
    session.host.write = { output += $0 }
    switch session.evaluate(SourceFile(name: name, bytes: source)) {
    case .value: break
    case .failed(let diagnostic): Issue.record("\(diagnostic.code) \(diagnostic.message)")
    case .rejected(let diagnostics): Issue.record("\(diagnostics.map(\.message))")
    case .interrupted, .exit: Issue.record("it ended otherwise")
    }
    #expect(output.contains("\n"))
    for part in text.split(separator: "save: \"").dropFirst() {
      let path = part.prefix { $0 != "\"" }
      // A name with a value in it is another each time round.
      guard !path.contains("{") else { continue }
      #expect(access(String(path), R_OK) == 0, "\(path)")
    }
  }

  /// A current folder of its own, since examples write to `figures`.
  private struct Place {
    private let before: String
    private let folder: String

    init() throws {
      before = try #require(getcwd(nil, 0).map { String(cString: $0) })
      let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
      var template = Array("\(base)/ccv-examples-XXXXXX".utf8CString)
      try #require(mkdtemp(&template) != nil)
      folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
      try #require(chdir(folder) == 0)
    }

    func leave() {
      chdir(before)
      _ = system("rm -rf '\(folder)'")
    }
  }
}

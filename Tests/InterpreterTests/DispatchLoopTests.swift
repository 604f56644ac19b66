import Foundation
import Testing

/// The machine's loop is fast because nothing in it counts references, checks exclusive access or asks a
/// witness table: work of that sort stands in functions of its own, which the loop calls when it must.
@Suite("The dispatch loop, as the compiler makes it")
struct DispatchLoopTests {
  @Test("no call of Swift's runtime and no call by a pointer is in it")
  func calls() throws {
    let body = try Self.loop(in: Self.assembly())
    // The loop is there, whole, and does call what is slow.
    #expect(body.count > 1000)
    #expect(body.contains { $0.contains("refuseDepth") })
    let runtime = body.filter { $0.firstMatch(of: /\bswift_\w+/) != nil }
    #expect(runtime == [], "reference counting, access checks, casts or allocation")
    let indirect = body.filter { $0.firstMatch(of: /\b(call\w*\s+\*|blr\s)/) != nil }
    #expect(indirect == [], "a call that a witness table or a closure decides")
  }

  /// The instructions of `Machine.loop(downTo:)`.
  private static func loop(in assembly: String) throws -> [Substring] {
    let name = "$s11Interpreter7MachineC4loop6downToAA5ValueVSi_tKF:"
    let start = try #require(
      assembly.firstRange(of: "\n" + name)
        ?? assembly.firstRange(of: "\n\"" + name.dropLast() + "\":"))
    let end = try #require(assembly[start.upperBound...].firstRange(of: ".cfi_endproc"))
    return assembly[start.upperBound..<end.lowerBound].split(separator: "\n")
      .filter { !$0.contains(".cfi_") }
  }

  /// The interpreter as a release build compiles it.
  private static func assembly() throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let folder = root.appending(path: "Sources/Interpreter")
    let sources = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".swift") }.sorted().map { folder.appending(path: $0).path }
    let result = FileManager.default.temporaryDirectory
      .appending(path: "ccv-interpreter-\(ProcessInfo.processInfo.processIdentifier).s")
    defer { try? FileManager.default.removeItem(at: result) }
    let modules = try #require(modules)
    let compiler = Process()
    compiler.executableURL = URL(filePath: "/usr/bin/env")
    compiler.arguments =
      ["swiftc", "-O", "-wmo", "-parse-as-library", "-module-name", "Interpreter", "-I", modules]
      + ["-swift-version", "6", "-enforce-exclusivity=unchecked"]
      + ["ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility"]
      .flatMap { ["-enable-upcoming-feature", $0] }
      + ["-emit-assembly", "-o", result.path] + sources
    try compiler.run()
    compiler.waitUntilExit()
    try #require(compiler.terminationStatus == 0, "the interpreter compiles by itself")
    return try String(contentsOf: result, encoding: .utf8)
  }

  /// Where the build has put the modules that the interpreter imports: beside the tests.
  private static var modules: String? {
    let name = ProcessInfo.processInfo.arguments.lazy.map { URL(filePath: $0) }
    let places = [Bundle.main.bundleURL, Bundle.main.executableURL].compactMap { $0 } + Array(name)
    for place in places {
      var folder = place.resolvingSymlinksInPath()
      while folder.path.count > 1 {
        let modules = folder.appending(path: "Modules")
        if FileManager.default.fileExists(
          atPath: modules.appending(path: "Bytecode.swiftmodule").path)
        {
          return modules.path
        }
        folder = folder.deletingLastPathComponent()
      }
    }
    return nil
  }
}

import Foundation
import TestSupport
import Testing

/// The dispatch loop as the optimiser leaves it.
///
/// Hot is what the code of `Machine.loop` does itself, cold is what it calls: every function that it may
/// call is named here, does what the instruction at hand cannot do in a few steps, and is free to count
/// references and to make errors. So a retain, an exclusivity check, a call through a witness table or a
/// closure that the compiler puts into the loop is a call that is not in the list, and so is a helper
/// that somebody forgot to have inlined.
@Suite("The dispatch loop")
struct DispatchLoopTests {
  /// The functions behind the loop, and the first and last holder of an object.
  private static let coldFunctions: Set = [
    "assignIndex", "bindArguments", "callHost", "checkInterrupt", "closeVariables",
    "collectAndAdapt", "filledGlobal", "firstReference", "getField", "getIndex", "holds", "joined",
    "lastReference", "nextEach", "operate", "prepareCount", "prepareEach", "rareStep",
    "refuseCaptured", "refuseFrame", "refuseGlobal", "setField", "truth",
  ]

  @Test("the optimised loop calls only the functions behind it, and jumps to instructions from one place")
  func loop() throws {
    let assembly = try Self.assembly()
    let found = Self.body(of: "$s11Interpreter7MachineC4loop6downTo", in: assembly)
    let loop = try #require(found, "the loop's symbol")
    let calls = loop.compactMap(Self.target)
    #expect(calls.count > 20, "the loop was found and read")
    let others = Set(calls).filter { !Self.coldFunctions.contains(Self.name($0) ?? "") }
    #expect(others.sorted() == [], "calls within the loop; make them inline or put them behind it")
    let indirect = loop.filter { $0.hasPrefix("jmpq\t*") || $0.hasPrefix("br\t") }
    #expect(indirect.count >= 1, "the jump to an instruction")
    // The optimiser may copy the dispatch, and nothing else jumps by a register.
    #expect(Set(indirect).count <= 4, "\(indirect)")
  }

  /// The target compiled as the release build compiles it (`native` in Package.swift).
  private static func assembly() throws -> String {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let sources = folder.appendingPathComponent("../../Sources/Interpreter").standardizedFileURL
    let files = try FileManager.default.contentsOfDirectory(atPath: sources.path)
      .filter { $0.hasSuffix(".swift") }.sorted().map { sources.path + "/" + $0 }
    let scratch = Scratch()
    let output = scratch.path + "/Interpreter.s"
    let features = ["ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility"]
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    compiler.arguments =
      ["swiftc", "-emit-assembly", "-O", "-whole-module-optimization", "-parse-as-library"]
      + ["-enforce-exclusivity=unchecked", "-swift-version", "6", "-module-name", "Interpreter"]
      + features.flatMap { ["-enable-upcoming-feature", $0] }
      + ["-I", try modules(), "-o", output] + files
    try compiler.run()
    compiler.waitUntilExit()
    try #require(compiler.terminationStatus == 0, "the compiler's own messages stand above")
    return String(decoding: try #require(scratch.bytes(of: "Interpreter.s")), as: UTF8.self)
  }

  /// The folder of the modules that the tests were built with: beside what is running.
  private static func modules() throws -> String {
    let loaded = try String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
      .split(separator: "\n").compactMap { $0.split(separator: " ").last.map(String.init) }
    let places = loaded.filter { $0.hasPrefix("/") }.map {
      URL(fileURLWithPath: $0).deletingLastPathComponent().path + "/Modules"
    }
    return try #require(
      places.first { FileManager.default.fileExists(atPath: $0 + "/Bytecode.swiftmodule") })
  }

  /// The instructions of the function whose symbol begins so.
  private static func body(of symbol: String, in assembly: String) -> [String]? {
    let lines = assembly.split(separator: "\n")
    guard let start = lines.firstIndex(where: { $0.hasPrefix(symbol) && $0.contains("F:") })
    else { return nil }
    return lines[start...].prefix { !$0.hasPrefix(".Lfunc_end") }
      .filter { $0.hasPrefix("\t") }.map { $0.trimmingCharacters(in: .whitespaces) }
  }

  /// What an instruction calls, or jumps to outside of the function; nil if it does neither.
  private static func target(_ instruction: String) -> String? {
    let parts = instruction.split { $0 == "\t" || $0 == " " }
    guard parts.count >= 2 else { return nil }
    let isCall = ["callq", "call", "bl", "blr"].contains(String(parts[0]))
    let isJump = ["jmp", "jmpq", "b"].contains(String(parts[0]))
    let isInside = parts[1].hasPrefix(".L") || parts[1].hasPrefix("*%") && isJump
    return isCall || isJump && !isInside ? String(parts[1]) : nil
  }

  /// The name of a function of the target from its symbol `$s11Interpreter`, type and kind, length and
  /// name; nil for any other symbol, for closures and for what the compiler made by itself.
  private static func name(_ target: String) -> String? {
    var rest = target.drop { $0 == "(" || $0 == "\"" }
    guard rest.hasPrefix("$s11Interpreter"), !rest.contains("U_"), !rest.contains("WO") else {
      return nil
    }
    rest = rest.dropFirst("$s11Interpreter".count)
    var parts = [String]()
    while parts.count < 2, let length = Int(rest.prefix(while: \.isNumber)) {
      rest = rest.drop(while: \.isNumber)
      parts.append(String(rest.prefix(length)))
      rest = rest.dropFirst(length)
      // The kind of the type: a class, a struct, an enumeration.
      if parts.count == 1, let kind = rest.first, "CVO".contains(kind) { rest = rest.dropFirst() }
    }
    return parts.count == 2 ? parts[1] : nil
  }
}

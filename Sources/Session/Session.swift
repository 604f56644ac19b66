public import Builtins
import Bytecode
import Checking
import Glibc
public import Interpreter
import StandardLibrary
public import Syntax

/// What became of a piece of code.
public enum Outcome {
  /// It ran; the text is what a prompt shows, nil when there is nothing to show.
  case value(String?)
  /// It was not run: every mistake in it, errors first.
  case rejected([Diagnostic])
  /// It ran into an error.
  case failed(Diagnostic)
  /// Ctrl-C.
  case interrupted
  /// It asked to end the session.
  case exit(Int32)
}

/// The one way to run code: the prompt, scripts and notebooks are faces over it, so that a line means
/// the same in all of them. Single-threaded; only `interrupt()` may come from elsewhere.
public final class Session {
  /// What runs the code.
  public let machine: Machine
  /// Where output goes, and what the builtins share.
  public let host: Host
  let library: LibraryIndex
  let scope: NameScope
  /// The programs that wait at a `pause()`, the innermost last.
  var paused: [PausedScope] = []
  private var setters = Setters()
  private var moduleStack: [String] = []
  /// Warnings of the last unit.
  public private(set) var warnings: [Diagnostic] = []

  public init(host: Host = Host()) {
    self.host = host
    machine = Machine()
    library = LibraryIndex(machine: machine)
    scope = NameScope(.user, machine: machine, library: library)
    Builtins.install(in: machine, host: host)
    machine.fillSlot = { [unowned self] slot in try loadLibrary(slot) }
    machine.loadModule = { [unowned self] path, from in try readModule(path, from: from) }
    machine.knownNames = { [unowned self] in
      userNames + machine.builtins.map(\.name) + library.names
    }
    machine.evaluateModule = { [unowned self] file in try runModule(file) }
    host.variables = { [unowned self] in
      userNames.compactMap { name in value(of: name).map { (name, $0) } }
    }
    host.setter = { [unowned self] in setters.source(of: $0, $1) }
    host.pauseProgram = { [unowned self] talk in try pause(talk) }
    host.libraryFunctions = { [unowned self] in library.names.compactMap(closure(named:)) }
    if let problem = library.problem { host.writeNote(problem + "\n") }
  }

  /// Asks the running code to stop; safe from any thread.
  public func interrupt() { machine.interrupt() }

  /// Ends the running code with an error, because the session holds too many bytes; safe from any thread.
  public func stop(holding bytes: Int) { machine.stop(holding: bytes) }

  /// Gives back what freed tensors leave for the next ones; safe from any thread.
  public func releaseIdleMemory() { host.releaseIdleMemory() }

  // MARK: - Running

  /// Runs a piece of code. At the prompt a function may mention names that are still to come.
  public func evaluate(_ file: SourceFile, isPrompt: Bool = false) -> Outcome {
    guard isPrompt, let paused = paused.last else {
      return evaluate(file, isPrompt: isPrompt, names: scope)
    }
    return paused.lend { evaluate(file, isPrompt: true, names: paused) }
  }

  private func evaluate(_ file: SourceFile, isPrompt: Bool, names: any GlobalNames) -> Outcome {
    scope.allowsForwardReferences = isPrompt
    let parsed = parse(file)
    let compiled = compile(parsed, names: names)
    warnings = mended(compiled.diagnostics.filter { !$0.isError })
    guard let prototype = compiled.prototype else {
      return .rejected(mended(compiled.diagnostics.filter(\.isError)))
    }
    if !prototype.prototypes.isEmpty { (names as? PausedScope)?.hasMadeFunctions = true }
    machine.clearInterrupt()
    setters.begin(file, isPrompt: isPrompt)
    var hasFailed = true
    defer {
      setters.end(parsed.program, failed: hasFailed, host.variables())
      host.settle()
    }
    do {
      let value = try machine.run(prototype)
      defer { value.release() }
      hasFailed = false
      guard !value.isAbsent, !value.isNone else { return .value(nil) }
      machine[global: scope.define("it")] = value
      if let shown = value.object as? ForeignObject, shown.isJustShown {
        shown.isJustShown = false
        return .value(nil)
      }
      let picture = host.thumbnail(of: value).map { "\n" + $0 } ?? ""
      return .value(Display.summary(value, width: host.width()) + picture)
    } catch let failure as RuntimeFailure {
      return .failed(mended([failure.diagnostic])[0])
    } catch let exit as ExitRequest {
      return .exit(exit.code)
    } catch is Interrupted {
      return .interrupted
    } catch {
      return .failed(Diagnostic(code: .unexpected, message: "\(error)"))
    }
  }

  /// What is wrong with a program, and what may be, without running it.
  public func check(_ file: SourceFile) -> [Diagnostic] {
    let parsed = parse(file)
    let names = NameScope(.module, machine: machine, library: library)
    var diagnostics = compile(parsed, names: names).diagnostics
    if !parsed.hasErrors { diagnostics += Checking.check(parsed, signature: signature(of:)) }
    return mended(
      diagnostics.sorted { ($0.primary?.range.start ?? 0) < ($1.primary?.range.start ?? 0) })
  }

  /// What calls of a function of the host or the library may hold.
  private func signature(of name: String) -> FunctionSignature? {
    if let index = machine.builtinIndex(name) {
      let native = machine.builtins[index]
      return FunctionSignature(
        native.parameters.map {
          .init($0.name, isOption: $0.isOption, isRequired: $0.isRequired, words: $0.words)
        }, isVariadic: native.isVariadic, collectsFields: native.collectsFields)
    }
    guard library.names.contains(name), let closure = closure(named: name) else { return nil }
    return FunctionSignature(
      closure.parameters.map {
        .init($0.name, isOption: $0.defaultText != nil, isRequired: $0.defaultText == nil)
      })
  }

  /// Diagnostics with what cures them, where a change of the text does.
  public func mended(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
    diagnostics.isEmpty ? [] : Syntax.mended(diagnostics, known: Set(knownNames))
  }

  /// Runs text under a name.
  public func evaluate(_ text: String, name: String = "<input>", isPrompt: Bool = false) -> Outcome
  {
    evaluate(SourceFile(name: name, text: text), isPrompt: isPrompt)
  }

  /// The value of a global of the session, borrowed; nil if there is none.
  public func value(of name: String) -> Value? {
    if let value = paused.last?.value(of: name), !value.isAbsent { return value }
    guard let slot = scope.slots[name], !machine[global: slot].isAbsent else { return nil }
    return machine[global: slot]
  }

  /// The session's own names with a value.
  public var userNames: [String] {
    let waiting = paused.last?.variables.names ?? []
    let own = scope.slots.filter { !machine[global: $0.value].isAbsent }.keys
    return Set(own).union(waiting).sorted()
  }

  /// Every name that can be written: the session's, the host's, the library's.
  public var knownNames: [String] { paused.last?.knownNames ?? scope.knownNames }

  // MARK: - Library and modules

  private func loadLibrary(_ slot: Int) throws -> Bool {
    guard let file = library.fileToLoad(for: slot) else { return false }
    let source = SourceFile(name: "library/" + file.path, text: file.source)
    machine.libraryFiles.insert(ObjectIdentifier(source))
    do {
      try run(source, in: NameScope(.library, machine: machine, library: library))
    } catch {
      library.unload(file)
      throw error
    }
    return true
  }

  private func runModule(_ file: SourceFile) throws -> Value {
    guard !moduleStack.contains(file.name) else {
      throw Diagnosis(
        "E120",
        "\(file.name) imports itself: \((moduleStack + [file.name]).joined(separator: " -> "))")
    }
    moduleStack.append(file.name)
    defer { moduleStack.removeLast() }
    let names = NameScope(.module, machine: machine, library: library)
    try run(file, in: names)
    let fields = names.slots.sorted { $0.value < $1.value }.compactMap { name, slot in
      name.hasPrefix("_") || machine[global: slot].isAbsent ? nil : (name, machine[global: slot])
    }
    return .owning(RecordObject(fields))
  }

  private func run(_ file: SourceFile, in names: NameScope) throws {
    let compiled = compile(parse(file), names: names)
    guard let prototype = compiled.prototype else {
      guard let first = compiled.diagnostics.first(where: \.isError) else {
        preconditionFailure("what does not compile has an error")
      }
      throw RuntimeFailure(first)
    }
    try machine.run(prototype).release()
  }

  private func readModule(_ path: String, from: String) throws -> SourceFile {
    let folder = from.lastIndex(of: "/").map { String(from[...$0]) } ?? ""
    for candidate in path.hasPrefix("/") ? [path] : [folder + path, path] {
      if let bytes = SourceReader.read(candidate) {
        return SourceFile(name: candidate, bytes: bytes)
      }
    }
    throw Diagnosis(
      "E120", "there is no file \"\(path)\" to import", arguments: [(0, "")],
      notes: ["Imports are looked for beside the importing file, then in the current folder."],
      hint: path.hasSuffix(".ccv") ? nil : "`import \"\(path).ccv\"`.")
  }
}

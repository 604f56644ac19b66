import Bytecode
import Interpreter
import StandardLibrary
import Syntax

/// The names of the session, of a module or of a library file, over those of the host.
final class NameScope: GlobalNames {
  enum Kind {
    case user, module, library
  }
  private let machine: Machine
  private let library: LibraryIndex
  private let kind: Kind
  private(set) var slots: [String: Int] = [:]
  var allowsForwardReferences = false

  init(_ kind: Kind, machine: Machine, library: LibraryIndex) {
    self.kind = kind
    self.machine = machine
    self.library = library
  }

  func resolve(_ name: String) -> Resolution? {
    if let slot = slots[name] { return .slot(slot) }
    if let index = machine.builtinIndex(name) { return .builtin(index) }
    return library.slot(of: name).map { .slot($0) }
  }

  func define(_ name: String) -> Int {
    if let slot = slots[name] { return slot }
    let shared = kind == .library && !name.hasPrefix("_") ? library.slot(of: name) : nil
    let slot = shared ?? machine.makeSlot(named: name)
    slots[name] = slot
    return slot
  }

  var knownNames: [String] {
    Array(slots.keys) + machine.builtins.map(\.name) + library.names
  }
}

/// Which file of the library defines which name; files are run at the first use of one.
final class LibraryIndex {
  private let machine: Machine
  private var files: [String: LibraryFile] = [:]
  private var fileOfSlot: [Int: String] = [:]
  private var slots: [String: Int] = [:]
  private var fileOfName: [String: String] = [:]
  private var loaded: Set<String> = []
  /// The names by file, in the order of their definitions.
  private(set) var names: [String] = []
  let problem: String?

  init(machine: Machine) {
    self.machine = machine
    do {
      let all = try Library.files()
      problem = nil
      for file in all {
        files[file.path] = file
        for definition in Library.definitions(of: file) {
          fileOfName[definition.name] = file.path
          names.append(definition.name)
        }
      }
    } catch {
      problem = "\(error)"
    }
  }

  func slot(of name: String) -> Int? {
    guard let path = fileOfName[name] else { return nil }
    if let slot = slots[name] { return slot }
    let slot = machine.makeSlot(named: name)
    slots[name] = slot
    fileOfSlot[slot] = path
    return slot
  }

  /// The files as sources, by the names that errors show.
  var sources: [SourceFile] {
    files.values.sorted { $0.path < $1.path }
      .map { SourceFile(name: "library/" + $0.path, text: $0.source) }
  }

  /// A file that did not run to its end is run again at the next use of one of its names.
  func unload(_ file: LibraryFile) { loaded.remove(file.path) }

  /// The file that must run to fill a slot, if it has not been run yet.
  func fileToLoad(for slot: Int) -> LibraryFile? {
    guard let path = fileOfSlot[slot], loaded.insert(path).inserted else { return nil }
    return files[path]
  }
}

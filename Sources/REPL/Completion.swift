import Glibc
import Interpreter
import Session
import Syntax

/// What Tab offers: fields behind a dot, options and names elsewhere, files inside quotes.
struct Completion {
  let session: Session

  struct Candidates {
    var texts: [String]
    /// What is put behind a single candidate.
    var append: Character?
  }

  /// Candidates for the word `start ..< end` (bytes) of a line.
  func candidates(_ line: String, start: Int, end: Int) -> Candidates {
    let bytes = Array(line.utf8)
    let word = String(decoding: bytes[min(start, bytes.count)..<min(end, bytes.count)], as: UTF8.self)
    let before = String(decoding: bytes[..<min(start, bytes.count)], as: UTF8.self)
    if let quoted = openString(before + word) { return files(quoted, word) }
    if before.hasSuffix(".") { return fields(of: base(before.dropLast()), word) }
    var names = session.knownNames + Token.Kind.reservedWords
    var append: Character?
    if let function = openCall(before), let native = session.machine.builtins.first(where: { $0.name == function }) {
      let options = native.parameters.filter(\.isOption).map { $0.name + ":" }.filter { $0.hasPrefix(word) }
      if !options.isEmpty, !word.isEmpty { append = " " }
      names = options + names
    }
    let found = Set(names.filter { $0.hasPrefix(word) && !$0.hasPrefix("_") }).sorted()
    if found.count == 1, let only = found.first, session.machine.builtinIndex(only) != nil { append = "(" }
    return Candidates(texts: found, append: append)
  }

  /// The text since the quote that is still open.
  private func openString(_ text: String) -> String? {
    var start: String.Index?
    for index in text.indices where text[index] == "\"" {
      start = start == nil ? text.index(after: index) : nil
    }
    return start.map { String(text[$0...]) }
  }

  private func files(_ path: String, _ word: String) -> Candidates {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    let prefix = path.dropFirst(folder.count)
    guard let handle = opendir(folder.isEmpty ? "." : folder) else { return Candidates(texts: []) }
    defer { closedir(handle) }
    var found = [String]()
    let lead = String(word.dropLast(min(word.count, prefix.count)))
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasPrefix(prefix), !name.hasPrefix(".") else { continue }
      var status = stat()
      let isFolder = stat(folder + name, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      found.append(lead + name + (isFolder ? "/" : ""))
    }
    return Candidates(texts: found.sorted(), append: nil)
  }

  private func fields(of base: String, _ word: String) -> Candidates {
    let parts = base.split(separator: ".").map(String.init)
    guard let first = parts.first, var value = session.value(of: first) else {
      return Candidates(texts: [])
    }
    for part in parts.dropFirst() {
      guard let record = value.record, let field = record[part] else {
        return Candidates(texts: [])
      }
      value = field
    }
    let names: [String] =
      switch value.object {
      case let record as RecordObject: record.fields.map(\.name)
      case let foreign as ForeignObject: foreign.fieldNames
      default: []
      }
    return Candidates(texts: names.filter { $0.hasPrefix(word) }.sorted(), append: nil)
  }

  /// The dotted name at the end of a text.
  private func base(_ text: Substring) -> String {
    String(text.reversed().prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }.reversed())
  }

  /// The function whose parenthesis is open at the end of a text.
  private func openCall(_ text: String) -> String? {
    var depth = 0
    for index in text.indices.reversed() {
      switch text[index] {
      case ")": depth += 1
      case "(" where depth > 0: depth -= 1
      case "(": return base(text[..<index])
      default: break
      }
    }
    return nil
  }
}

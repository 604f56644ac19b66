import Glibc
import Interpreter
import Session
import Syntax

/// What Tab offers: fields behind a dot, options and names elsewhere, files inside quotes.
struct Completion {
  let session: Session

  struct Candidates {
    /// In the order in which they are shown: options before names.
    var texts: [String]
    /// What is put behind a single candidate.
    var append: Character?
  }

  /// Candidates for the word `start ..< end` (bytes) of a line.
  ///
  /// - Parameter block: the lines before it, when it continues a block.
  func candidates(_ line: String, start: Int, end: Int, block: String = "") -> Candidates {
    let bytes = Array(line.utf8)
    let word = String(
      decoding: bytes[min(start, bytes.count)..<min(end, bytes.count)], as: UTF8.self)
    let before =
      block + (block.isEmpty ? "" : "\n")
      + String(decoding: bytes[..<min(start, bytes.count)], as: UTF8.self)
    if let quoted = openString(before + word) { return files(quoted, word) }
    if before.hasSuffix(".") { return fields(of: base(before.dropLast()), word) }
    if before.hasPrefix("?") { return Candidates(texts: offered(session.knownNames, word)) }
    let file = SourceFile(name: "", text: before)
    let tokens = tokens(in: file)
    let options = offered(self.options(in: tokens, file), word)
    // Where nothing is typed yet the options are the answer; all names would bury them.
    let isAsking = word.isEmpty && !options.isEmpty
    let own = tokens.filter { $0.kind == .name }.map { file.text(of: $0.range) }
    let names = isAsking ? [] : offered(own + session.knownNames + Token.Kind.reservedWords, word)
    let found = options + names
    guard found.count == 1, let only = found.first else { return Candidates(texts: found) }
    let isFunction = !own.contains(only) && session.options(of: only) != nil
    return Candidates(texts: found, append: only.hasSuffix(":") ? " " : isFunction ? "(" : nil)
  }

  /// What goes on from a word, once each and sorted.
  private func offered(_ names: [String], _ word: String) -> [String] {
    Set(names.filter { $0.hasPrefix(word) && !$0.hasPrefix("_") }).sorted()
  }

  /// The options of the call that is open, where an argument begins.
  private func options(in tokens: [Token], _ file: SourceFile) -> [String] {
    let last = tokens.last { !$0.kind.isComment }
    guard last?.kind == .leftParenthesis || last?.kind == .comma else { return [] }
    return openCall(in: tokens, file).flatMap(session.options)?.map { $0 + ":" } ?? []
  }

  /// The text since the quote that is still open; apostrophes and escapes are read as the lexer does.
  private func openString(_ text: String) -> String? {
    var opening: (quote: Character, start: String.Index)?
    var index = text.startIndex
    while index < text.endIndex {
      let character = text[index]
      let next = text.index(after: index)
      if let open = opening {
        if character == "\\", open.quote == "\"", next < text.endIndex {
          index = text.index(after: next)
          continue
        }
        if character == open.quote || character == "\n" { opening = nil }
      } else if character == "\"" || character == "'" {
        opening = (character, next)
      } else if character == "#" {
        index = text[next...].firstIndex(of: "\n") ?? text.endIndex
        continue
      }
      index = next
    }
    return opening.map { String(text[$0.start...]) }
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
    String(
      text.reversed().prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }.reversed())
  }

  /// The function whose parenthesis is open at the end of a text.
  private func openCall(in tokens: [Token], _ file: SourceFile) -> String? {
    var depth = 0
    for (index, token) in tokens.enumerated().reversed() {
      switch token.kind {
      case .rightParenthesis, .rightBracket, .rightBrace: depth += 1
      case .leftParenthesis, .leftBracket, .leftBrace:
        depth -= 1
        guard depth < 0 else { continue }
        let isCall = token.kind == .leftParenthesis && index > 0 && tokens[index - 1].kind == .name
        return isCall ? file.text(of: tokens[index - 1].range) : nil
      default: break
      }
    }
    return nil
  }
}

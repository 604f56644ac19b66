import Builtins
import Glibc
import Interpreter
import Session
import Syntax

/// What Tab offers: fields behind a dot; options, their words and names elsewhere; files inside quotes.
struct Completion {
  let session: Session

  /// One thing that could be meant.
  struct Item: Equatable {
    /// What stands in the menu.
    var label: String
    /// What it is, in a line: a type, a shape, a summary.
    var note = ""
    /// What is put behind it when it is the only one.
    var ending = ""
  }

  struct Candidates: Equatable {
    /// The end of the text that the items would replace.
    var word: String
    /// In the order in which they are shown.
    var items: [Item] = []

    var labels: [String] { items.map(\.label) }

    /// What the word becomes: the only item, or as much as all have in common.
    var insertion: String {
      guard let first = items.first else { return word }
      if items.count == 1 { return first.label + first.ending }
      let common = items.dropFirst().reduce(Substring(first.label)) { common, item in
        common.prefix(zip(common, item.label).prefix { $0 == $1 }.count)
      }
      // Items that only hold the word have nothing in common that continues it.
      return common.hasPrefix(word) ? String(common) : word
    }
  }

  /// What could follow a text, which ends at the cursor.
  func candidates(_ text: String) -> Candidates {
    let quoted = OpenQuote(in: text)
    if let quoted { return inString(quoted) }
    let word = String(text.reversed().prefix { Self.isNamePart($0) }.reversed())
    let before = String(text.dropLast(word.count))
    if before.hasSuffix(".") && !before.hasSuffix("..") {
      return fields(of: Self.dottedName(before.dropLast()), word)
    }
    if before.hasPrefix("?"), before.allSatisfy({ $0 == "?" || $0 == " " }) {
      let pages = session.knownNames + TopicPages.all.map(\.name)
      let found = matching(pages.map { Item(label: $0) }, word)
      return Candidates(word: word, items: found.count > 40 ? found : found.map(page))
    }
    // A number has no completion.
    if word.first?.isNumber == true { return Candidates(word: word) }
    return names(before, word)
  }

  // MARK: - Names and options

  private func names(_ before: String, _ word: String) -> Candidates {
    let file = SourceFile(name: "", text: before)
    let tokens = tokens(in: file)
    if tokens.last?.kind.isComment == true, !before.hasSuffix("\n") {
      return Candidates(word: word)
    }
    let options = matching(options(in: tokens, file), word, keepsOrder: true)
    // Where nothing is typed yet the options are the answer; all names would bury them.
    if word.isEmpty, !options.isEmpty { return Candidates(word: word, items: options) }
    let own = Set(tokens.filter { $0.kind == .name }.map { file.text(of: $0.range) })
    let known = Set(session.knownNames)
    let items =
      own.subtracting(known).map { Item(label: $0) } + known.map { Item(label: $0) }
      + Token.Kind.reservedWords.map { Item(label: $0, note: "word of the language") }
    // Beside an option that fits, a name must begin with the word, too.
    let found = matching(items.filter { options.isEmpty || $0.label.hasPrefix(word) }, word)
    // What each is takes a moment to say: only for as many as a person reads.
    let isShort = options.count + found.count <= 40
    let names = isShort ? found.map { known.contains($0.label) ? described($0.label) : $0 } : found
    return Candidates(word: word, items: options + names)
  }

  /// What help has a page of.
  private func page(_ item: Item) -> Item {
    let note = session.note(on: item.label)
    let topic = TopicPages.all.first { $0.name == item.label }?.summary ?? ""
    return Item(label: item.label, note: note.isEmpty ? topic : note)
  }

  private func described(_ name: String) -> Item {
    let isFunction = session.parameters(of: name) != nil
    return Item(label: name, note: session.note(on: name), ending: isFunction ? "(" : "")
  }

  /// Items that begin with a word; if there are none, those that hold it, then those that hold its
  /// letters in their order. Each once, sorted unless their own order says something.
  private func matching(_ items: [Item], _ word: String, keepsOrder: Bool = false) -> [Item] {
    let open = items.filter { !$0.label.hasPrefix("_") || word.hasPrefix("_") }
    func sorted(_ found: [Item]) -> [Item] {
      var seen: Set<String> = []
      let ordered = keepsOrder ? found : found.sorted { $0.label < $1.label }
      return ordered.filter { seen.insert($0.label).inserted }
    }
    let beginning = open.filter { $0.label.hasPrefix(word) }
    if !beginning.isEmpty || word.isEmpty { return sorted(beginning) }
    let lowered = word.lowercased()
    let holding = open.filter { $0.label.lowercased().contains(lowered) }
    if !holding.isEmpty || word.count < 3 { return sorted(holding) }
    return sorted(open.filter { Self.holds($0.label.lowercased(), inOrder: lowered) })
  }

  private static func holds(_ text: String, inOrder letters: String) -> Bool {
    var rest = letters[...]
    for letter in text where letter == rest.first { rest.removeFirst() }
    return rest.isEmpty
  }

  /// The options of the call that is open, where an argument begins; those that are given already are
  /// left out.
  private func options(in tokens: [Token], _ file: SourceFile) -> [Item] {
    guard let last = tokens.last(where: { !$0.kind.isComment }),
      last.kind == .leftParenthesis || last.kind == .comma,
      let call = OpenCall(in: tokens, file), let parameters = session.parameters(of: call.name)
    else { return [] }
    return parameters.filter { $0.isOption && !call.options.contains($0.name) }.map {
      Item(label: $0.name + ":", note: $0.note, ending: " ")
    }
  }

  // MARK: - Strings

  /// Words that an option takes; the functions that `??` can show; else files.
  private func inString(_ quote: OpenQuote) -> Candidates {
    let file = SourceFile(name: "", text: quote.before)
    let tokens = tokens(in: file).filter { !$0.kind.isComment }
    let words = wordsTaken(tokens, file)
    let items = matching(words.map { Item(label: $0, ending: String(quote.mark)) }, quote.text)
    if !items.isEmpty { return Candidates(word: quote.text, items: items) }
    return files(quote, onlyScripts: tokens.last?.kind == .import)
  }

  /// The words of the argument whose string is open.
  private func wordsTaken(_ tokens: [Token], _ file: SourceFile) -> [String] {
    guard let call = OpenCall(in: tokens, file), let parameters = session.parameters(of: call.name)
    else { return [] }
    if tokens.last?.kind == .colon, tokens.count > 1 {
      let name = file.text(of: tokens[tokens.count - 2].range)
      return parameters.first { $0.name == name }?.words ?? []
    }
    let positional = parameters.filter { !$0.isOption }
    return call.position < positional.count ? positional[call.position].words : []
  }

  private func files(_ quote: OpenQuote, onlyScripts: Bool) -> Candidates {
    let path = quote.text
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    let prefix = String(path.dropFirst(folder.count))
    let place = folder.hasPrefix("~/") ? Self.home + folder.dropFirst() : folder
    var items = [Item]()
    guard let handle = opendir(place.isEmpty ? "." : place) else { return Candidates(word: prefix) }
    defer { closedir(handle) }
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasPrefix(prefix), prefix.hasPrefix(".") || !name.hasPrefix(".") else { continue }
      var status = stat()
      let isFolder = stat(place + name, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      guard isFolder || !onlyScripts || name.hasSuffix(".ccv") else { continue }
      items.append(
        Item(label: name + (isFolder ? "/" : ""), ending: isFolder ? "" : String(quote.mark)))
    }
    return Candidates(word: prefix, items: items.sorted { $0.label < $1.label })
  }

  private static let home = getenv("HOME").map { String(cString: $0) } ?? "~"

  // MARK: - Fields

  private func fields(of base: String, _ word: String) -> Candidates {
    let parts = base.split(separator: ".").map(String.init)
    guard let first = parts.first, var value = session.value(of: first) else {
      return Candidates(word: word)
    }
    for part in parts.dropFirst() {
      guard let field = value.record?[part] else { return Candidates(word: word) }
      value = field
    }
    var items: [Item] = []
    switch value.object {
    case let record as RecordObject:
      items = record.fields.map { Item(label: $0.name, note: session.note(on: $0.value)) }
    case let foreign as ForeignObject:
      items = foreign.fieldNames.map { name in
        guard let field = try? foreign.field(name) else { return Item(label: name) }
        defer { field.release() }
        return Item(label: name, note: session.note(on: field))
      }
    default: break
    }
    return Candidates(word: word, items: matching(items, word))
  }

  private static func isNamePart(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }

  /// The dotted name at the end of a text.
  private static func dottedName(_ text: Substring) -> String {
    String(text.reversed().prefix { isNamePart($0) || $0 == "." }.reversed())
  }
}

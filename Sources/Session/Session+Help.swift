public import Builtins
import Bytecode
import Interpreter
import Syntax

extension Session {
  /// What `?name`, `??name`, `?E021` or `?some words` says, folded to the width of the terminal.
  public func helpText(for query: String) -> String { help(on: query).text }

  /// What help says on a question, with or without `?` before it, and whether it found anything.
  ///
  /// `name` explains a function, a value of the session, a topic or an error code; `??name` shows the
  /// source of a function; other words search.
  public func help(on query: String) -> HelpPages.Answer {
    let topic = query.drop { $0 == "?" }.split(separator: " ").joined(separator: " ")
    if query.hasPrefix("??"), let closure = closure(named: topic) {
      return .init(text: source(of: closure), isFound: true)
    }
    if topic.hasPrefix("_"), let definition = privateDefinitions.first(where: { $0.name == topic })
    {
      return .init(text: definition.text + "\n", isFound: true)
    }
    let answer = page(for: topic)
    let note = query.hasPrefix("??") ? nativeNote(on: topic) : ""
    return .init(
      text: TerminalText.folded(note + answer.text, to: host.width()), isFound: answer.isFound)
  }

  /// Where the source of a built-in function is, which is not in the language.
  private func nativeNote(on name: String) -> String {
    guard value(of: name) == nil, let index = machine.builtinIndex(name) else { return "" }
    let place = machine.builtins[index].place
    return "\(name) is built in, written in Swift: Sources/\(place.file), line \(place.line)."
      + " Its help:\n\n"
  }

  private func page(for topic: String) -> HelpPages.Answer {
    if topic.isEmpty { return .init(text: HelpPages.overview, isFound: true) }
    let name = topic.hasSuffix("()") ? String(topic.dropLast(2)) : topic
    if let closure = closure(named: name) {
      return .init(text: HelpPages.page(closure), isFound: true)
    }
    if let value = value(of: name) {
      // The front page has people make `images`, and has a page of that name.
      let page = TopicPages.all.first { $0.name == name }.map { "\n" + $0.text } ?? ""
      return .init(text: "\(name): \(Display.summary(value))\n" + page, isFound: true)
    }
    return HelpPages.answer(topic, machine, host)
  }

  /// A function of the session or of the library, which is loaded for it.
  func closure(named name: String) -> ClosureObject? {
    if let value = value(of: name) { return value.closure }
    guard knownNames.contains(name), machine.builtinIndex(name) == nil else { return nil }
    let outcome = machineValue(of: name)
    return outcome?.closure
  }

  private func machineValue(of name: String) -> Value? {
    guard case .slot(let slot) = scope.resolve(name) else { return nil }
    if machine[global: slot].isAbsent { _ = try? machine.fillSlot(slot) }
    return machine[global: slot]
  }

  // MARK: - Source

  /// A definition at the top of a library file.
  private struct Definition {
    let name: String, text: String, file: String
  }

  /// The names that library files keep to themselves, which begin with `_`.
  private var privateDefinitions: [Definition] {
    library.sources.flatMap { file in
      parse(file).program.statements.flatMap { statement -> [Definition] in
        let names: [Name] =
          switch statement.kind {
          case .let(let pattern, _): pattern.names
          case .function(let declaration): [declaration.name]
          default: []
          }
        return names.filter { $0.text.hasPrefix("_") }.map {
          Definition(name: $0.text, text: file.text(of: statement.range), file: file.name)
        }
      }
    }
  }

  /// The source of a function; one of the library comes with what is private to its file, so that the text can
  /// be pasted, run and changed.
  private func source(of closure: ClosureObject) -> String {
    let place = "# \(closure.file.name), line \(closure.line)"
    guard library.names.contains(closure.name), closure.file.name.hasPrefix("library/") else {
      return "\(closure.source)\n\n\(place).\n"
    }
    let known = privateDefinitions.filter { $0.file == closure.file.name }
    var (used, open) = (Set<String>(), [closure.source])
    while let text = open.popLast() {
      let words = Set(text.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init))
      for definition in known
      where words.contains(definition.name) && used.insert(definition.name).inserted {
        open.append(definition.text)
      }
    }
    let helpers = known.filter { used.contains($0.name) }.map { $0.text + "\n\n" }.joined()
    return "\(helpers)\(closure.source)\n\n\(place): a part of ccv.\n"
  }
}

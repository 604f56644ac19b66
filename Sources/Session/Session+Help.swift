import Builtins
import Bytecode
import Interpreter
import Syntax

extension Session {
  /// What `?name`, `??name`, `?E021` or `?some words` says.
  public func helpText(for query: String) -> String {
    let topic = query.drop { $0 == "?" }.split(separator: " ").joined(separator: " ")
    let wantsSource = query.hasPrefix("??")
    if wantsSource, let closure = closure(named: topic) { return source(of: closure) }
    if topic.hasPrefix("_"), let definition = privateDefinitions.first(where: { $0.name == topic })
    {
      return definition.text + "\n"
    }
    let isNative = value(of: topic) == nil && machine.builtinIndex(topic) != nil
    let note =
      wantsSource && isNative
      ? "\(topic) is built in: it has no source in the language. Its help:\n\n" : ""
    return TerminalText.folded(note + page(for: topic), to: host.width())
  }

  private func page(for topic: String) -> String {
    if topic.isEmpty { return HelpPages.overview(machine, host) }
    if let closure = closure(named: topic) { return HelpPages.page(closure) }
    if let value = value(of: topic) { return "\(topic): \(Display.summary(value))\n" }
    return HelpPages.topic(topic, machine, host)
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
    guard library.names.contains(closure.name), closure.file.name.hasPrefix("library/") else {
      return closure.source + "\n"
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
    return helpers + closure.source + "\n\n# From \(closure.file.name), a part of ccv.\n"
  }
}

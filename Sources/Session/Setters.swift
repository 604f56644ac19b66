import Builtins
import Interpreter
import Syntax

/// Which entry, script or cell gave each variable of a session its value, for `whos`.
///
/// An entry set what it names on the left of a `let`, `fn` or `=`, and what is another value after it.
struct Setters {
  /// A value is told from another by its bits, so that none is kept alive for this.
  private var known: [String: (value: Value, source: String)] = [:]
  /// What runs now.
  private(set) var current = ""

  /// Begins an entry, told by its first line, or a file, told by its name.
  mutating func begin(_ file: SourceFile, isPrompt: Bool) {
    let text = isPrompt ? file.text.drop(while: \.isWhitespace) : file.name[...]
    current = String(text.prefix { !$0.isNewline })
    if !isPrompt, let slash = current.lastIndex(of: "/") {
      current = String(current[slash...].dropFirst())
    }
  }

  /// Ends it: `variables` are those that there are now. What failed half-way has not set all that it names.
  mutating func end(_ program: Program, failed: Bool, _ variables: [(name: String, value: Value)]) {
    let named = failed ? [] : Set(program.statements.flatMap(Self.names(setBy:)))
    for (name, value) in variables where named.contains(name) || !isKnown(name, value) {
      known[name] = (value, current)
    }
  }

  /// Where a variable's present value comes from.
  func source(of name: String, _ value: Value) -> String {
    isKnown(name, value) ? known[name]?.source ?? current : current
  }

  private func isKnown(_ name: String, _ value: Value) -> Bool {
    known[name].map { $0.value.isIdentical(to: value) } ?? false
  }

  private static func names(setBy statement: Stmt) -> [String] {
    switch statement.kind {
    case .let(let pattern, _): pattern.names.map(\.text)
    case .function(let function): [function.name.text]
    case .assign(let place, _): [place.base.text]
    default: []
    }
  }
}

import Syntax
import Testing

/// Parses text that must be sound and returns its tree as text.
func dump(_ text: String, sourceLocation: Testing.SourceLocation = #_sourceLocation) -> String {
  let result = parse(SourceFile(name: "test.ccv", text: text))
  #expect(result.diagnostics.isEmpty, "\(text)", sourceLocation: sourceLocation)
  return result.program.dump()
}

/// Parses text that must be one sound expression and returns it as an S-expression, which fits on
/// one line of a test.
func expression(
  _ text: String, sourceLocation: Testing.SourceLocation = #_sourceLocation
) -> String {
  nested(dump(text, sourceLocation: sourceLocation).split(separator: "\n")[...])
}

/// Turns indented lines into nested parentheses.
private func nested(_ lines: ArraySlice<Substring>) -> String {
  var rest = lines
  var items: [String] = []
  while let head = rest.popFirst() {
    let depth = head.prefix { $0 == " " }.count
    let children = rest.prefix { $0.prefix { $0 == " " }.count > depth }
    rest = rest.dropFirst(children.count)
    let name = String(head.dropFirst(depth))
    items.append(children.isEmpty ? name : "(\(name) \(nested(children)))")
  }
  return items.joined(separator: " ")
}

/// The codes of what is wrong with a text, in order.
func codes(_ text: String) -> [String] {
  parse(SourceFile(name: "test.ccv", text: text)).diagnostics.map(\.code.description)
}

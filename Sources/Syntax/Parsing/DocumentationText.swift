extension Documentation {
  /// Reads `##` lines: text, and doctests that start with `## >`.
  init(lines tokens: [Token], in file: SourceFile) {
    var text: [String] = []
    var doctests: [Doctest] = []
    var isInDoctest = false
    var wasCode = false
    for token in tokens {
      let line = Self.content(file.text(of: token.range))
      let isCode = line == ">" || line.hasPrefix("> ")
      let code = String(line.dropFirst(2))
      if isCode && wasCode {
        doctests[doctests.count - 1].code += "\n" + code
        doctests[doctests.count - 1].range = doctests[doctests.count - 1].range.union(token.range)
      } else if isCode {
        doctests.append(Doctest(code: code, range: token.range, expected: []))
        isInDoctest = true
      } else if line.isEmpty || !isInDoctest {
        isInDoctest = false
        text.append(line)
      } else {
        doctests[doctests.count - 1].expected.append(line)
      }
      wasCode = isCode
    }
    while text.last?.isEmpty ?? false { text.removeLast() }
    self.summary = text.first ?? ""
    self.text = text.joined(separator: "\n")
    self.doctests = doctests
    self.range = tokens.dropFirst().reduce(tokens[0].range) { $0.union($1.range) }
  }

  /// A line without `##` and the blank after it.
  private static func content(_ line: String) -> String {
    var rest = line.drop { $0 == "#" }
    if rest.first == " " || rest.first == "\t" { rest = rest.dropFirst() }
    let end = rest.lastIndex { $0 != " " && $0 != "\t" }
    return end.map { String(rest[...$0]) } ?? ""
  }
}

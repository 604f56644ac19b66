// Which lines of a text with mistakes its tree does not hold.

/// The lines of the statements that could not be read, and the names on them.
public struct BrokenLines: Sendable {
  /// One-based lines.
  public let lines: Set<Int>

  /// The names on these lines; some of them may have been about to be made.
  public let names: Set<String>

  /// Whether nothing can be said of the rest: a bracket is open to the end, or the text cannot be read.
  public let isEverything: Bool

  /// Finds them in a parse with errors.
  public init(_ parsed: ParseResult) {
    let file = parsed.file
    let fatal: Set<ErrorCode> = [
      .unclosedBracket, .strayCloser, .unclosedString, .tooDeep, .notUTF8, .sourceTooLong,
    ]
    isEverything = parsed.diagnostics.contains { $0.isError && fatal.contains($0.code) }
    var lines = Self.uncovered(parsed.program.statements, in: 1...file.lineCount, of: file)
    for label in parsed.diagnostics.filter(\.isError).flatMap(\.labels) {
      lines.insert(file.line(at: label.range.start))
    }
    self.lines = lines
    guard !isEverything else {
      names = []
      return
    }
    var lexer = Lexer(file)
    lexer.run()
    names = Set(
      lexer.tokens.lazy
        .filter { $0.kind == .name && lines.contains(file.line(at: $0.range.start)) }
        .map { file.text(of: $0.range) })
  }

  private static func uncovered(
    _ statements: [Stmt], in all: ClosedRange<Int>, of file: SourceFile
  ) -> Set<Int> {
    var result = Set(all)
    for statement in statements {
      result.subtract(lines(of: statement.range, in: file))
      for block in blocks(of: statement) {
        let inner = lines(of: block.range, in: file)
        guard inner.count > 2 else { continue }
        result.formUnion(
          uncovered(
            block.statements, in: inner.lowerBound + 1...inner.upperBound - 1, of: file))
      }
    }
    return result
  }

  private static func lines(of range: SourceRange, in file: SourceFile) -> ClosedRange<Int> {
    file.line(at: range.start)...file.line(at: max(range.start, range.end - 1))
  }

  private static func blocks(of statement: Stmt) -> [Block] {
    var blocks = statement.blocks, open = statement.parts
    while let part = open.popLast() {
      blocks += part.blocks
      open += part.parts
    }
    return blocks
  }
}

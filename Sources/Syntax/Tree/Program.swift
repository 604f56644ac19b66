// The roots of the tree: what one parse returns. Trees are values without parent links; every node
// carries its `range`, and every name its own.

/// What a parse returns; `program` is always there, whatever the text was.
public struct ParseResult: Sendable {
  /// The text that was parsed.
  public var file: SourceFile

  /// The tree; compile it only when `hasErrors` is false.
  public var program: Program

  /// What was wrong, in source order.
  public var diagnostics: [Diagnostic]

  /// Whether more lines could complete the text, so that a prompt should ask for them.
  ///
  /// False for a text with a mistake that no later line can mend.
  public var isIncomplete: Bool

  /// Whether any diagnostic is an error.
  public var hasErrors: Bool { diagnostics.contains { $0.isError } }
}

/// A whole source: its statements and its cells.
public struct Program: Sendable {
  /// The statements in order.
  public var statements: [Stmt]

  /// The cells that `# %%` lines start; empty when there are none.
  ///
  /// Text before the first is no cell.
  public var cells: [Cell]

  /// Whether the last statement is followed by `;`, which asks a prompt not to show its value.
  public var endsWithSemicolon: Bool

  /// The whole source.
  public var range: SourceRange
}

/// A part of a script that starts with a `# %%` line, the percent format that editors know.
public struct Cell: Sendable {
  /// What a cell holds.
  public enum Kind: Sendable, Equatable {
    /// Statements.
    case code
    /// Prose in comment lines, marked `[markdown]` or `[md]`.
    case markdown
  }

  /// What it holds.
  public var kind: Kind

  /// The words after the marker; may be empty.
  public var title: String

  /// The `# %%` line.
  public var headerRange: SourceRange

  /// Everything after the header line, up to the next cell.
  public var bodyRange: SourceRange
}

/// An identifier where it stands.
public struct Name: Sendable, Hashable {
  /// Its letters.
  public var text: String

  /// Its place.
  public var range: SourceRange

  /// Creates a name.
  public init(_ text: String, _ range: SourceRange) {
    self.text = text
    self.range = range
  }
}

/// What `##` lines above a `fn` say.
public struct Documentation: Sendable {
  /// An example of a documentation, which tests run.
  public struct Doctest: Sendable, Equatable {
    /// The code after `## >`; further `## >` lines right below continue it.
    public var code: String

    /// The place of the code, for messages; it covers the `## >` lines.
    public var range: SourceRange

    /// The lines that it should print, without `## `.
    public var expected: [String]
  }

  /// The first line.
  public var summary: String

  /// All lines without `##`, doctests left out.
  public var text: String

  /// The doctests in order.
  public var doctests: [Doctest]

  /// All `##` lines.
  public var range: SourceRange

  /// The text and the doctests as help shows them, a line each.
  public var lines: [String] {
    let prose = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let examples = doctests.flatMap { doctest in
      doctest.code.split(separator: "\n").map { "> \($0)" } + doctest.expected
    }
    return prose + examples
  }
}

/// Something to tell a user about a program, as a value; `DiagnosticRenderer` makes text of it.
public struct Diagnostic: Error, Sendable {
  public enum Severity: String, Sendable { case error, warning, note }

  /// A part of a source text with what there is to say about it.
  public struct Label: Sendable {
    public let file: SourceFile
    public let range: SourceRange
    public let text: String

    public init(_ file: SourceFile, _ range: SourceRange, _ text: String = "") {
      self.file = file
      self.range = range
      self.text = text
    }
  }

  /// One call that was under way when a run-time error came up.
  public struct TraceEntry: Sendable, Equatable {
    public let function: String
    public let file: String
    public let line: Int

    public init(function: String, file: String, line: Int) {
      self.function = function
      self.file = file
      self.line = line
    }
  }

  public var severity: Severity
  /// Stable: `E021` has a page in the help.
  public var code: String
  /// One sentence that stands alone.
  public var message: String
  /// Where; the first is the primary one.
  public var labels: [Label]
  /// Further sentences: the rule that was broken.
  public var notes: [String]
  /// One thing to try.
  public var hint: String?
  /// Calls under way, innermost first.
  public var trace: [TraceEntry] = []

  public init(
    _ code: String, _ message: String, labels: [Label] = [], notes: [String] = [],
    hint: String? = nil, severity: Severity = .error
  ) {
    self.severity = severity
    self.code = code
    self.message = message
    self.labels = labels
    self.notes = notes
    self.hint = hint
  }
}

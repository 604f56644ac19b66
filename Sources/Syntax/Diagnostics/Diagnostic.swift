// What every phase has to say to the user, as a value: lexer, parser, compiler and the running
// program all use this one type. It holds no layout; `DiagnosticRenderer` turns it into lines.

/// A message about source text, with the places it is about and one thing to try.
public struct Diagnostic: Error, Sendable, Equatable {
  /// How grave it is.
  public enum Severity: String, Sendable, Equatable {
    /// The program cannot run, or stopped.
    case error
    /// The program runs, but probably not as meant.
    case warning
    /// Information alone.
    case note
  }

  /// How grave it is.
  public var severity: Severity

  /// The stable code that `?E021` explains.
  public var code: ErrorCode

  /// What is wrong, in one line that stands alone: lower case, no full stop.
  public var message: String

  /// The place that the message is about; nil when there is none, as for a failing host.
  public var primary: Label?

  /// Other places that matter: the opening bracket, the second operand, the first definition.
  public var secondary: [Label]

  /// Whole sentences with the rule that was broken.
  public var notes: [String]

  /// One thing to try, without the word "Try": a phrase that ends with a full stop.
  public var hint: String?

  /// How to cure it, where the finder of the mistake knows.
  public var cure: Cure?

  /// The cure as a change of the text, once it has been looked for; see `mended(_:known:)`.
  public var mend: Mend?

  /// The calls that were under way, innermost first; empty for what is found before a program runs.
  public var trace: [TraceEntry]

  /// Creates a diagnostic; only code and message are required.
  public init(
    severity: Severity = .error, code: ErrorCode, message: String, primary: Label? = nil,
    secondary: [Label] = [], notes: [String] = [], hint: String? = nil, cure: Cure? = nil,
    trace: [TraceEntry] = []
  ) {
    self.severity = severity
    self.code = code
    self.message = message
    self.primary = primary
    self.secondary = secondary
    self.notes = notes
    self.hint = hint
    self.cure = cure
    self.trace = trace
  }

  /// Whether it keeps the program from running.
  public var isError: Bool { severity == .error }

  /// Primary label first, then the others in the order in which they were given.
  public var labels: [Label] { (primary.map { [$0] } ?? []) + secondary }
}

/// A range of one source with a few words about it.
public struct Label: Sendable, Equatable {
  /// The source that `range` counts in.
  public var file: SourceFile

  /// What to underline; an empty range marks the place between two characters.
  public var range: SourceRange

  /// Words beside the underline; may be empty.
  public var text: String

  /// Creates a label.
  public init(_ file: SourceFile, _ range: SourceRange, _ text: String = "") {
    self.file = file
    self.range = range
    self.text = text
  }
}

/// One call that was under way when a program stopped.
public struct TraceEntry: Sendable, Equatable {
  /// The function's name; `=>` for one without.
  public var function: String

  /// The name of the source that was being run.
  public var file: String

  /// The one-based line that had been reached.
  public var line: Int

  /// Creates an entry.
  public init(function: String, file: String, line: Int) {
    self.function = function
    self.file = file
    self.line = line
  }
}

public import Syntax

/// A constant of a function.
public enum Constant: Sendable, Equatable {
  case number(Double)
  case text(String)
  /// A field's name, interned by the machine.
  case symbol(String)
  /// A function of the host, by its number.
  case builtin(Int)
}

/// How the values of a call or of a record literal are meant.
public struct CallSite: Sendable {
  /// How one value is handed over.
  public enum Slot: Sendable, Equatable {
    case positional, splat
    case named(String)
  }
  /// How each value is handed over, in the order of the text.
  public let slots: [Slot]
  /// Where each value stands in the source, for messages.
  public let ranges: [SourceRange]
  /// Whether the first value came through |>.
  public let isPiped: Bool
}

/// One index of a subscript with several, or with `:` and spans.
public enum SubscriptPart: Sendable, Equatable {
  case value, all, rest
  case span(hasLower: Bool, hasUpper: Bool, isClosed: Bool)

  /// How many registers the part takes.
  public var valueCount: Int {
    switch self {
    case .value: 1
    case .all, .rest: 0
    case .span(let hasLower, let hasUpper, _): (hasLower ? 1 : 0) + (hasUpper ? 1 : 0)
    }
  }
}

/// Where a closure takes a captured variable from when it is made.
public enum CaptureSource: Sendable, Equatable {
  /// A register of the function that makes it.
  case register(Int)
  /// A variable that function itself has captured.
  case captured(Int)
}

/// A compiled function, not yet tied to a machine.
public final class Prototype: Sendable {
  /// A parameter as the function declares it.
  public struct Parameter: Sendable {
    public let name: String
    /// An option: it may be left out, and is given by name.
    public let isOption: Bool
    /// The default as written, for help.
    public let defaultText: String?
  }

  /// A variable of a function, for those who look at it while it runs.
  public struct Local: Sendable {
    public let name: String
    public let register: Int
    /// The instructions between which it has a value.
    public let range: Range<Int>
  }

  public let name: String
  public let file: SourceFile
  public let range: SourceRange
  public let documentation: [String]
  public let parameters: [Parameter]
  public let registerCount: Int
  public let code: [Instruction]
  /// The source of each instruction.
  public let ranges: [SourceRange]
  public let constants: [Constant]
  public let prototypes: [Prototype]
  public let callSites: [CallSite]
  public let subscripts: [[SubscriptPart]]
  public let captures: [CaptureSource]
  /// The names of the captured variables.
  public let captureNames: [String]
  /// The variables of its blocks, inner ones before those around them.
  public let locals: [Local]

  init(
    name: String, file: SourceFile, range: SourceRange, documentation: [String],
    parameters: [Parameter], registerCount: Int, code: [Instruction], ranges: [SourceRange],
    constants: [Constant], prototypes: [Prototype], callSites: [CallSite],
    subscripts: [[SubscriptPart]], captures: [CaptureSource],
    captureNames: [String], locals: [Local]
  ) {
    self.name = name
    self.file = file
    self.range = range
    self.documentation = documentation
    self.parameters = parameters
    self.registerCount = registerCount
    self.code = code
    self.ranges = ranges
    self.constants = constants
    self.prototypes = prototypes
    self.callSites = callSites
    self.subscripts = subscripts
    self.captures = captures
    self.captureNames = captureNames
    self.locals = locals
  }
}

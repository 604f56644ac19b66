/// What a call of a function may hold, as far as it is known without running anything.
public struct FunctionSignature: Sendable {
  /// A parameter.
  public struct Parameter: Sendable {
    /// Its name, which an option is given by.
    public let name: String
    /// Whether it is given by name alone.
    public let isOption: Bool
    /// Whether a call fails without it.
    public let isRequired: Bool
    /// The words that it takes; empty if it takes any value.
    public let words: [String]

    public init(_ name: String, isOption: Bool, isRequired: Bool, words: [String] = []) {
      self.name = name
      self.isOption = isOption
      self.isRequired = isRequired
      self.words = words
    }
  }

  /// In the order of the call.
  public let parameters: [Parameter]
  /// Whether further values by position are taken.
  public let isVariadic: Bool
  /// Whether further values by name are taken.
  public let collectsFields: Bool

  public init(_ parameters: [Parameter], isVariadic: Bool = false, collectsFields: Bool = false) {
    self.parameters = parameters
    self.isVariadic = isVariadic
    self.collectsFields = collectsFields
  }

  var positional: [Parameter] { parameters.filter { !$0.isOption } }
}

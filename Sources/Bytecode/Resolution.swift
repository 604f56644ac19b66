/// Where a name that is no local variable lives.
public enum Resolution: Sendable, Equatable {
  /// A slot of the machine's globals.
  case slot(Int)
  /// A function of the host.
  case builtin(Int)
}

/// The names outside a unit of code, as the host has them.
public protocol GlobalNames: AnyObject {
  /// Where a name lives, or nil when nobody knows it.
  func resolve(_ name: String) -> Resolution?
  /// The slot of a name that this unit defines at its top level; made if need be.
  func define(_ name: String) -> Int
  /// Whether a name may be a definition still to come: inside functions typed at the prompt.
  var allowsForwardReferences: Bool { get }
  /// All names, for suggestions.
  var knownNames: [String] { get }
}

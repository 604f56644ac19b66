public import Arrays

/// An array, and how it was made if a tape was recording: the value that gradients flow through.
///
/// A tensor without a node is a constant. Operations are free functions in `Operations/`, each with
/// its pullback beside its forward computation.
public struct Tensor: Sendable {
  /// The elements.
  public let value: NDArray
  package let node: Node?

  /// A constant.
  public init(_ value: NDArray) {
    self.value = value
    node = nil
  }

  package init(_ value: NDArray, node: Node?) {
    self.value = value
    self.node = node
  }

  /// A constant without axes.
  public init(_ number: Float) {
    self.init(NDArray(scalar: number))
  }

  /// Extents by axis.
  public var shape: Shape { value.shape }
  /// Whether gradients flow through this tensor.
  public var isTracked: Bool { node != nil }
  /// The same elements as a constant: gradients stop here.
  public var detached: Tensor { Tensor(value) }
}

/// A place on a tape.
package struct Node: Sendable {
  package let tape: Tape
  package let index: Int
}

/// A trainable array. Reference type: a model and its optimiser share it.
///
/// Safety: `@unchecked Sendable` because a session trains on one thread; data threads never see
/// parameters.
public final class Parameter: @unchecked Sendable {
  /// The path in the model, for messages and saved files.
  public var name: String
  /// The current value; an optimiser replaces it by one of the same shape.
  public var value: NDArray
  /// Whether AdamW's weight decay applies (not to biases, norms, layer scales and the class token).
  public var decays: Bool
  package var node: Node?

  /// A parameter with a first value.
  public init(_ value: NDArray, name: String = "", decays: Bool = true) {
    self.value = value
    self.name = name
    self.decays = decays
  }

  /// The value as a tensor: tracked while `gradients(of:)` that names this parameter runs.
  public var tensor: Tensor { Tensor(value, node: node) }
  /// Extents by axis.
  public var shape: Shape { value.shape }
}

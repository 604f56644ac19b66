public import Arrays

/// What can go wrong with asking for gradients.
public enum GradientError: Error, Equatable, CustomStringConvertible {
  case nested
  case notScalar(Shape)
  case constantLoss
  case noParameters
  case noBFloat16(String)

  /// What was seen and what was wanted.
  public var description: String {
    switch self {
    case .nested:
      "gradients inside gradients: second derivatives are not supported"
    case .notScalar(let shape):
      "the loss is a tensor of shape \(shape); a loss is one number, for example its mean"
    case .constantLoss:
      "the loss does not depend on any parameter of the model"
    case .noParameters:
      "the model has no parameters"
    case .noBFloat16(let reason):
      "precision bf16 cannot be had: \(reason)"
    }
  }
}

/// The record of one forward computation: what to call, in reverse, to get gradients.
///
/// Entries are in the order of computation, so walking backwards meets each after all its users. An
/// entry is dropped as soon as it has run, and with it the arrays that it kept.
///
/// Safety: `@unchecked Sendable` because one thread records and runs a tape.
package final class Tape: @unchecked Sendable {
  package typealias Pullback = (_ dy: NDArray, _ gradients: inout GradientSlots) -> Void
  package let precision: Precision
  private var pullbacks: [Pullback?] = []

  init(precision: Precision) {
    self.precision = precision
  }

  package func record(_ pullback: Pullback?) -> Node {
    pullbacks.append(pullback)
    return Node(tape: self, index: pullbacks.count - 1)
  }

  fileprivate func run(from last: Int, leaves: Int) -> [NDArray?] {
    var slots = GradientSlots(count: pullbacks.count)
    slots.set(last, NDArray(repeating: Float(1), shape: []))
    pullbacks.removeLast(pullbacks.count - 1 - last)
    while pullbacks.count > leaves {
      let index = pullbacks.count - 1
      let pullback = pullbacks.removeLast()
      guard let dy = slots.take(index) else { continue }
      pullback?(dy, &slots)
    }
    pullbacks.removeAll()
    return (0..<leaves).map { slots.take($0) }
  }
}

/// The gradients met so far on the way back, one place per tape entry.
package struct GradientSlots {
  private var slots: [NDArray?]
  /// Of the gradients added so far.
  fileprivate private(set) var byteCount = 0

  fileprivate init(count: Int) {
    slots = [NDArray?](repeating: nil, count: count)
  }

  fileprivate mutating func set(_ index: Int, _ gradient: NDArray) {
    slots[index] = gradient
  }

  fileprivate mutating func take(_ index: Int) -> NDArray? {
    let gradient = slots[index]
    slots[index] = nil
    return gradient
  }

  /// Adds a gradient for `tensor`, computed only if the tensor is tracked.
  package mutating func add(to tensor: Tensor, _ gradient: @autoclosure () -> NDArray) {
    guard let node = tensor.node else { return }
    let new = gradient()
    byteCount &+= new.byteCount
    if slots[node.index] == nil {
      slots[node.index] = new
    } else {
      slots[node.index]?.addScaled(new)
    }
  }

  /// Lets `body` compute a gradient straight into the slot of `tensor`: unless it is `adding` to what
  /// other users of the tensor gave, the memory holds nothing and must be written.
  ///
  /// With `evenIfConstant` the body runs for a constant too, into memory that nobody reads: it computes
  /// something else beside.
  package mutating func accumulate(
    into tensor: Tensor, evenIfConstant: Bool = false,
    _ body: (_ target: UnsafeMutablePointer<Float>, _ adding: Bool) -> Void
  ) {
    guard let node = tensor.node else {
      guard evenIfConstant else { return }
      let unread = NDArray(uninitialized: tensor.shape)
      body(unread.floats, false)
      withExtendedLifetime(unread) {}
      return
    }
    let adding = slots[node.index] != nil
    var target = take(node.index) ?? NDArray(uninitialized: tensor.shape)
    byteCount &+= target.byteCount
    target.withMutableElements(of: Float.self) { memory in
      if let base = memory.baseAddress { body(base, adding) }
    }
    slots[node.index] = target
  }
}

/// Runs `body` under a tape and differentiates the number that it returns.
///
/// With precision bfloat16 the linear maps and attention multiply numbers rounded to bfloat16, forward
/// and back, and keep them so; sums, parameters, gradients and all else stay float32.
///
/// - Returns: the loss, and the gradient of each parameter in order; nil for one that the loss does
///   not depend on.
/// - Throws: `GradientError`, and whatever `body` throws.
public func gradients(
  of parameters: [Parameter], precision: Precision = .float32, _ body: () throws -> Tensor
) throws -> (loss: NDArray, gradients: [NDArray?]) {
  guard !parameters.isEmpty else { throw GradientError.noParameters }
  if precision == .bfloat16, let problem = MatrixProduct.bfloat16Problem {
    throw GradientError.noBFloat16(problem)
  }
  guard parameters.allSatisfy({ $0.node == nil }) else { throw GradientError.nested }
  let tape = Tape(precision: precision)
  for parameter in parameters { parameter.node = tape.record(nil) }
  defer { for parameter in parameters { parameter.node = nil } }
  let loss = try body()
  guard loss.value.count == 1 else { throw GradientError.notScalar(loss.shape) }
  guard let node = loss.node, node.tape === tape else { throw GradientError.constantLoss }
  return (loss.value, tape.run(from: node.index, leaves: parameters.count))
}

/// A tensor made from up to five others: tracked if any of them is.
///
/// - Parameter operation: its name for whoever observes; the function's own unless said.
package func recorded(
  _ value: NDArray, from a: Tensor?, _ b: Tensor? = nil, _ c: Tensor? = nil, _ d: Tensor? = nil,
  _ e: Tensor? = nil, operation: @autoclosure () -> String = #function,
  pullback: @escaping Tape.Pullback
) -> Tensor {
  // An array of them costs as much as the rest of a small operation's record.
  if Observation.isOn {
    return recorded(
      value, fromAll: [a, b, c, d, e], operation: operation(), pullback: pullback)
  }
  guard let tape = (a?.node ?? b?.node ?? c?.node ?? d?.node ?? e?.node)?.tape else {
    return Tensor(value)
  }
  return Tensor(value, node: tape.record(pullback))
}

/// A tensor made from any number of others.
package func recorded(
  _ value: NDArray, fromAll sources: [Tensor?], operation: @autoclosure () -> String = #function,
  pullback: @escaping Tape.Pullback
) -> Tensor {
  var pullback = pullback
  if let observer = Observation.current {
    pullback = observed(pullback, by: observer, operation(), value, sources)
  }
  guard let tape = tape(of: sources) else { return Tensor(value) }
  return Tensor(value, node: tape.record(pullback))
}

/// Tells of an operation that has ended; its pullback tells when it begins and ends.
private func observed(
  _ pullback: @escaping Tape.Pullback, by observer: OperationObserver, _ operation: String,
  _ value: NDArray, _ sources: [Tensor?]
) -> Tape.Pullback {
  // What gives the same memory another shape moves nothing.
  let isView = sources.contains { $0?.value.storage === value.storage }
  let bytes = sources.reduce(value.byteCount) { $0 + ($1?.value.byteCount ?? 0) }
  let token = observer.forwardEnded(operation, bytes: isView ? 0 : bytes)
  return { dy, slots in
    observer.backwardBegins()
    let before = slots.byteCount
    pullback(dy, &slots)
    let bytes = dy.byteCount + slots.byteCount - before
    observer.backwardEnded(token, bytes: isView ? 0 : bytes)
  }
}

private func tape(of tensors: [Tensor?]) -> Tape? {
  for tensor in tensors {
    if let node = tensor?.node { return node.tape }
  }
  return nil
}

extension Precision {
  /// What the products of these tensors multiply: as the tape that records them says, float32 without one.
  package init(of tensors: Tensor?...) {
    self = tape(of: tensors)?.precision ?? .float32
  }
}

/// The result of an operation whose shapes were checked in the forward pass.
package func proven<T>(_ body: () throws(ShapeError) -> T) -> T {
  do {
    return try body()
  } catch {
    preconditionFailure("a pullback's shapes follow from the forward pass: \(error)")
  }
}

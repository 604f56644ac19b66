import Arrays
import Autograd
import Interpreter

/// What the layers of a model give when code runs, and what that takes.
final class LayerTrace: CallObserver {
  struct Run {
    var calls = 0
    /// Of the first call.
    var shape: Shape
    /// Of matrix products, in all calls.
    var flops = 0
  }

  private(set) var runs: [ObjectIdentifier: Run] = [:]
  /// Of matrix products, within layers and outside.
  private(set) var flops = 0
  private var open: [(layer: LayerObject?, flops: Int)] = []

  /// Runs code and watches the layers that it calls; whoever observed so far sees the whole as one.
  init(_ machine: Machine, _ body: () throws -> Void) throws {
    let (calls, start) = (machine.observer, OperationObserver())
    let operations = Observation.observe(with: start)
    machine.observer = self
    let before = Observation.productFlops.total
    defer {
      machine.observer = calls
      Observation.observe(with: operations)
    }
    try body()
    withExtendedLifetime(start) {}
    flops = Observation.productFlops.total - before
  }

  func willCall(
    _ name: String, _ object: ForeignObject?, _ arguments: UnsafeBufferPointer<Value>
  ) {
    open.append((object as? LayerObject, Observation.productFlops.total))
  }

  func didCall(_ result: Value?) {
    guard let (layer, before) = open.popLast(), let layer, let result,
      let tensor = result.object as? TensorObject
    else { return }
    var run = runs[ObjectIdentifier(layer)] ?? Run(shape: tensor.array.shape)
    run.calls += 1
    run.flops += Observation.productFlops.total - before
    runs[ObjectIdentifier(layer)] = run
  }

  func willRunScript() {}
  func didRunScript() {}
}

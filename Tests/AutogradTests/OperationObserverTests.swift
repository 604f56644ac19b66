import Arrays
import Autograd
import TestSupport
import Testing

@Suite("Operations tell whoever observes", .serialized)
struct OperationObserverTests {
  private final class Recorder: OperationObserver {
    var forward: [(name: String, bytes: Int)] = []
    var backward: [(number: Int, bytes: Int)] = []
    var begun = 0

    override func forwardEnded(_ operation: String, bytes: Int) -> Int {
      forward.append((String(operation.prefix { $0 != "(" }), bytes))
      return forward.count - 1
    }
    override func backwardBegins() { begun += 1 }
    override func backwardEnded(_ operation: Int, bytes: Int) {
      backward.append((operation, bytes))
    }
  }

  /// y = mean(relu(x w)), x [5, 3] and w [3, 4].
  private func step() throws {
    let w = Parameter(testNumbers([3, 4], seed: 1))
    let x = Tensor(testNumbers([5, 3], seed: 2))
    _ = try gradients(of: [w]) {
      try sum(reshape(apply(.relu, try matrixProduct(x, w.tensor)), to: [4, 5]), mean: true)
    }
  }

  @Test("each with its name and the bytes of its arrays, forward and then backward")
  func passes() throws {
    let recorder = Recorder()
    let before = Observation.observe(with: recorder)
    defer { Observation.observe(with: before) }
    let flops = Observation.productFlops.total
    try step()
    #expect(recorder.forward.map(\.name) == ["matrixProduct", "relu", "reshape", "sum"])
    // x, w and y; y twice; a new shape moves nothing; y and a number.
    #expect(recorder.forward.map(\.bytes) == [4 * (15 + 12 + 20), 4 * 40, 0, 4 * 21])
    #expect(recorder.backward.map(\.number) == [3, 2, 1, 0])
    // dy and what it gives: dw alone for the product.
    #expect(recorder.backward.map(\.bytes) == [4 * 21, 0, 4 * 40, 4 * (20 + 12)])
    #expect(recorder.begun == 4)
    #expect(Observation.productFlops.total - flops == 2 * (2 * 5 * 3 * 4))
  }

  @Test("nobody is told after the end, and nothing is counted")
  func end() throws {
    let recorder = Recorder()
    Observation.observe(with: recorder)
    #expect(Observation.observe(with: nil) === recorder)
    let flops = Observation.productFlops.total
    try step()
    #expect(recorder.forward.isEmpty)
    #expect(Observation.productFlops.total == flops)
  }

  @Test("results are the same bits, observed or not")
  func bits() throws {
    func loss() throws -> [NDArray?] {
      let w = Parameter(testNumbers([30, 40], seed: 3))
      let x = Tensor(testNumbers([20, 30], seed: 4))
      return try gradients(of: [w]) {
        try sum(apply(.gelu, try matrixProduct(x, w.tensor)), mean: true)
      }
      .gradients
    }
    let plain = try loss()
    let recorder = Recorder()
    Observation.observe(with: recorder)
    defer { Observation.observe(with: nil) }
    let seen = try loss()
    #expect(plain[0] == seen[0])
    #expect(recorder.forward.count == 3)
  }
}

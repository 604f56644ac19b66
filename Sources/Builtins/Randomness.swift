import Arrays
import Autograd
import Interpreter

/// Seeds and samples. One stream a session; `with seed(7) { ... }` puts another in its place for a
/// block; every sampler takes `seed:`.
enum Randomness {
  static let group = "randomness"

  static func functions(_ host: Host) -> [NativeFunction] {
    [
      seed(host), uniform(host), normal(host), truncatedNormal(host), permutation(host),
      sample(host),
    ]
  }

  /// Runs `body` with the stream that an option asks for: a new one of that seed, or the session's.
  static func withStream<R>(
    _ call: Call, _ index: Int, _ host: Host, _ body: (inout RandomSource) throws -> R
  ) throws -> R {
    guard call.has(index) else { return try body(&host.random) }
    var stream = RandomSource(seed: UInt64(try call.integer(index, in: 0...Int.max)))
    return try body(&stream)
  }

  private static func seed(_ host: Host) -> NativeFunction {
    NativeFunction(
      "seed", "n: number", group: group,
      summary:
        "Starts the session's random numbers anew; `with seed(7) { ... }` does so for a block.",
      details: "The same seed gives the same numbers, whatever the number of threads.",
      example: "with seed(7) { uniform([2]) }", related: ["uniform"]
    ) { call in
      let number = UInt64(try call.integer(0, in: 0...Int.max))
      let scope = SeedScope(host, previous: host.random, seed: number)
      host.random = RandomSource(seed: number)
      return .owning(scope)
    }
  }

  private static func uniform(_ host: Host) -> NativeFunction {
    NativeFunction(
      "uniform", "shape: list, low=0 number, high=1 number, seed=nil number", group: group,
      summary: "Numbers uniform in low ... high.", example: "uniform([2, 3], seed: 1)",
      related: ["normal", "seed"]
    ) { call in
      let shape = try Tensors.shape(call, 0)
      let (low, high) = (try call.number(1, default: 0), try call.number(2, default: 1))
      return try withStream(call, 3, host) { stream in
        Tensors.owned(stream.uniform(shape, low: Float(low), high: Float(high)))
      }
    }
  }

  private static func normal(_ host: Host) -> NativeFunction {
    NativeFunction(
      "normal", "shape: list, mean=0 number, std=1 number, seed=nil number", group: group,
      summary: "Numbers from the normal distribution.", example: "normal([2, 3], seed: 1)",
      related: ["uniform", "truncated_normal"]
    ) { call in
      let shape = try Tensors.shape(call, 0)
      let (mean, std) = (try call.number(1, default: 0), try call.number(2, default: 1))
      return try withStream(call, 3, host) { stream in
        Tensors.owned(stream.normal(shape, mean: Float(mean), deviation: Float(std)))
      }
    }
  }

  private static func truncatedNormal(_ host: Host) -> NativeFunction {
    NativeFunction(
      "truncated_normal", "shape: list, std=1 number, limit=2 number, seed=nil number",
      group: group,
      summary:
        "Numbers from the normal distribution around 0, redrawn outside `limit` standard deviations.",
      details: "std is that of the distribution before it is cut.",
      example: "truncated_normal([2, 3], std: 0.02, seed: 1)", related: ["normal"]
    ) { call in
      let shape = try Tensors.shape(call, 0)
      let std = try call.number(1, default: 1)
      let limit = try call.number(2, default: 2, in: 0.01...100, wanted: "0.01 to 100")
      return try withStream(call, 3, host) { stream in
        Tensors.owned(
          stream.truncatedNormal(shape, deviation: Float(std), limit: Float(limit)))
      }
    }
  }

  private static func permutation(_ host: Host) -> NativeFunction {
    NativeFunction(
      "permutation", "n: number, seed=nil number", group: group,
      summary: "The whole numbers 0 ... n - 1 in random order.", example: "permutation(5, seed: 1)",
      related: ["sample"]
    ) { call in
      let count = try call.integer(0, in: 0...(1 << 31 - 1))
      return try withStream(call, 1, host) { stream in
        Tensors.owned(NDArray(stream.permutation(of: count).map { Int32($0) }))
      }
    }
  }

  private static func sample(_ host: Host) -> NativeFunction {
    NativeFunction(
      "sample", "x: tensor, n: number, seed=nil number", group: group,
      summary:
        "n rows of a tensor (slices of its first axis), or items of a list, without repeats.",
      example: "sample([10, 20, 30], 2, seed: 1)", related: ["permutation"]
    ) { call in
      if let list = call[0].list {
        let count = try call.integer(1, in: 0...list.count)
        return try withStream(call, 2, host) { stream in
          .owning(ListObject(stream.sample(count, below: max(1, list.count)).map { list[$0] }))
        }
      }
      let x = try Tensors.argument(call, 0)
      let rows = x.shape.rank > 0 ? x.shape[0] : 0
      let count = try call.integer(1, in: 0...rows)
      return try withStream(call, 2, host) { stream in
        let picked = NDArray(stream.sample(count, below: max(1, rows)).map { Int32($0) })
        return Tensors.owned(try x.value.rows(at: picked))
      }
    }
  }
}

/// What `seed(7)` gives: nothing to see; in `with` it puts the session's stream back at the end.
private final class SeedScope: ForeignObject {
  private let host: Host
  private let previous: RandomSource
  private let seed: UInt64

  init(_ host: Host, previous: RandomSource, seed: UInt64) {
    self.host = host
    self.previous = previous
    self.seed = seed
  }

  override var typeName: String { "seed" }
  override func summary(width: Int) -> String { "seed \(seed)" }
  override var isScope: Bool { true }
  override func enterScope() throws { host.random = RandomSource(seed: seed) }
  override func exitScope() { host.random = previous }
}

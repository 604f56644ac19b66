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
      summary: "Starts the session's random numbers anew, or a block's.",
      details: """
        n: a whole number from 0 up.
        Gives a value for `with seed(n) { ... }`, after which the numbers go on as before.
        """,
      example: "with seed(7) { uniform([2]) }",
      related: ["uniform", "seeds", "with"]
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
      summary: "Random numbers, each as likely as any other between two bounds.",
      details: """
        shape: a list of extents, such as [2, 3].
        low: the smallest that comes.
        high: nothing comes above it.
        seed: a whole number: numbers of this call's own.
        Gives a tensor, float32.
        """,
      example: "uniform([2, 3], seed: 1).shape  # => [2, 3]",
      related: ["normal", "permutation", "seed"]
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
      summary: "Random numbers from the normal distribution.",
      details: """
        shape: a list of extents, such as [2, 3].
        mean: the middle.
        std: the standard deviation, 0 or more.
        seed: a whole number: numbers of this call's own.
        Gives a tensor, float32.
        """,
      example: "normal([2, 3], seed: 1).shape  # => [2, 3]",
      related: ["uniform", "truncated_normal", "seed"]
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
      "truncated_normal",
      "shape: list, std=1 number, limit=2 number, seed=nil number",
      group: group,
      summary: "Random numbers from the normal distribution around 0 without its far ends.",
      details: """
        shape: a list of extents, such as [2, 3].
        std: the standard deviation before the ends are cut.
        limit: how many standard deviations from 0 they are cut, 0.01 to 100.
        seed: a whole number: numbers of this call's own.
        Gives a tensor, float32.
        """,
      example: "max(abs(truncated_normal([100], std: 0.02, seed: 1))) < 0.041  # => true",
      related: ["normal", "parameter", "seed"]
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
      summary: "The whole numbers 0 to n - 1 in random order.",
      details: """
        n: how many, 0 to 2^31 - 1.
        seed: a whole number: an order of this call's own.
        Gives a tensor [n], int32.
        """,
      example: "list(permutation(4, seed: 1)) |> sort  # => [0, 1, 2, 3]",
      related: ["sample", "sort"]
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
      summary: "Some items of a list or rows of a tensor at random, none twice.",
      details: """
        x: a list, or a tensor (its rows).
        n: how many, 0 to all.
        seed: a whole number: a choice of this call's own.
        Gives a list, or a tensor of n rows.
        """,
      example: "len(sample([10, 20, 30], 2, seed: 1))  # => 2",
      related: ["permutation", "take", "split"]
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

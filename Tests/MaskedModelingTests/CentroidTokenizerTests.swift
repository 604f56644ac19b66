import Arrays
import Clustering
import MaskedModeling
import Testing

@Suite struct CentroidTokenizerTests {
  /// A tokenizer of 2 x 2 RGB patches with pseudo-random centroids.
  static func tokenizer(_ count: Int, seed: UInt64 = 1) throws -> CentroidTokenizer {
    var numbers = CongruentialSequence(seed: seed)
    return try CentroidTokenizer(centroids: numbers.array([count, 12]), patch: 2)
  }

  @Test("ids are the nearest centroids by double precision", arguments: [1, 2, 511, 513, 1_200])
  func nearest(count: Int) throws {
    let tokenizer = try Self.tokenizer(count)
    var numbers = CongruentialSequence(seed: 2)
    let patches = numbers.array([3, 45, 12])
    let ids = try tokenizer.encode(patches)
    #expect(ids.shape == [3, 45])
    let c = tokenizer.centroids.elements(of: Float.self).map(Double.init)
    let x = patches.elements(of: Float.self).map(Double.init)
    for (row, id) in ids.elements(of: Int32.self).enumerated() {
      let distances = (0..<count).map { k in
        var sum = 0.0
        for j in 0..<12 {
          sum += (x[row * 12 + j] - c[k * 12 + j]) * (x[row * 12 + j] - c[k * 12 + j])
        }
        return sum
      }
      // The score x.c - |c|^2 / 2 of 12 products below 1 each: (12 + 2) u (12 + 6), twice for the
      // distance, for two centroids.
      #expect(distances[Int(id)] - (distances.min() ?? 0) <= 4 * 14 * 18 * 0x1p-24)
    }
  }

  @Test("a centroid's id is its row; equal centroids give the lower row")
  func idempotence() throws {
    let tokenizer = try Self.tokenizer(600)
    let all = NDArray((0..<600).map { Int32($0) }, shape: [4, 150])
    #expect(try tokenizer.encode(tokenizer.decode(all)) == all)
    let twice = try NDArray.concatenated([tokenizer.centroids, tokenizer.centroids], axis: 0)
    let doubled = try CentroidTokenizer(centroids: twice, patch: 2)
    let ids = try doubled.encode(doubled.centroids).elements(of: Int32.self)
    #expect(ids == (0..<1_200).map { Int32($0 % 600) })
  }

  @Test("images are cut in (c, y, x) order and put together again")
  func images() throws {
    var numbers = CongruentialSequence(seed: 3)
    let images = numbers.array([2, 3, 4, 6])
    // Every patch of these images is a centroid, so nothing is lost.
    let patches = try patchify(images, size: 2).reshaped(to: [12, 12])
    let tokenizer = try CentroidTokenizer(centroids: patches, patch: 2)
    #expect(try tokenizer.encode(images) == NDArray((0..<12).map { Int32($0) }, shape: [2, 6]))
    let rebuilt = try unpatchify(
      tokenizer.decode(tokenizer.encode(images)), size: 2, grid: (height: 2, width: 3))
    #expect(rebuilt == images)
  }

  @Test("no other choice of centroids rebuilds an image better")
  func reconstructionIsBest() throws {
    let tokenizer = try Self.tokenizer(40)
    var numbers = CongruentialSequence(seed: 4)
    let images = numbers.array([2, 3, 8, 8])
    func quality(_ ids: NDArray) throws -> Double {
      try peakSignalToNoise(images, unpatchify(tokenizer.decode(ids), size: 2))
    }
    let best = try quality(tokenizer.encode(images))
    var random = RandomSource(seed: 6)
    for _ in 0..<20 {
      var ids = try tokenizer.encode(images).elements(of: Int32.self)
      ids[random.integer(below: ids.count)] = Int32(random.integer(below: 40))
      #expect(try quality(NDArray(ids, shape: [2, 16])) <= best + 1e-9)
    }
  }

  @Test("pasting a nearest centroid leaves the ids of all patches as they were")
  func pasting() throws {
    let tokenizer = try Self.tokenizer(64)
    var numbers = CongruentialSequence(seed: 7)
    let patches = numbers.array([2, 196, 12])
    let ids = try tokenizer.encode(patches)
    var random = RandomSource(seed: 8)
    let hidden = try Mask.blocks(batch: 2, height: 14, width: 14, count: 75, random: &random)
    let replaced = try Mask.amongVisible(hidden, count: 20, random: &random)
    let pasted = try select(
      try replaced.reshaped(to: [2, 196, 1]), try tokenizer.decode(ids), patches)
    #expect(pasted != patches)
    #expect(try tokenizer.encode(pasted) == ids)
  }

  @Test("the share of centroids in use comes from the fit's counts")
  func usedShare() throws {
    let centroids = NDArray(zeros: [4, 12])
    let fitted = try CentroidTokenizer(centroids: centroids, patch: 2, counts: [2, 0, 1, 0])
    #expect(fitted.usedShare == 0.5)
    #expect(try CentroidTokenizer(centroids: centroids, patch: 2).usedShare == nil)
  }

  @Test("the same ids with one and two threads")
  func threads() throws {
    let before = Parallel.threadCount
    defer { Parallel.threadCount = before }
    let tokenizer = try Self.tokenizer(300)
    var numbers = CongruentialSequence(seed: 5)
    let patches = numbers.array([1_000, 12])
    Parallel.threadCount = 1
    let one = try tokenizer.encode(patches)
    Parallel.threadCount = 2
    #expect(try tokenizer.encode(patches) == one)
  }

  @Test("what does not fit is an error that names it")
  func errors() throws {
    let tokenizer = try Self.tokenizer(4)
    #expect(
      throws: ShapeError.notDivisible(
        operation: "patchify", extent: 5, by: 2, what: "an image height")
    ) { try tokenizer.encode(NDArray(zeros: [1, 3, 5, 4])) }
    #expect(throws: ClusteringError.width(points: 4, centroids: 12)) {
      try tokenizer.encode(NDArray(zeros: [1, 1, 4, 4]))
    }
    #expect(throws: ClusteringError.width(points: 11, centroids: 12)) {
      try tokenizer.encode(NDArray(zeros: [7, 11]))
    }
    for id in [Int32(4), -1] {
      #expect(
        throws: ShapeError.valueOutOfRange(
          operation: "decode", what: "a token", seen: "\(id)", wanted: "0 to 3")
      ) { try tokenizer.decode(NDArray([Int32(0), id])) }
    }
    var bad = [Float](repeating: 0, count: 24)
    bad[15] = .nan
    #expect(throws: ClusteringError.notFinite(row: 1)) {
      try tokenizer.encode(NDArray(bad, shape: [2, 12]))
    }
    #expect(throws: ShapeError.self) {
      try CentroidTokenizer(centroids: NDArray(bad, shape: [2, 12]), patch: 2)
    }
    #expect(throws: ShapeError.self) {
      try CentroidTokenizer(centroids: NDArray(zeros: [4, 13]), patch: 2)
    }
    #expect(throws: ShapeError.self) {
      try CentroidTokenizer(centroids: NDArray(zeros: [0, 12]), patch: 2)
    }
    #expect(throws: ShapeError.self) {
      try CentroidTokenizer(centroids: NDArray(zeros: [4, 12]), patch: 0)
    }
  }

  @Test("an empty batch has no ids")
  func emptyBatch() throws {
    #expect(try Self.tokenizer(4).encode(NDArray(zeros: [0, 3, 4, 4])).shape == [0, 4])
  }

  @Test("the signal-to-noise ratio is exact where it can be")
  func signalToNoise() throws {
    let a = NDArray(repeating: Float(0.5), shape: [3])
    #expect(try peakSignalToNoise(a, a) == .infinity)
    let b = NDArray(repeating: Float(1), shape: [3])
    // An error of 1/2 everywhere: 10 log10(4).
    #expect(abs(try peakSignalToNoise(a, b) - 6.020599913279624) < 1e-12)
    #expect(throws: ShapeError.self) { try peakSignalToNoise(a, NDArray(zeros: [4])) }
    #expect(throws: ShapeError.self) {
      try peakSignalToNoise(NDArray(zeros: [0]), NDArray(zeros: [0]))
    }
  }
}

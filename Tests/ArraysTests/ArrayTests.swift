import Arrays
import Glibc
import Testing

@Suite("Arrays")
struct ArrayTests {
  @Test("broadcasting takes equal ranks with ones and tails, and nothing else")
  func broadcasting() throws {
    func result(_ a: Shape, _ b: Shape) throws -> Shape {
      try Broadcasting.result(of: a, and: b, for: "+")
    }
    #expect(try result([2, 3], [2, 3]) == [2, 3])
    #expect(try result([2, 1], [1, 3]) == [2, 3])
    #expect(try result([4, 2, 3], [2, 3]) == [4, 2, 3])
    #expect(try result([], [5]) == [5])
    #expect(throws: ShapeError.mismatch(operation: "+", left: [3, 1], right: [3])) {
      try result([3, 1], [3])
    }
    #expect(throws: ShapeError.self) { try result([2, 3], [3, 2]) }
    #expect(throws: ShapeError.self) { try result([4, 2, 3], [1, 3]) }
  }

  @Test("writing copies what is shared and nothing else")
  func copyOnWrite() throws {
    var a = NDArray([Float(1), 2, 3, 4], shape: [2, 2])
    let b = a
    let row = try a.row(1)
    try a.replace([.position(1), .position(0)], with: NDArray(scalar: Float(9)))
    #expect(a.elements() == [Float(1), 2, 9, 4])
    #expect(b.elements() == [Float(1), 2, 3, 4])
    #expect(row.elements() == [Float(3), 4])
  }

  @Test("slices, strides, permutations and their inverses")
  func rearranging() throws {
    let x = NDArray((0..<24).map { Float($0) }, shape: [2, 3, 4])
    #expect(
      try x.slice([.all, .position(1), .span(from: 1, to: 4, by: 2)]).elements() == [
        Float(5), 7, 17, 19,
      ])
    #expect(try x.permuted([2, 0, 1]).permuted([1, 2, 0]) == x)
    #expect(try x.transposed().transposed() == x)
    #expect(try x.reshaped(to: [4, -1]).shape == [4, 6])
    #expect(throws: ShapeError.reshape(from: [2, 3, 4], to: [5, -1])) {
      try x.reshaped(to: [5, -1])
    }
    #expect(throws: ShapeError.indexOutOfRange(index: 3, axis: 1, shape: [2, 3, 4])) {
      try x.slice([.all, .position(3)])
    }
    let parts = [try x.slice([.span(from: 0, to: 1)]), try x.slice([.span(from: 1, to: 2)])]
    #expect(try NDArray.concatenated(parts, axis: 0) == x)
  }

  @Test("patchify and unpatchify undo each other, in (c, y, x) order")
  func patches() throws {
    let x = NDArray((0..<(2 * 3 * 8 * 12)).map { Float($0) }, shape: [2, 3, 8, 12])
    let patches = try patchify(x, size: 4)
    #expect(patches.shape == [2, 6, 48])
    #expect(try unpatchify(patches, size: 4, grid: (2, 3)) == x)
    // Patch 1 of image 0 begins at column 4; its second channel lies 96 numbers further.
    #expect(try patches.slice([.position(0), .position(1), .position(0)]).scalarValue == 4)
    #expect(try patches.slice([.position(0), .position(1), .position(16)]).scalarValue == 100)
    #expect(throws: ShapeError.self) { try patchify(x, size: 5) }
  }

  @Test("matrix products: vectors, matrices, batches, and the error names both shapes")
  func products() throws {
    let a = NDArray([Float(1), 2, 3, 4], shape: [2, 2])
    let v = NDArray([Float(1), 10])
    #expect(try a.multiplied(by: a).elements() == [Float(7), 10, 15, 22])
    #expect(try a.multiplied(by: v).elements() == [Float(21), 43])
    #expect(try v.multiplied(by: a).elements() == [Float(31), 42])
    #expect(try v.multiplied(by: v).elements() == [Float(101)])
    let error = #expect(throws: ShapeError.self) {
      try a.multiplied(by: NDArray(zeros: [3, 2]))
    }
    #expect(error?.description == "@: inner extents differ: 2 x 2 times 3 x 2 (2 against 3)")
  }

  @Test("results have the same bits with one thread and with up to five")
  func threads() throws {
    defer { Parallel.threadCount = 2 }
    func compute() throws -> [NDArray] {
      var random = RandomSource(seed: 3)
      let a = random.normal([300, 400]), b = random.normal([400, 500])
      return [
        a, try a.multiplied(by: b), try a.reduced(.sum), try a.reduced(.mean, axes: [0]),
        elementwise(.gelu, a), random.uniform([1000]), random.truncatedNormal([9001], limit: 1),
        try random.normal([531, 65]).multiplied(by: random.normal([65, 837])),
      ]
    }
    Parallel.threadCount = 1
    let one = try compute()
    for threads in 2...5 {
      Parallel.threadCount = threads
      #expect(try compute() == one)
    }
  }

  @Test("a stream gives the same numbers however it is cut, and samples are distinct")
  func randomNumbers() {
    var whole = RandomSource(seed: 5)
    let all = whole.uniform([64]).elements(of: Float.self)
    var parts = RandomSource(seed: 5)
    let pieces = parts.uniform([32]).elements(of: Float.self) + parts.uniform([32]).elements()
    #expect(all == pieces)
    var random = RandomSource(seed: 6)
    let sample = random.sample(50, below: 60)
    #expect(Set(sample).count == 50)
    #expect(sample.allSatisfy { $0 >= 0 && $0 < 60 })
    #expect(random.permutation(of: 100).sorted() == Array(0..<100))
    #expect(RandomSource(seed: 1).split(1) != RandomSource(seed: 1).split(2))
  }

  @Test(
    "truncated normal numbers have the moments of the truncated distribution", arguments: [1, 2.0])
  func truncatedNormal(limit: Double) {
    var random = RandomSource(seed: 8)
    let count = 200_000
    let first = random.truncatedNormal([count], limit: Float(limit)).elements(of: Float.self)
    let second = random.truncatedNormal([count], limit: Float(limit)).elements(of: Float.self)
    #expect(first.allSatisfy { abs($0) <= Float(limit) })
    // The variance and the fourth moment by numerical integration of x^2 and x^4 over the density.
    var (mass, squares, fourths) = (0.0, 0.0, 0.0)
    for step in 0..<100_000 {
      let x = (Double(step) + 0.5) / 100_000 * limit
      let density = exp(-x * x / 2)
      mass += density
      squares += x * x * density
      fourths += x * x * x * x * density
    }
    let (variance, kurtosis) = (squares / mass, fourths / mass)
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(count) }
    // Five standard errors each.
    let root = Double(count).squareRoot()
    #expect(abs(mean(first.map { Double($0) })) < 5 * variance.squareRoot() / root)
    let spread = (kurtosis - variance * variance).squareRoot()
    #expect(abs(mean(first.map { Double($0 * $0) }) - variance) < 5 * spread / root)
    // The second draw shares nothing with the first, redrawn elements included.
    let product = mean(zip(first, second).map { Double($0) * Double($1) })
    #expect(abs(product) < 5 * variance / root)
    #expect(zip(first, second).count(where: { $0 == $1 }) < 5)
  }
}

import COneDNN
import Testing

/// The value with the 16 lower bits of its float32 cut off: what bfloat16 can hold.
private func shortened(_ x: Float) -> Float { Float(bitPattern: x.bitPattern & 0xFFFF_0000) }

@Suite(.enabled(if: ccv_onednn_problem() == nil, "oneDNN is used on AVX-512 machines that have it"))
struct OneDNNTests {
  static let shapes = [
    (1, 1, 1), (3, 5, 7), (17, 33, 65), (64, 1, 30), (1, 64, 30), (65, 65, 16), (48, 48, 48),
  ]

  @Test(
    "products agree with double precision for every transposition, stride and element",
    arguments: [CCV_FLOAT32, CCV_BFLOAT16], [(false, false), (false, true), (true, false), (true, true)])
  func products(element: ccv_element, transposed: (Bool, Bool)) {
    guard element == CCV_FLOAT32 || ccv_onednn_bfloat16_problem() == nil else { return }
    var samples = Samples(seed: 82)
    for (m, n, k) in Self.shapes {
      for accumulate in [false, true] {
        // Rows longer than needed: a product may lie inside a wider array.
        let (lda, ldb, ldc) = ((transposed.0 ? m : k) + 2, (transposed.1 ? k : n) + 1, n + 3)
        var left = samples.floats((transposed.0 ? k : m) * lda)
        var right = samples.floats((transposed.1 ? n : k) * ldb)
        if element == CCV_BFLOAT16 { (left, right) = (left.map(shortened), right.map(shortened)) }
        let before = samples.floats(m * ldc)
        let c = GuardedBuffer(before)
        let product = ccv_product(
          m: Int64(m), n: Int64(n), k: Int64(k), lda: Int64(lda), ldb: Int64(ldb), ldc: Int64(ldc),
          transpose_a: transposed.0, transpose_b: transposed.1, accumulate: accumulate,
          element: element)
        #expect(multiply(product, left, right, c.pointer))
        var wanted = before.map(Double.init)
        var bounds = [Double](repeating: 0, count: before.count)
        for i in 0..<m {
          for j in 0..<n {
            var (sum, size) = accumulate ? (wanted[i * ldc + j], abs(wanted[i * ldc + j])) : (0, 0)
            for l in 0..<k {
              let x = Double(left[transposed.0 ? l * lda + i : i * lda + l])
              let y = Double(right[transposed.1 ? j * ldb + l : l * ldb + j])
              (sum, size) = (sum + x * y, size + abs(x * y))
            }
            wanted[i * ldc + j] = sum
            bounds[i * ldc + j] = gamma(k + 1) * size
          }
        }
        expectClose(c.values, wanted, within: { bounds[$0] }, "\(product)")
      }
    }
  }

  private func multiply(
    _ product: ccv_product, _ left: [Float], _ right: [Float],
    _ c: UnsafeMutablePointer<Float>
  ) -> Bool {
    withUnsafePointer(to: product) { p in
      guard product.element == CCV_BFLOAT16 else {
        let (a, b) = (GuardedBuffer(left), GuardedBuffer(right))
        return ccv_onednn_multiply(p, a.pointer, b.pointer, c)
      }
      let a = GuardedBuffer(left.map { UInt16($0.bitPattern >> 16) })
      let b = GuardedBuffer(right.map { UInt16($0.bitPattern >> 16) })
      return ccv_onednn_multiply(p, a.pointer, b.pointer, c)
    }
  }

  @Test("what C held is not read, and NaN and infinity go through")
  func nonFinite() {
    let a: [Float] = [.infinity, 0, .nan, 1, 1, 1]
    let c = GuardedBuffer<Float>([.nan, .infinity, .nan])
    let product = ccv_product(
      m: 3, n: 1, k: 2, lda: 2, ldb: 1, ldc: 1, transpose_a: false, transpose_b: false,
      accumulate: false, element: CCV_FLOAT32)
    #expect(multiply(product, a, [1, 1], c.pointer))
    #expect(c.values[0] == .infinity && c.values[1].isNaN && c.values[2] == 2)
  }

  @Test("more shapes than a thread keeps, and back to the first: the same bits")
  func manyShapes() {
    var samples = Samples(seed: 83)
    let (a, b) = (samples.floats(64 * 64), samples.floats(64 * 64))
    func result(_ m: Int, _ n: Int) -> [Float] {
      let c = GuardedBuffer<Float>(repeating: 0, count: m * n)
      let product = ccv_product(
        m: Int64(m), n: Int64(n), k: 3, lda: 3, ldb: Int64(n), ldc: Int64(n), transpose_a: false,
        transpose_b: false, accumulate: false, element: CCV_FLOAT32)
      #expect(multiply(product, a, b, c.pointer))
      return c.values
    }
    let first = result(1, 1), last = result(40, 40)
    for m in 1...40 { for n in 1...40 { _ = result(m, n) } }
    #expect(result(1, 1) == first && result(40, 40) == last)
  }

  @Test("threads may multiply at the same time")
  func concurrency() async {
    let side = 96
    var samples = Samples(seed: 84)
    let (left, right) = (samples.floats(side * side), samples.floats(side * side))
    let product = ccv_product(
      m: Int64(side), n: Int64(side), k: Int64(side), lda: Int64(side), ldb: Int64(side),
      ldc: Int64(side), transpose_a: false, transpose_b: false, accumulate: false,
      element: CCV_FLOAT32)
    @Sendable func result() -> [Float] {
      let c = GuardedBuffer<Float>(repeating: 0, count: side * side)
      for _ in 0..<20 { #expect(multiply(product, left, right, c.pointer)) }
      return c.values
    }
    let alone = result()
    await withTaskGroup(of: [Float].self) { group in
      for _ in 0..<6 { group.addTask { result() } }
      for await other in group { #expect(other == alone) }
    }
  }
}

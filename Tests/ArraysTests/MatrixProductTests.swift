import Testing

@testable import Arrays

@Suite("Matrix products")
struct MatrixProductTests {
  /// Large enough to be cut into pieces in both directions, at extents that no piece divides.
  static let (m, n, k) = (531, 837, 65)

  @Test(
    "a product cut into pieces agrees with double precision, transposed or not",
    arguments: [false, true], [false, true])
  func pieces(transposeA: Bool, transposeB: Bool) {
    let (m, n, k) = (Self.m, Self.n, Self.k)
    var random = RandomSource(seed: 11)
    let a = random.normal([m * k]).elements(of: Float.self)
    let b = random.normal([k * n]).elements(of: Float.self)
    var c = random.normal([m * n]).elements(of: Float.self)
    let before = c
    MatrixProduct.multiply(
      transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, a, b,
      accumulate: true, &c)
    var worst = 0.0
    for i in 0..<m {
      for j in 0..<n {
        var (sum, size) = (0.0, 0.0)
        for l in 0..<k {
          let product =
            Double(a[transposeA ? l * m + i : i * k + l])
            * Double(b[transposeB ? j * k + l : l * n + j])
          sum += product
          size += abs(product)
        }
        let old = Double(before[i * n + j])
        let wanted = sum + old
        // k products and sums, and the sum with C.
        let bound = 0x1p-24 * (Double(k) * size + abs(old) + abs(wanted))
        worst = max(worst, abs(Double(c[i * n + j]) - wanted) / bound)
      }
    }
    #expect(worst <= 1)
  }
}

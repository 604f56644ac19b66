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

  @Test("products of a group have the bits that each has alone")
  func group() {
    var random = RandomSource(seed: 12)
    let extents = [(64, 64, 136), (136, 64, 256), (256, 64, 136), (3, 5, 0), (0, 4, 4), (1, 1, 1)]
    var group = ProductGroup()
    var alone: [NDArray] = [], together: [NDArray] = []
    for (m, n, k) in extents {
      let a = Operand(random.normal([m, k]), .float32)
      let b = Operand(random.normal([k, n]), .float32)
      alone.append(NDArray(uninitialized: [m, n]))
      together.append(NDArray(uninitialized: [m, n]))
      MatrixProduct.multiply(m: m, n: n, k: k, a, b, alone[alone.count - 1].floats)
      group.add(m: m, n: n, k: k, a, b, together[together.count - 1].floats)
    }
    group.compute()
    #expect(alone == together)
  }

  @Test("a second product into the same place of a group comes after the first")
  func samePlace() {
    let one = NDArray([Float](repeating: 1, count: 4096), shape: [64, 64])
    let sum = NDArray(uninitialized: [64, 64])
    var group = ProductGroup()
    let operand = Operand(one, .float32)
    group.add(m: 64, n: 64, k: 64, operand, operand, sum.floats)
    group.add(m: 64, n: 64, k: 64, operand, operand, accumulate: true, sum.floats)
    group.compute()
    #expect(sum.elements(of: Float.self).allSatisfy { $0 == 128 })
  }
}

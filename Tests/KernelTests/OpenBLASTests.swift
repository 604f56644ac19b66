import COpenBLAS
import Glibc
import Testing

/// op(A) op(B) in double precision, and the sums of sizes for the error bound.
private func product(
  _ m: Int, _ n: Int, _ k: Int, _ a: (Int, Int) -> Float, _ b: (Int, Int) -> Float
) -> (values: [Double], sizes: [Double]) {
  var (values, sizes) = ([Double](), [Double]())
  for i in 0..<m {
    for j in 0..<n {
      let terms = (0..<k).map { Double(a(i, $0)) * Double(b($0, j)) }
      values.append(terms.reduce(0, +))
      sizes.append(terms.reduce(0) { $0 + abs($1) })
    }
  }
  return (values, sizes)
}

@Suite struct OpenBLASTests {
  @Test(
    "products agree with double precision for every transposition and stride",
    arguments: [false, true], [false, true])
  func products(transposeA: Bool, transposeB: Bool) {
    var samples = Samples(seed: 80)
    for (m, n, k) in [(1, 1, 1), (3, 5, 7), (17, 33, 65), (64, 1, 30), (1, 64, 30), (65, 65, 16)] {
      // Rows longer than needed: a product may lie inside a wider array.
      let (rowA, rowB, rowC) = ((transposeA ? m : k) + 2, (transposeB ? k : n) + 1, n + 3)
      let left = samples.floats((transposeA ? k : m) * rowA)
      let right = samples.floats((transposeB ? n : k) * rowB)
      let before = samples.floats(m * rowC)
      let (a, b, c) = (GuardedBuffer(left), GuardedBuffer(right), GuardedBuffer(before))
      ccv_sgemm(
        transposeA, transposeB, Int64(m), Int64(n), Int64(k), a.pointer, Int64(rowA), b.pointer,
        Int64(rowB), true, c.pointer, Int64(rowC))
      let (values, sizes) = product(
        m, n, k, { transposeA ? left[$1 * rowA + $0] : left[$0 * rowA + $1] },
        { transposeB ? right[$1 * rowB + $0] : right[$0 * rowB + $1] })
      var wanted = before.map(Double.init)
      var bounds = [Double](repeating: 0, count: before.count)
      for i in 0..<m {
        for j in 0..<n {
          let at = i * rowC + j
          wanted[at] = values[i * n + j] + Double(before[at])
          bounds[at] = gamma(k + 1) * (sizes[i * n + j] + abs(Double(before[at])))
        }
      }
      expectClose(c.values, wanted, within: { bounds[$0] }, "[\(m), \(k)] by [\(k), \(n)]")
    }
  }

  @Test("a product that does not accumulate does not read what C held, and an empty sum is 0")
  func emptySums() {
    let a = GuardedBuffer<Float>([1, 2, 3, 4])
    let c = GuardedBuffer<Float>([.nan, .infinity, .nan, 1])
    ccv_sgemm(false, false, 2, 2, 2, a.pointer, 2, a.pointer, 2, false, c.pointer, 2)
    #expect(c.values == [7, 10, 15, 22])
    let empty = GuardedBuffer<Float>([])
    let fresh = GuardedBuffer<Float>([.nan, .nan, .nan, .nan])
    ccv_sgemm(false, false, 2, 2, 0, empty.pointer, 0, empty.pointer, 2, false, fresh.pointer, 2)
    #expect(fresh.values == [0, 0, 0, 0])
    ccv_sgemm(false, true, 0, 2, 2, a.pointer, 2, a.pointer, 2, false, empty.pointer, 2)
    ccv_sgemm(false, true, 2, 0, 2, a.pointer, 2, empty.pointer, 2, false, empty.pointer, 0)
  }

  @Test("NaN and infinity go through a product")
  func nonFinite() {
    let a = GuardedBuffer<Float>([.infinity, 0, .nan, 1, 1, 1])
    let b = GuardedBuffer<Float>([1, 1])
    let c = GuardedBuffer<Float>([0, 0, 0])
    ccv_sgemm(false, false, 3, 1, 2, a.pointer, 2, b.pointer, 1, false, c.pointer, 1)
    #expect(c.values[0] == .infinity && c.values[1].isNaN && c.values[2] == 2)
  }

  @Test("threads may multiply at the same time")
  func concurrency() async {
    let side = 96
    var samples = Samples(seed: 81)
    let (left, right) = (samples.floats(side * side), samples.floats(side * side))
    @Sendable func multiply() -> [Float] {
      let (a, b) = (GuardedBuffer(left), GuardedBuffer(right))
      let c = GuardedBuffer<Float>(repeating: 0, count: side * side)
      let n = Int64(side)
      for _ in 0..<20 {
        ccv_sgemm(false, false, n, n, n, a.pointer, n, b.pointer, n, false, c.pointer, n)
      }
      return c.values
    }
    let alone = multiply()
    await withTaskGroup(of: [Float].self) { group in
      for _ in 0..<6 { group.addTask { multiply() } }
      for await result in group { #expect(result == alone) }
    }
  }

  @Test("the library loads, says what it runs, and leaves the environment as it was")
  func loading() async {
    await #expect(processExitsWith: .success) {
      unsetenv("OPENBLAS_CORETYPE")
      unsetenv("OPENBLAS_NUM_THREADS")
      #expect(String(cString: ccv_blas_core()).isEmpty)
      #expect(ccv_blas_problem() == nil)
      #expect(!String(cString: ccv_blas_core()).isEmpty)
      #expect(String(cString: ccv_blas_version()).contains("OpenBLAS"))
      #expect(ccv_blas_warning() == nil)
      #expect(getenv("OPENBLAS_CORETYPE") == nil)
      #expect(getenv("OPENBLAS_NUM_THREADS") == nil)
    }
  }

  @Test("an exported core type is respected, with a warning where it holds the CPU back")
  func exportedCore() async {
    await #expect(processExitsWith: .success) {
      setenv("OPENBLAS_CORETYPE", "Sandybridge", 1)
      setenv("OPENBLAS_NUM_THREADS", "2", 1)
      #expect(ccv_blas_problem() == nil)
      #expect(getenv("OPENBLAS_CORETYPE").map { String(cString: $0) } == "Sandybridge")
      #expect(getenv("OPENBLAS_NUM_THREADS").map { String(cString: $0) } == "2")
      // "SandyBridge" in the library's spelling; another CPU family ignores the name.
      guard String(cString: ccv_blas_core()).lowercased() == "sandybridge" else { return }
      let warning = try #require(ccv_blas_warning().map { String(cString: $0) })
      #expect(warning.contains("OPENBLAS_CORETYPE=Sandybridge"))
    }
  }
}

import Arrays
import COneDNN

/// The rate of the engine's matrix products on all of its threads: the limit of what trains on it.
enum MatrixBenchmark {
  private static let large = [
    (m: 1576, n: 3072, k: 768), (m: 2048, n: 2048, k: 2048), (m: 4096, n: 1024, k: 1024),
  ]
  private static let repeats = 9

  /// The best shape's best rate, for float32 and, where the machine has it, for bfloat16.
  static func run() throws -> JSONLine {
    if let problem = MatrixProduct.problem { throw BenchmarkError.failed(problem) }
    let engine = EngineReport.current()
    let half = engine.bfloat16Problem == nil ? bestRate(.bfloat16) : .nan
    return JSONLine([
      ("peer", .text("ccv")), ("workload", .text("gemm")),
      ("sgemm_gflops", .number(bestRate(.float32), digits: 1)),
      ("bf16_gflops", .number(half, digits: 1)),
      ("threads", .number(Double(engine.threads), digits: 0)),
      ("provider", .text(engine.products.first ?? "")), ("kernels", .text(engine.kernels)),
    ])
  }

  private static func bestRate(_ precision: Precision) -> Double {
    large.map { shape in
      let product = StepProduct(
        name: "", m: shape.m, n: shape.n, k: shape.k, transposeB: true, matrices: 1, times: 1)
      return product.operations / seconds(product, precision) * 1e-9
    }.max() ?? 0
  }

  /// Every matrix product of a training step with its rate, the slow ones to be seen.
  static func table(_ workload: Workload, _ precision: Precision) throws -> String {
    if let problem = precision == .bfloat16 ? MatrixProduct.bfloat16Problem : MatrixProduct.problem {
      throw BenchmarkError.failed(problem)
    }
    let best = bestRate(precision)
    var text = row(["product", "matrices x m x n x k", "stored", "times", "ms", "GFLOP/s", "of best"])
    var total = 0.0
    for product in workload.products.flatMap({ [$0, $0.leftGradient, $0.rightGradient] }) {
      let spent = seconds(product, precision)
      let rate = product.operations / Double(product.times) / spent * 1e-9
      total += spent * Double(product.times)
      text += row([
        product.name, "\(product.matrices) x \(product.m) x \(product.n) x \(product.k)",
        product.transposeA ? "A^T" : product.transposeB ? "B^T" : "", "\(product.times)",
        fixed(spent * 1000, 3), fixed(rate, 0), fixed(100 * rate / best, 0) + " %",
      ])
    }
    let limit = workload.operations / best * 1e-9
    return text
      + "all of a \(workload.name) step: \(fixed(total * 1000, 2)) ms, "
      + "\(fixed(limit * 1000, 2)) ms at the best rate of \(fixed(best, 0)) GFLOP/s\n"
  }

  private static func row(_ cells: [String]) -> String {
    let widths = [-17, -27, -6, 5, 10, 8, 8]
    return zip(cells, widths).map { padded($0, $1) }.joined(separator: " ") + "\n"
  }

  /// Of one operation with all its matrices: the least of the repeats, because a limit is meant.
  private static func seconds(_ product: StepProduct, _ precision: Precision) -> Double {
    let (m, n, k, matrices) = (product.m, product.n, product.k, product.matrices)
    var random = RandomSource(seed: 0)
    let a = Operand(random.normal([matrices, m, k]), precision)
    let b = Operand(random.normal([matrices, k, n]), precision)
    let c = Operand(uninitialized: matrices * m * n, .float32)
    let times = timings(repeats: repeats) {
      guard matrices > 1 else {
        MatrixProduct.multiply(
          transposeA: product.transposeA, transposeB: product.transposeB, m: m, n: n, k: k, a, b,
          c.floats)
        return
      }
      // As attention does: a matrix a tile, the tiles over the threads.
      let tile = ccv_product(
        m, n, k, transposeA: product.transposeA, transposeB: product.transposeB,
        element: precision.element)
      Parallel.forEachSlice(of: matrices) { slice in
        for index in slice {
          MatrixProduct.tile(
            tile, a.pointer(at: index * m * k), b.pointer(at: index * k * n),
            c.floats + index * m * n)
        }
      }
    }
    return times.min() ?? .nan
  }
}

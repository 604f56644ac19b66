import Testing

@testable import ccv_bench

@Suite struct WorkloadTests {
  @Test("Operations of a micro step are those counted by hand")
  func micro() throws {
    // 8 images of 17 tokens of 64 numbers, 3 blocks. A block, forward: 12 weights of 64 x 64 for every
    // token, and twice 17 x 17 x 64 multiplications of attention.
    let block = 2 * (17 * 12 * 64 * 64 + 2 * 17 * 17 * 64)
    let embedding = 2 * 16 * 192 * 64
    // 8 of 16 patches are corrupted; each names 64 tokens and rebuilds 192 numbers.
    let heads = 2 * 8 * 64 * (64 + 192)
    let step = 3 * 8 * (3 * block + embedding + heads)
    #expect(try Workload.named("micro").operations == Double(step))
  }

  @Test("A step is as much work as the peers' table says", arguments: [("tiny", 165.0), ("base", 1014.0)])
  func published(name: String, gigaoperations: Double) throws {
    let operations = try Workload.named(name).operations * 1e-9
    #expect(abs(operations - gigaoperations) < 0.5)
  }

  @Test("Both gradients of a product are as much work as the product")
  func gradients() throws {
    for product in try Workload.named("small").products {
      #expect(product.leftGradient.operations == product.operations)
      #expect(product.rightGradient.operations == product.operations)
    }
  }

  @Test("Gradients have the shapes of what they are gradients of")
  func gradientShapes() throws {
    let stored = StepProduct(
      name: "", m: 2, n: 3, k: 5, transposeB: true, matrices: 1, times: 1)
    #expect((stored.leftGradient.m, stored.leftGradient.n) == (2, 5))
    #expect(!stored.leftGradient.transposeB)
    #expect((stored.rightGradient.m, stored.rightGradient.n, stored.rightGradient.k) == (3, 5, 2))
    let plain = StepProduct(
      name: "", m: 2, n: 3, k: 5, transposeB: false, matrices: 1, times: 1)
    #expect(plain.leftGradient.transposeB)
    #expect((plain.rightGradient.m, plain.rightGradient.n, plain.rightGradient.k) == (5, 3, 2))
  }

  @Test("An unknown workload is told with those that there are")
  func unknown() {
    let error = #expect(throws: BenchmarkError.self) { try Workload.named("huge") }
    #expect(error?.description.contains("micro, tiny, small, base") == true)
  }
}

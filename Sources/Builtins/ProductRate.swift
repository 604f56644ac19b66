import Arrays
import Glibc

/// How fast this machine multiplies matrices, measured when first asked for: the limit that a profile
/// compares with.
final class ProductRate {
  private let measure: (Precision) -> Double

  /// - Parameter measure: other rates for tests.
  init(_ measure: @escaping (Precision) -> Double = ProductRate.measured) {
    self.measure = measure
  }

  /// 10^9 floating-point operations a second with all of the engine's threads.
  private(set) lazy var float32 = measure(.float32)
  /// The same of products that multiply bfloat16, on a machine that has them.
  private(set) lazy var bfloat16 = measure(.bfloat16)

  /// How long the machine needs at least.
  func seconds(for flops: ProductFlops) -> Double {
    (flops.float32 > 0 ? Double(flops.float32) / float32 : 0) * 1e-9
      + (flops.bfloat16 > 0 ? Double(flops.bfloat16) / bfloat16 : 0) * 1e-9
  }

  private static let extent = 1024
  /// Enough for the threads to wake and the clock of the CPU to rise; seconds.
  private static let patience = 0.15

  /// The best of some products of two square matrices, which nobody who observes is told of.
  private static func measured(_ precision: Precision) -> Double {
    let observer = Observation.observe(with: nil)
    defer { Observation.observe(with: observer) }
    var random = RandomSource(seed: 1)
    let matrix = Operand(random.uniform([extent, extent], low: -1, high: 1), precision)
    let product = NDArray(zeros: [extent, extent])
    let flops = 2 * Double(extent * extent * extent)
    let start = now()
    var (last, best) = (start, 0.0)
    repeat {
      MatrixProduct.multiply(m: extent, n: extent, k: extent, matrix, matrix, product.floats)
      let end = now()
      best = max(best, flops / max(end - last, 1e-9))
      last = end
    } while last - start < patience
    withExtendedLifetime(product) {}
    return best * 1e-9
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

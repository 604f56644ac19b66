import Arrays
import Glibc

/// How fast this machine multiplies matrices, measured when first asked for: the limit that a profile
/// compares with.
final class ProductRate {
  private let measure: () -> Double

  /// - Parameter measure: another rate for tests.
  init(_ measure: @escaping () -> Double = ProductRate.measured) {
    self.measure = measure
  }

  /// 10^9 floating-point operations a second in float32, with all of the engine's threads.
  private(set) lazy var value = measure()

  private static let extent = 1024
  /// Enough for the threads to wake and the clock of the CPU to rise; seconds.
  private static let patience = 0.15

  /// The best of some products of two square matrices.
  private static func measured() -> Double {
    var random = RandomSource(seed: 1)
    let matrix = random.uniform([extent, extent], low: -1, high: 1)
    let flops = 2 * Double(extent * extent * extent)
    let start = now()
    var (last, best) = (start, 0.0)
    repeat {
      guard let product = try? matrix.multiplied(by: matrix) else { return 0 }
      withExtendedLifetime(product) {}
      let end = now()
      best = max(best, flops / max(end - last, 1e-9))
      last = end
    } while last - start < patience
    return best * 1e-9
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

import CKernels
import COpenBLAS

/// What the engine runs on: for `ccv version`.
public struct EngineReport: Sendable {
  /// "baseline", "avx2" or "avx512".
  public let kernels: String
  /// float32 lanes of a vector register.
  public let lanes: Int
  /// Every variant that this CPU runs, best first.
  public let availableKernels: [String]
  /// Threads of the engine; OpenBLAS runs one a call.
  public let threads: Int
  /// OpenBLAS's version text, empty where it is missing.
  public let blasVersion: String
  /// The core type that OpenBLAS runs, empty where it is missing.
  public let blasCore: String
  /// What is held back or missing, a sentence each.
  public let warnings: [String]

  /// Loads OpenBLAS if nothing has so far.
  public static func current() -> EngineReport {
    func text(_ pointer: UnsafePointer<CChar>?) -> String? { pointer.map { String(cString: $0) } }
    let active = ccv_active_kernels().pointee
    let blasProblem = text(ccv_blas_problem())
    return EngineReport(
      kernels: text(active.name) ?? "", lanes: Int(active.lanes),
      availableKernels: (0..<ccv_kernels_count()).compactMap {
        text(ccv_kernels_at($0).pointee.name)
      },
      threads: Parallel.threadCount, blasVersion: text(ccv_blas_version()) ?? "",
      blasCore: text(ccv_blas_core()) ?? "",
      warnings: [
        text(ccv_kernels_problem()), text(ccv_threads_problem()), blasProblem,
        text(ccv_blas_warning()),
      ].compactMap { $0 })
  }
}

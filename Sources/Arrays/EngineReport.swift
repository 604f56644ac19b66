import CKernels
import COneDNN
import COpenBLAS

/// What the engine runs on: for `ccv version`.
public struct EngineReport: Sendable {
  /// "baseline", "avx2" or "avx512".
  public let kernels: String
  /// float32 lanes of a vector register.
  public let lanes: Int
  /// Every variant that this CPU runs, best first.
  public let availableKernels: [String]
  /// Threads of the engine; the libraries of matrix products run one a call.
  public let threads: Int
  /// The libraries that multiply matrices, the one for all but small products first.
  public let products: [String]
  /// Why `precision: "bf16"` cannot be had, or nil.
  public let bfloat16Problem: String?
  /// What is held back or missing, a sentence each.
  public let warnings: [String]

  /// Loads the libraries if nothing has so far.
  public static func current() -> EngineReport {
    func text(_ pointer: UnsafePointer<CChar>?) -> String? { pointer.map { String(cString: $0) } }
    let active = ccv_active_kernels().pointee
    let blasProblem = MatrixProduct.problem
    let usesOneDNN = MatrixProduct.provider == .oneDNN
    // Name, version and how it was built.
    let blasName = text(ccv_blas_version())?.split(separator: " ").prefix(2).joined(separator: " ")
    let blas = blasProblem == nil ? "\(blasName ?? ""), core type \(text(ccv_blas_core()) ?? "")" : nil
    let dnn =
      usesOneDNN
      ? "\(text(ccv_onednn_version()) ?? ""), \(text(ccv_onednn_instructions()) ?? "")" : nil
    return EngineReport(
      kernels: text(active.name) ?? "", lanes: Int(active.lanes),
      availableKernels: (0..<ccv_kernels_count()).compactMap {
        text(ccv_kernels_at($0).pointee.name)
      },
      threads: Parallel.threadCount, products: [dnn, blas].compactMap { $0 },
      bfloat16Problem: MatrixProduct.bfloat16Problem,
      warnings: [
        text(ccv_kernels_problem()), text(ccv_threads_problem()), blasProblem,
        // What holds OpenBLAS back matters where it computes the large products.
        usesOneDNN ? nil : text(ccv_blas_warning()),
      ].compactMap { $0 })
  }
}

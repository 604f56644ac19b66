// OpenBLAS behind dlopen, so that its thread pool and CPU probe stay out of start-up and its core
// type can be chosen before it loads.
#pragma once
#include <stdbool.h>
#include <stdint.h>

/// Loads the library once; NULL if it is there, else one sentence on what is missing.
const char *ccv_blas_problem(void);

/// C = alpha op(A) op(B) + beta C, row-major; op(A) is m x k, op(B) k x n. Runs on the calling
/// thread alone and may be called from several threads at once. Without OpenBLAS a plain loop runs.
void ccv_sgemm(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, float alpha,
               const float *a, int64_t lda, const float *b, int64_t ldb, float beta, float *c,
               int64_t ldc);

/// The core type that OpenBLAS runs ("SkylakeX"), and its version text. Empty before it is loaded.
const char *ccv_blas_core(void);
const char *ccv_blas_version(void);
/// NULL, or a warning that an exported variable holds the library back on this CPU.
const char *ccv_blas_warning(void);

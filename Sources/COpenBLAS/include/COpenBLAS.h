// OpenBLAS behind dlopen, so that its thread pool and CPU probe stay out of start-up and its core
// type can be chosen before it loads.
#pragma once
#include <stdbool.h>
#include <stdint.h>

/// Loads the library once; NULL if it is there, else one sentence on what is missing.
const char *ccv_blas_problem(void);

/// Keeps the library to AVX2 on a CPU that has AVX-512 too; only before anything else here is called.
void ccv_blas_limit_to_avx2(void);

/// C = op(A) op(B), or with `accumulate` C += op(A) op(B); row-major, op(A) is m x k, op(B) k x n.
/// Runs on the calling thread alone and may be called from several threads at once. Without OpenBLAS
/// a plain loop runs.
void ccv_sgemm(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const float *a,
               int64_t lda, const float *b, int64_t ldb, bool accumulate, float *c, int64_t ldc);

/// The core type that OpenBLAS runs ("SkylakeX"), and its version text. Empty before it is loaded.
const char *ccv_blas_core(void);
const char *ccv_blas_version(void);
/// NULL, or a warning that an exported variable holds the library back on this CPU.
const char *ccv_blas_warning(void);

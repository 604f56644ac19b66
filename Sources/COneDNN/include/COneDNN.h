// oneDNN's matrix product behind dlopen: on AVX-512 machines as fast for small and skinny matrices as
// for large ones, in float32 and, where the CPU multiplies bfloat16, at twice that rate.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The elements of A and B. C is float32 always, and so are the sums.
typedef enum { CCV_FLOAT32, CCV_BFLOAT16 } ccv_element;

/// C = op(A) op(B), or C += op(A) op(B): row-major, op(A) is m x k and op(B) k x n, each extent at
/// least 1. The first elements of two rows lie `lda`, `ldb`, `ldc` elements apart, counted in the
/// matrix as it is stored, before `op`.
typedef struct {
  int64_t m, n, k, lda, ldb, ldc;
  bool transpose_a, transpose_b, accumulate;
  ccv_element element;
} ccv_product;

/// Loads the library once; NULL if it is there and this CPU gains by it, else one sentence on why not.
const char *ccv_onednn_problem(void);
/// NULL if bfloat16 products run on this CPU's own instructions, else one sentence on why not.
const char *ccv_onednn_bfloat16_problem(void);
/// Such as "oneDNN 2.6.3"; empty where it is missing.
const char *ccv_onednn_version(void);
/// Such as "AVX-512 with bfloat16".
const char *ccv_onednn_instructions(void);

/// Computes a product on the calling thread alone; may be called from several threads at once. The bits depend
/// on the shape and the instruction set, not on the thread nor on where the matrices lie.
///
/// Returns false, with C as it was, where the library is missing or refuses the shape.
bool ccv_onednn_multiply(const ccv_product *product, const void *a, const void *b, float *c);

#ifdef __cplusplus
}
#endif

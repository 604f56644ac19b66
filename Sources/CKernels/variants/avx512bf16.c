// AVX512-BF16: only what products of bfloat16 are for.
#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push( \
    __attribute__((target("avx512bf16,avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi,bmi2"))), \
    apply_to = function)
#pragma clang diagnostic ignored "-Wunused-function"
#define CCV_VARIANT avx512bf16
#define CCV_LANES 16
#define CCV_FUSED 1  // fused multiply-add
#define CCV_BFLOAT
#include "../generic/cluster_only.inc"
#pragma clang attribute pop
#else
typedef int ccv_no_avx512bf16;
#endif

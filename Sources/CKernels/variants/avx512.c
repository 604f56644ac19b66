// AVX-512 F, BW, DQ and VL, 16 lanes. Only this region may use them.
#if defined(__x86_64__)
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi,bmi2"))), \
    apply_to = function)
#define CCV_VARIANT avx512
#define CCV_LANES 16
#define CCV_FUSED 1  // fused multiply-add
#include "../generic/all.inc"
#pragma clang attribute pop
#else
typedef int ccv_no_avx512;
#endif

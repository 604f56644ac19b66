// AVX2 and FMA, 8 lanes. Only this region may use them: shared code must run on any x86-64.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi,bmi2"))), apply_to = function)
#define CCV_VARIANT avx2
#define CCV_LANES 8
#define CCV_FUSED 1  // fused multiply-add
#include "../generic/all.inc"
#pragma clang attribute pop
#else
typedef int ccv_no_avx2;
#endif

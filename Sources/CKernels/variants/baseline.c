// Plain C for any CPU; on x86-64 the compiler vectorises it for SSE2, which every one has.
#define CCV_VARIANT baseline
#define CCV_LANES 4
#define CCV_FUSED 0  // fused multiply-add
#include "../generic/all.inc"

// Fused float32 kernels: one algorithm, compiled for several instruction sets, chosen once at run
// time.
//
// Conventions. Arrays are contiguous and row-major; a size may be 0 and a pointer may have any
// alignment. Outputs may be the same memory as an input of the same shape, and must not overlap it
// otherwise. NaN and infinity go through as IEEE arithmetic has them unless a line says otherwise.
// Sums run in an order that depends on the sizes alone, never on alignment or on threads, so one
// variant gives the same bits every time; variants differ by rounding.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  CCV_NEGATE, CCV_ABSOLUTE, CCV_EXP, CCV_LOG, CCV_SQRT, CCV_RECIPROCAL, CCV_TANH, CCV_SIGMOID,
  CCV_GELU, CCV_RELU, CCV_SQUARE, CCV_SIN, CCV_COS, CCV_FLOOR, CCV_CEIL, CCV_ROUND,
} ccv_unary;

typedef enum {
  CCV_ADD, CCV_SUBTRACT, CCV_MULTIPLY, CCV_DIVIDE, CCV_MAXIMUM, CCV_MINIMUM, CCV_POWER,
} ccv_binary;

typedef enum {
  CCV_EQUAL, CCV_NOT_EQUAL, CCV_LESS, CCV_LESS_EQUAL, CCV_GREATER, CCV_GREATER_EQUAL,
} ccv_comparison;

typedef enum { CCV_SUM, CCV_MAX, CCV_MIN } ccv_reduction;

typedef struct {
  float learning_rate, beta1, beta2, epsilon, decay;
  float correction1, correction2;  // 1 - beta^t
  float gradient_scale;            // multiplies every gradient first (clipping)
} ccv_adamw_options;

#include "CCluster.h"

typedef struct ccv_kernels {
  const char *name;  // "baseline", "avx2" or "avx512"
  int lanes;         // float32 lanes of a vector register

  // y[i] = f(x[i]), the same bits wherever x[i] stands in the array. Largest errors in ulps,
  // measured against double precision over a sample of all floats: exp 1, log 0.8, tanh 1.3,
  // sigmoid 2.2, gelu 8.2. gelu is x Phi(x), the exact form, with gelu(-inf) = 0. sin and cos are
  // the C library's; round takes halves to even.
  void (*unary)(ccv_unary op, int64_t n, const float *x, float *y);
  // y[i] = a[i] op b[i]; with a_step or b_step 0 that operand is one number. Maximum and minimum
  // give NaN if either is NaN.
  void (*binary)(ccv_binary op, int64_t n, const float *a, int a_step, const float *b, int b_step,
                 float *y);
  // y[i] = a[i] op b[i] ? 1 : 0, steps as in binary.
  void (*compare)(ccv_comparison op, int64_t n, const float *a, int a_step, const float *b,
                  int b_step, uint8_t *y);
  // y[i] = mask[i] ? a[i] : b[i].
  void (*select)(int64_t n, const uint8_t *mask, const float *a, int a_step, const float *b,
                 int b_step, float *y);
  // y[i] += factor * x[i].
  void (*add_scaled)(int64_t n, float factor, const float *x, float *y);
  // y[i] = factor * x[i] + offset.
  void (*affine)(int64_t n, float factor, float offset, const float *x, float *y);
  // y[i] = x[i] to the nearest bfloat16, of two equally near ones the even, beyond the largest
  // infinity; a NaN stays one. And back, exactly. The same bits in every variant.
  void (*round_to_bfloat16)(int64_t n, const float *x, uint16_t *y);
  void (*widen_bfloat16)(int64_t n, const uint16_t *x, float *y);
  // y[i] = scale * x[i] + offset for bytes (pixels).
  void (*bytes_to_floats)(int64_t n, float scale, float offset, const uint8_t *x, float *y);

  // y[r] = reduction of row r, n columns; an empty row sums to 0 and has maximum -inf.
  void (*reduce_rows)(ccv_reduction op, int64_t rows, int64_t columns, const float *x, float *y);
  // y[c] = reduction over the rows of column c (y is overwritten); rows in order from the first,
  // four at a time, so that callers who split the rows do it at multiples of a fixed block.
  void (*reduce_columns)(ccv_reduction op, int64_t rows, int64_t columns, const float *x, float *y);
  // The same sum, added to y.
  void (*add_column_sums)(int64_t rows, int64_t columns, const float *x, float *y);
  // Index of the largest (or smallest, sign -1) element of each row; the first of equals; NaN wins.
  void (*arg_extreme)(int sign, int64_t rows, int64_t columns, const float *x, int32_t *y);
  // Sum of squares in double precision, 32 partial sums.
  double (*sum_of_squares)(int64_t n, const float *x);
  // Dot product of each pair of rows: y[r] = sum_c a[r][c] b[r][c].
  void (*dot_rows)(int64_t rows, int64_t columns, const float *a, const float *b, float *y);

  // y = softmax of each row of x (in place allowed).
  void (*softmax)(int64_t rows, int64_t columns, const float *x, float *y);
  // dx = y * (dy - sum(dy * y)) per row, where y is the softmax.
  void (*softmax_pullback)(int64_t rows, int64_t columns, const float *y, const float *dy,
                           float *dx);
  // y[r] = log(sum(exp(x[r]))).
  void (*log_sum_exp)(int64_t rows, int64_t columns, const float *x, float *y);
  // loss[r] = lse[r] - logits[r][id[r]]; ids are in range; lse is kept for the pullback.
  void (*cross_entropy)(int64_t rows, int64_t columns, const float *logits, const int32_t *ids,
                        float *loss, float *lse);
  // dlogits = (softmax - one_hot(id)) * scale[r].
  void (*cross_entropy_pullback)(int64_t rows, int64_t columns, const float *logits,
                                 const int32_t *ids, const float *lse, const float *scale,
                                 float *dlogits);

  // y = (x - mean) * rstd * scale + offset over the columns (population variance); mean and rstd
  // [rows] are kept for the pullback. scale and offset may be NULL (1 and 0).
  void (*layer_norm)(int64_t rows, int64_t columns, float epsilon, const float *x,
                     const float *scale, const float *offset, float *y, float *mean, float *rstd);
  // dx, added to what was there with `add`, and dscale and doffset [columns] added to (each may be
  // NULL).
  void (*layer_norm_pullback)(int64_t rows, int64_t columns, const float *x, const float *scale,
                              const float *mean, const float *rstd, const float *dy, bool add,
                              float *dx, float *dscale, float *doffset);
  // x[r][c] += bias[c].
  void (*add_bias)(int64_t rows, int64_t columns, const float *bias, float *x);
  // x += bias, then y = gelu(x): x becomes the pre-activation that the pullback needs.
  void (*bias_gelu)(int64_t rows, int64_t columns, const float *bias, float *x, float *y);
  // dx = dy * gelu'(x) (dx may be dy); y = gelu(x) once more unless y is NULL (y may be x); dbias
  // [columns], unless it is NULL, gets the column sums of dx added.
  void (*gelu_pullback)(int64_t rows, int64_t columns, const float *x, const float *dy, float *dx,
                        float *y, float *dbias);
  // y = x + factor * scale[c] * (branch + bias[c]): a residual with layer scale; factor is drop path's.
  void (*scaled_residual)(int64_t rows, int64_t columns, float factor, const float *x,
                          const float *branch, const float *bias, const float *scale, float *y);
  // scores = softmax(scale * scores + bias) per row, bias [rows][columns] or NULL.
  void (*attention_softmax)(int64_t rows, int64_t columns, float scale, const float *bias,
                            float *scores);
  // With p the softmax and dp the gradient of it: ds = p * (dp - sum(dp * p)); dbias += ds (may be
  // NULL); dp becomes scale * ds.
  void (*attention_softmax_pullback)(int64_t rows, int64_t columns, float scale, const float *p,
                                     float *dp, float *dbias);

  // One AdamW step over n parameters (Loshchilov and Hutter 2019), all in one pass.
  void (*adamw)(int64_t n, const ccv_adamw_options *options, float *parameter,
                const float *gradient, float *first_moment, float *second_moment);

  // [outer, a, b, inner] -> [outer, b, a, inner], the part [begin, end) of outer.
  void (*swap_axes)(int64_t begin, int64_t end, int64_t a, int64_t b, int64_t inner, const float *x,
                    float *y);
  // images [B, C, H, W] <-> patches [B, (H/P)(W/P), C*P*P] in (c, y, x) order, images begin..<end.
  void (*patchify)(int64_t begin, int64_t end, int64_t channels, int64_t height, int64_t width,
                   int64_t patch, const float *image, float *patches);
  void (*unpatchify)(int64_t begin, int64_t end, int64_t channels, int64_t height, int64_t width,
                     int64_t patch, const float *patches, float *image);

  // Philox4x32-10 (Salmon et al. 2011): numbers first .. first + n of the stream (seed, stream),
  // four to a block. uniform is in [0, 1) with 24 bits; normal is Box-Muller over pairs, below 6.7
  // in size. Every variant and every split of a range gives the same bits.
  void (*random_uniform)(int64_t n, uint64_t seed, uint64_t stream, uint64_t first, float *y);
  void (*random_normal)(int64_t n, uint64_t seed, uint64_t stream, uint64_t first, float *y);

  // y[i] = sum over t of weights[t] * x[t * stride + i], taps in order.
  void (*mix_byte_rows)(int64_t n, int64_t taps, const float *weights, const uint8_t *x,
                        int64_t stride, float *y);
  // Pixels of a line, four numbers each (the last means nothing), mixed into three planes: pixel i is
  // scale * sum over t of weights[i * taps + t] * pixel starts[i] + t of the line, between 0 and 1
  // (NaN excluded). taps is a multiple of 4; the planes do not overlap the line.
  void (*mix_pixels)(int64_t n, int64_t taps, const int32_t *starts, const float *weights,
                     float scale, const float *line, float *red, float *green, float *blue);

  // Nearest centroids, filtered in float32.
  const ccv_cluster_kernels *cluster;
} ccv_kernels;

/// The kernels in use: the best that the CPU has, or the variant that CCV_KERNELS names.
const ccv_kernels *ccv_active_kernels(void);
/// NULL, or why CCV_KERNELS could not be obeyed (the best variant is then in use).
const char *ccv_kernels_problem(void);
/// How many variants this CPU can run, and each of them, best first.
int ccv_kernels_count(void);
const ccv_kernels *ccv_kernels_at(int index);

/// Nearest centroids, filtered in bfloat16; NULL where the kernels in use are not "avx512" or the CPU
/// has no AVX512-BF16.
const ccv_cluster_kernels *ccv_bfloat_cluster_kernels(void);

typedef void (*ccv_parallel_body)(void *context, int64_t begin, int64_t end);
/// Calls body(context, begin, end) for contiguous slices of 0..<n, one a thread, each at least
/// `grain` long, the first on the calling thread; returns when all are done.
///
/// Where slices begin depends on the number of threads. To keep results independent of it, a body
/// writes only what its indices own, and a sum of floats is split into blocks of a fixed size (the
/// indices are then blocks), each with its own partial sum, added up in order afterwards.
/// A call from inside a body, or while another thread's call is under way, runs serially. The pool
/// starts at the first call that needs it; a forked child starts its own. Workers take no signals.
void ccv_parallel(int64_t n, int64_t grain, ccv_parallel_body body, void *context);
/// Threads that share the work (the caller included), 1...64: the cores that the process may use
/// (its affinity, its container's quota), or CCV_THREADS.
int ccv_threads(void);
/// Takes effect at the next call; out of range means the nearest bound.
void ccv_set_threads(int count);
/// NULL, or why CCV_THREADS could not be obeyed (the cores are then used).
const char *ccv_threads_problem(void);

#ifdef __cplusplus
}
#endif

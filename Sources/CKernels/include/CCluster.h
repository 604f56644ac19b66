// The kernels of k-means; CKernels.h includes this.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { CCV_PANEL = 32 };  // centroids of a panel

// Centroids as the kernels below want them, `panels` * CCV_PANEL places of which `count` are used.
// Arrays by panel have a multiple of 16 elements, zeros at the end.
typedef struct {
  int64_t columns, panels, count;
  const float *centroids;  // [count][columns], by place
  const int32_t *number;   // [count], the centroid of a place
  const int32_t *place;    // [count], the place of a centroid
  const float *norm;       // by panel, the largest |c - mean|, rounded up
  const float *loss;       // by panel, the largest |(c - mean) - packed|, rounded up
  const float *rest;       // by panel, what scores lose by |c - mean|^2 / 2
} ccv_codebook;

// The score of a point and a centroid is (x - m) . (c - m) - |c - m|^2 / 2, for a fixed m: the largest
// is the nearest. Scores come from packed numbers, in float32 or bfloat16, and say only which
// centroids can be nearest; among those distances in double precision decide, of equal ones the
// lowest number. So the result is the same for every filter, thread count, tile and bound.
typedef struct {
  int halves;  // numbers in a word of four bytes: 1 (float32) or 2 (bfloat16)
  int tile;    // rows that are fastest in multiples of it

  // For some rows packed[r] = x[r] - mean, rounded, `stride` words a row, zeros behind the last;
  // norm[r] = |x - mean|^2 and loss[r] = |(x - mean) - packed|^2.
  void (*pack_rows)(int64_t count, const int32_t *rows, int64_t columns, int64_t stride,
                    const float *x, const float *mean, void *packed, float *norm, float *loss);
  // Scores of some rows and of a panel [words][CCV_PANEL]: scores[r][0 ..< CCV_PANEL], and their
  // largest, best[r]. bias is -|c - m|^2 / 2, -infinity for a place without a centroid.
  void (*score_rows)(int64_t count, const int32_t *rows, int64_t words, int64_t stride,
                     const void *packed, const void *panel, const float *bias, float *scores,
                     int64_t score_stride, float *best, int64_t best_stride);
  // ids[r] = the nearest centroid of some rows, from scores [r][panels * CCV_PANEL] and best
  // [r][panels up to a multiple of 16], -infinity for panels without scores (best is spoilt).
  // With `known` ids[r] is a centroid that competes with its exact squared distance in squares[r].
  // squares (may be NULL) gets the squared distance. upper and lower (both or none) get bounds of
  // the distance to ids[r], and to the others of each panel that has scores.
  void (*settle_rows)(const ccv_codebook *book, int64_t count, const int32_t *rows, const float *x,
                      const float *norm, const float *loss, const float *scores, float *best,
                      bool known, int32_t *ids, double *squares, float *upper, float *lower);
  // After centroid c has moved by at most step[c], and panel p by at most panel_step[p]: bounds as
  // they are now, the rows whose centroid may have changed in open (their count is returned; their
  // squared distances in squares), and for each panel the rows that must look at it.
  int64_t (*bound_rows)(const ccv_codebook *book, int64_t rows, const float *x, const float *step,
                        const float *panel_step, const int32_t *ids, float *upper, float *lower,
                        double *squares, int32_t *open, int32_t *lists, int64_t list_stride,
                        int32_t *counts);
  // y[r] = |x[r] - centroids[ids[r]]|^2 in double precision.
  void (*squared_distances)(int64_t rows, int64_t columns, const float *x, const float *centroids,
                            const int32_t *ids, double *y);
  // sum += x[i] for moves i, sum -= x[~i] for negative ones, in order.
  void (*move_rows)(int64_t count, int64_t columns, const int32_t *moves, const float *x,
                    double *sum);
} ccv_cluster_kernels;

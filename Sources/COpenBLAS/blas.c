#define _GNU_SOURCE
#include "COpenBLAS.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ROW_MAJOR = 101, NO_TRANSPOSE = 111, TRANSPOSE = 112 };

typedef void (*sgemm_function)(int order, int transpose_a, int transpose_b, int m, int n, int k,
                               float alpha, const float *a, int lda, const float *b, int ldb,
                               float beta, float *c, int ldc);

static sgemm_function sgemm;
static const char *core = "", *version = "";
static char problem[160], warning[200];
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool limited;

void ccv_blas_limit_to_avx2(void) { limited = true; }

// The core type to ask for. Left to itself the packaged library takes newer AVX-512 CPUs for
// Cooperlake, whose small products are slow, or does not know the CPU at all.
static const char *best_core(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (!limited && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return "SkylakeX";
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "Haswell";
#endif
  return NULL;
}

// Sets a variable that the library reads while it loads, unless the user did; says whether it was.
static bool lend(const char *name, const char *value) {
  const char *exported = getenv(name);
  if (!value || (exported && *exported)) return false;
  setenv(name, value, 1);
  return true;
}

static void load(void) {
  const char *best = best_core();
  const char *exported = getenv("OPENBLAS_CORETYPE");
  if (exported && *exported) {
    if (best && strcmp(best, "SkylakeX") == 0 && strcasecmp(exported, "SkylakeX") != 0 &&
        strcasecmp(exported, "Cooperlake") != 0 && strcasecmp(exported, "Sapphirerapids") != 0)
      snprintf(warning, sizeof warning,
               "OPENBLAS_CORETYPE=%.30s keeps matrix products from using this CPU's AVX-512; "
               "unset it to let ccv choose",
               exported);
  }
  const bool lent_core = lend("OPENBLAS_CORETYPE", best);
  // The engine's own pool splits the work; a second pool below it would fight for the cores.
  const bool lent_threads = lend("OPENBLAS_NUM_THREADS", "1");

  void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (!library) library = dlopen("libopenblas.so", RTLD_NOW | RTLD_LOCAL);
  // Child processes shall see the environment that the user made.
  if (lent_core) unsetenv("OPENBLAS_CORETYPE");
  if (lent_threads) unsetenv("OPENBLAS_NUM_THREADS");
  if (!library) {
    snprintf(problem, sizeof problem,
             "OpenBLAS is not installed; try: apt-get install libopenblas-dev");
    return;
  }
  sgemm = (sgemm_function)dlsym(library, "cblas_sgemm");
  void (*set_threads)(int) = (void (*)(int))dlsym(library, "openblas_set_num_threads");
  const char *(*corename)(void) = (const char *(*)(void))dlsym(library, "openblas_get_corename");
  const char *(*config)(void) = (const char *(*)(void))dlsym(library, "openblas_get_config");
  if (!sgemm) {
    snprintf(problem, sizeof problem, "the OpenBLAS that is installed has no cblas_sgemm");
    return;
  }
  if (set_threads) set_threads(1);
  if (corename) core = corename();
  if (config) version = config();
}

const char *ccv_blas_problem(void) {
  pthread_once(&once, load);
  return problem[0] ? problem : NULL;
}

// What runs where OpenBLAS is missing: slow, and right.
static void plain_product(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k,
                          const float *a, int64_t lda, const float *b, int64_t ldb,
                          bool accumulate, float *c, int64_t ldc) {
  for (int64_t i = 0; i < m; i++)
    for (int64_t j = 0; j < n; j++) {
      float sum = 0;
      for (int64_t l = 0; l < k; l++)
        sum += (transpose_a ? a[l * lda + i] : a[i * lda + l]) *
               (transpose_b ? b[j * ldb + l] : b[l * ldb + j]);
      c[i * ldc + j] = sum + (accumulate ? c[i * ldc + j] : 0);
    }
}

void ccv_sgemm(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const float *a,
               int64_t lda, const float *b, int64_t ldb, bool accumulate, float *c, int64_t ldc) {
  pthread_once(&once, load);
  if (!sgemm) {
    plain_product(transpose_a, transpose_b, m, n, k, a, lda, b, ldb, accumulate, c, ldc);
    return;
  }
  sgemm(ROW_MAJOR, transpose_a ? TRANSPOSE : NO_TRANSPOSE, transpose_b ? TRANSPOSE : NO_TRANSPOSE,
        (int)m, (int)n, (int)k, 1, a, (int)lda, b, (int)ldb, accumulate ? 1 : 0, c, (int)ldc);
}

const char *ccv_blas_core(void) { return core; }
const char *ccv_blas_version(void) { return version; }
const char *ccv_blas_warning(void) { return warning[0] ? warning : NULL; }

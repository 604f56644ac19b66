// Chooses a variant once, on first use: the best that the CPU has, or the one CCV_KERNELS names.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

extern const ccv_kernels ccv_table_baseline;
#if defined(__x86_64__)
extern const ccv_kernels ccv_table_avx2;
extern const ccv_kernels ccv_table_avx512;
extern const ccv_cluster_kernels ccv_cluster_table_avx512bf16;
#endif

static const ccv_kernels *usable[3];
static int usable_count;
static const ccv_kernels *active;
static char problem[200];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void choose(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    usable[usable_count++] = &ccv_table_avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    usable[usable_count++] = &ccv_table_avx2;
#endif
  usable[usable_count++] = &ccv_table_baseline;
  active = usable[0];

  const char *wanted = getenv("CCV_KERNELS");
  if (!wanted || !*wanted) return;
  char names[64] = "";
  for (int i = 0; i < usable_count; i++) {
    if (strcmp(wanted, usable[i]->name) == 0) {
      active = usable[i];
      return;
    }
    if (i) strcat(names, ", ");
    strcat(names, usable[i]->name);
  }
  snprintf(problem, sizeof problem,
           "CCV_KERNELS is \"%.40s\", but this CPU runs %s; using %s", wanted, names,
           active->name);
}

const ccv_cluster_kernels *ccv_bfloat_cluster_kernels(void) {
#if defined(__x86_64__)
  if (ccv_active_kernels() == &ccv_table_avx512 && __builtin_cpu_supports("avx512bf16"))
    return &ccv_cluster_table_avx512bf16;
#endif
  return NULL;
}

const ccv_kernels *ccv_active_kernels(void) {
  pthread_once(&once, choose);
  return active;
}

const char *ccv_kernels_problem(void) {
  pthread_once(&once, choose);
  return problem[0] ? problem : NULL;
}

int ccv_kernels_count(void) {
  pthread_once(&once, choose);
  return usable_count;
}

const ccv_kernels *ccv_kernels_at(int index) {
  pthread_once(&once, choose);
  return index >= 0 && index < usable_count ? usable[index] : NULL;
}

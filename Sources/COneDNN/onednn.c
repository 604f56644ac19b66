#define _GNU_SOURCE
#include "COneDNN.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__) && __has_include(<oneapi/dnnl/dnnl.h>)
#include <oneapi/dnnl/dnnl.h>
#define CCV_HAS_ONEDNN 1
#endif

static char problem[200], bfloat16_problem[200], version[40];
static const char *instructions = "";

#if CCV_HAS_ONEDNN

// MARK: - The library

#define FUNCTIONS(X)                                                                              \
  X(dnnl_version) X(dnnl_get_effective_cpu_isa) X(dnnl_engine_create) X(dnnl_stream_create)       \
  X(dnnl_stream_destroy)                                                                          \
  X(dnnl_primitive_create) X(dnnl_primitive_destroy) X(dnnl_primitive_execute)                    \
  X(dnnl_primitive_desc_destroy) X(dnnl_primitive_attr_create) X(dnnl_primitive_attr_destroy)     \
  X(dnnl_primitive_attr_set_post_ops) X(dnnl_post_ops_create) X(dnnl_post_ops_destroy)            \
  X(dnnl_post_ops_append_sum) X(dnnl_memory_create) X(dnnl_memory_destroy)                        \
  X(dnnl_memory_set_data_handle) EDITION_FUNCTIONS(X)

// The two editions of the interface differ in how a matrix and a product are described.
#if DNNL_VERSION_MAJOR >= 3
#define EDITION_FUNCTIONS(X)                                                                      \
  X(dnnl_memory_desc_create_with_strides) X(dnnl_memory_desc_destroy)                             \
  X(dnnl_matmul_primitive_desc_create)
static const char *const names[] = {"libdnnl.so.3", NULL};
#else
#define EDITION_FUNCTIONS(X)                                                                      \
  X(dnnl_memory_desc_init_by_strides) X(dnnl_matmul_desc_init) X(dnnl_primitive_desc_create)
static const char *const names[] = {"libdnnl.so.2", NULL};
#endif

#define DECLARE(name) static __typeof__(&name) call_##name;
FUNCTIONS(DECLARE)
static void (*set_openmp_threads)(int);
static dnnl_engine_t engine;
static pthread_key_t at_thread_end;
static void close_workshop(void *);
static pthread_once_t once = PTHREAD_ONCE_INIT;

static bool find_functions(void *library) {
#define FIND(name)                                                                                \
  if (!(call_##name = (__typeof__(&name))dlsym(library, #name))) return false;
  FUNCTIONS(FIND)
  return true;
}

static void refuse(const char *reason) {
  snprintf(problem, sizeof problem, "%s", reason);
  snprintf(bfloat16_problem, sizeof bfloat16_problem, "%s", reason);
}

static void load(void) {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw")) {
    refuse("this CPU has no AVX-512, and without it oneDNN gains nothing over OpenBLAS");
    return;
  }
  void *library = NULL;
  for (int i = 0; names[i] && !library; i++) library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    refuse("oneDNN is not installed; try: apt-get install libdnnl-dev");
    return;
  }
  if (!find_functions(library) || call_dnnl_engine_create(&engine, dnnl_cpu, 0) != dnnl_success) {
    refuse("the oneDNN that is installed cannot be used: another edition, or no engine for this CPU");
    return;
  }
  // Others hand the work to threads of their own, and are not done when they return.
  const unsigned runtime = call_dnnl_version()->cpu_runtime;
  if (runtime != DNNL_RUNTIME_OMP && runtime != DNNL_RUNTIME_SEQ) {
    refuse("the oneDNN that is installed runs on threads of its own kind (not OpenMP)");
    return;
  }
  if (pthread_key_create(&at_thread_end, close_workshop) != 0) {
    refuse("the system has no thread key left for oneDNN");
    return;
  }
  set_openmp_threads = (void (*)(int))dlsym(library, "omp_set_num_threads");
  const dnnl_version_t *v = call_dnnl_version();
  snprintf(version, sizeof version, "oneDNN %d.%d.%d", v->major, v->minor, v->patch);
  const unsigned isa = (unsigned)call_dnnl_get_effective_cpu_isa();
  const bool tiles = (isa & dnnl_cpu_isa_avx512_core_amx) == dnnl_cpu_isa_avx512_core_amx;
  const bool dots = (isa & dnnl_cpu_isa_avx512_core_bf16) == dnnl_cpu_isa_avx512_core_bf16;
  instructions = tiles ? "AMX" : dots ? "AVX-512 with bfloat16" : "AVX-512";
  if (!dots)
    snprintf(bfloat16_problem, sizeof bfloat16_problem,
             "this CPU has no bfloat16 instructions (AVX512-BF16 or AMX)");
}

// MARK: - Products made ready

// What one thread keeps for one product: a library object may run in one thread at a time.
typedef struct {
  ccv_product product;
  bool used, refused;
  dnnl_primitive_t primitive;
  dnnl_memory_t a, b, c;
} prepared;

enum { PLACES = 2048, FILLED_MAX = 1536 };

typedef struct {
  dnnl_stream_t stream;
  int filled;
  prepared places[PLACES];
} workshop;

static _Thread_local workshop *mine;

static uint64_t hash(const ccv_product *p) {
  const uint64_t numbers[] = {(uint64_t)p->m, (uint64_t)p->n, (uint64_t)p->k, (uint64_t)p->lda,
                              (uint64_t)p->ldb, (uint64_t)p->ldc,
                              (uint64_t)(p->transpose_a | p->transpose_b << 1 |
                                         p->accumulate << 2 | p->element << 3)};
  uint64_t h = 0;
  for (int i = 0; i < 7; i++) h = (h ^ numbers[i]) * 0x9E3779B97F4A7C15u, h ^= h >> 29;
  return h;
}

static bool same(const ccv_product *p, const ccv_product *q) {
  return p->m == q->m && p->n == q->n && p->k == q->k && p->lda == q->lda && p->ldb == q->ldb &&
         p->ldc == q->ldc && p->transpose_a == q->transpose_a &&
         p->transpose_b == q->transpose_b && p->accumulate == q->accumulate &&
         p->element == q->element;
}

static void forget(workshop *w) {
  for (int i = 0; i < PLACES; i++) {
    prepared *place = &w->places[i];
    if (place->used && !place->refused) {
      call_dnnl_primitive_destroy(place->primitive);
      call_dnnl_memory_destroy(place->a);
      call_dnnl_memory_destroy(place->b);
      call_dnnl_memory_destroy(place->c);
    }
    memset(place, 0, sizeof *place);
  }
  w->filled = 0;
}

// A matrix of the library's, over memory that is named at each execution.
typedef struct {
  dnnl_dims_t extents, strides;
  dnnl_data_type_t type;
} layout;

static layout matrix(int64_t rows, int64_t columns, int64_t ld, bool transposed,
                     dnnl_data_type_t type) {
  layout l = {.type = type};
  l.extents[0] = rows, l.extents[1] = columns;
  l.strides[0] = transposed ? 1 : ld, l.strides[1] = transposed ? ld : 1;
  return l;
}

#if DNNL_VERSION_MAJOR >= 3
typedef dnnl_memory_desc_t description;
static bool append_sum(dnnl_post_ops_t after) {
  return call_dnnl_post_ops_append_sum(after, 1, 0, dnnl_data_type_undef) == dnnl_success;
}
static bool describe(const layout *l, description *d) {
  return call_dnnl_memory_desc_create_with_strides(d, 2, l->extents, l->type, l->strides) ==
         dnnl_success;
}
static void drop(description *d) { call_dnnl_memory_desc_destroy(*d); }
static bool plan(const description *a, const description *b, const description *c,
                 dnnl_primitive_attr_t attributes, dnnl_primitive_desc_t *result) {
  return call_dnnl_matmul_primitive_desc_create(result, engine, *a, *b, NULL, *c, attributes) ==
         dnnl_success;
}
static bool allocate(dnnl_memory_t *memory, const description *d) {
  return call_dnnl_memory_create(memory, *d, engine, DNNL_MEMORY_NONE) == dnnl_success;
}
#else
typedef dnnl_memory_desc_t description;
static bool append_sum(dnnl_post_ops_t after) {
  return call_dnnl_post_ops_append_sum(after, 1) == dnnl_success;
}
static bool describe(const layout *l, description *d) {
  return call_dnnl_memory_desc_init_by_strides(d, 2, l->extents, l->type, l->strides) ==
         dnnl_success;
}
static void drop(description *d) { (void)d; }
static bool plan(const description *a, const description *b, const description *c,
                 dnnl_primitive_attr_t attributes, dnnl_primitive_desc_t *result) {
  dnnl_matmul_desc_t product;
  return call_dnnl_matmul_desc_init(&product, a, b, NULL, c) == dnnl_success &&
         call_dnnl_primitive_desc_create(result, &product, attributes, engine, NULL) ==
             dnnl_success;
}
static bool allocate(dnnl_memory_t *memory, const description *d) {
  return call_dnnl_memory_create(memory, d, engine, DNNL_MEMORY_NONE) == dnnl_success;
}
#endif

static bool adds(dnnl_primitive_attr_t attributes) {
  dnnl_post_ops_t after = NULL;
  if (call_dnnl_post_ops_create(&after) != dnnl_success) return false;
  const bool done = append_sum(after) &&
                    call_dnnl_primitive_attr_set_post_ops(attributes, after) == dnnl_success;
  call_dnnl_post_ops_destroy(after);
  return done;
}

// NULL if anything fails: without its sum an accumulating product would overwrite what is there.
static dnnl_primitive_attr_t attributes_for(const ccv_product *p) {
  dnnl_primitive_attr_t attributes = NULL;
  if (call_dnnl_primitive_attr_create(&attributes) != dnnl_success) return NULL;
  if (!p->accumulate || adds(attributes)) return attributes;
  call_dnnl_primitive_attr_destroy(attributes);
  return NULL;
}

static bool prepare(const ccv_product *p, prepared *place) {
  const dnnl_data_type_t type = p->element == CCV_BFLOAT16 ? dnnl_bf16 : dnnl_f32;
  const layout la = matrix(p->m, p->k, p->lda, p->transpose_a, type);
  const layout lb = matrix(p->k, p->n, p->ldb, p->transpose_b, type);
  const layout lc = matrix(p->m, p->n, p->ldc, false, dnnl_f32);
  description a, b, c;
  if (!describe(&la, &a) || !describe(&lb, &b) || !describe(&lc, &c)) return false;
  dnnl_primitive_attr_t attributes = attributes_for(p);
  dnnl_primitive_desc_t planned = NULL;
  bool done = attributes && plan(&a, &b, &c, attributes, &planned);
  done = done && call_dnnl_primitive_create(&place->primitive, planned) == dnnl_success &&
         allocate(&place->a, &a) && allocate(&place->b, &b) && allocate(&place->c, &c);
  if (planned) call_dnnl_primitive_desc_destroy(planned);
  if (attributes) call_dnnl_primitive_attr_destroy(attributes);
  drop(&a), drop(&b), drop(&c);
  return done;
}

static void close_workshop(void *w) {
  forget(w);
  call_dnnl_stream_destroy(((workshop *)w)->stream);
  free(w);
}

static workshop *open_workshop(void) {
  workshop *w = calloc(1, sizeof *w);
  if (!w) return NULL;
  // The engine's own pool splits the work; the library must not start threads below it. The number
  // belongs to the calling thread and is read when a product is made ready.
  if (set_openmp_threads) set_openmp_threads(1);
  if (call_dnnl_stream_create(&w->stream, engine, dnnl_stream_default_flags) != dnnl_success) {
    free(w);
    return NULL;
  }
  pthread_setspecific(at_thread_end, w);
  return mine = w;
}

static prepared *find(workshop *w, const ccv_product *p) {
  uint64_t index = hash(p) % PLACES;
  while (w->places[index].used) {
    if (same(&w->places[index].product, p)) return &w->places[index];
    index = (index + 1) % PLACES;
  }
  if (w->filled == FILLED_MAX) {
    forget(w);
    index = hash(p) % PLACES;
  }
  prepared *place = &w->places[index];
  place->product = *p;
  place->used = true;
  place->refused = !prepare(p, place);
  w->filled++;
  return place;
}

bool ccv_onednn_multiply(const ccv_product *product, const void *a, const void *b, float *c) {
  pthread_once(&once, load);
  if (problem[0]) return false;
  workshop *w = mine ? mine : open_workshop();
  if (!w) return false;
  prepared *place = find(w, product);
  if (place->refused) return false;
  if (call_dnnl_memory_set_data_handle(place->a, (void *)(uintptr_t)a) != dnnl_success ||
      call_dnnl_memory_set_data_handle(place->b, (void *)(uintptr_t)b) != dnnl_success ||
      call_dnnl_memory_set_data_handle(place->c, c) != dnnl_success)
    return false;
  const dnnl_exec_arg_t arguments[] = {
      {DNNL_ARG_SRC, place->a}, {DNNL_ARG_WEIGHTS, place->b}, {DNNL_ARG_DST, place->c}};
  if (call_dnnl_primitive_execute(place->primitive, w->stream, 3, arguments) == dnnl_success)
    return true;
  // It may have written a part: nobody can compute the product from C as it was any more.
  fputs("ccv: oneDNN failed in the middle of a matrix product\n", stderr);
  abort();
}

#else

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
  const char *reason = "ccv was built without oneDNN; try: apt-get install libdnnl-dev, then build";
  snprintf(problem, sizeof problem, "%s", reason);
  snprintf(bfloat16_problem, sizeof bfloat16_problem, "%s", reason);
}

bool ccv_onednn_multiply(const ccv_product *product, const void *a, const void *b, float *c) {
  (void)product, (void)a, (void)b, (void)c;
  return false;
}

#endif

static const char *text_or_null(const char *text) { return text[0] ? text : NULL; }

const char *ccv_onednn_problem(void) {
  pthread_once(&once, load);
  return text_or_null(problem);
}

const char *ccv_onednn_bfloat16_problem(void) {
  pthread_once(&once, load);
  return text_or_null(bfloat16_problem);
}

const char *ccv_onednn_version(void) {
  pthread_once(&once, load);
  return version;
}

const char *ccv_onednn_instructions(void) {
  pthread_once(&once, load);
  return instructions;
}

// The engine's thread pool: the one owner of the cores. Workers spin for a few microseconds after a
// job, because the next kernel usually follows at once, and then sleep on a condition variable.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "CKernels.h"

enum { THREADS_MAX = 64, SPIN_COUNT = 4000 };

typedef struct {
  ccv_parallel_body body;
  void *context;
  int64_t n;
  int slices;
} job_description;

static job_description job;
static atomic_uint generation;  // counts jobs; a worker runs a job when this moves on
static atomic_int pending;      // slices that workers have not finished
static atomic_int sleepers;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static pthread_mutex_t owner = PTHREAD_MUTEX_INITIALIZER;  // one parallel call at a time
static int started;            // worker threads that exist; the caller is slice 0
static pid_t started_in;       // threads do not survive fork
static atomic_int wanted = 0;  // 0 until first asked
static _Thread_local bool inside;

static inline void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

static void run_slice(int slice) {
  const int64_t begin = job.n * slice / job.slices;
  const int64_t end = job.n * (slice + 1) / job.slices;
  if (begin < end) job.body(job.context, begin, end);
}

static void *worker(void *argument) {
  const int slice = (int)(intptr_t)argument;
  unsigned seen = 0;
  inside = true;
  for (;;) {
    int spins = 0;
    unsigned now;
    while ((now = atomic_load_explicit(&generation, memory_order_acquire)) == seen) {
      if (++spins < SPIN_COUNT) {
        relax();
        continue;
      }
      pthread_mutex_lock(&mutex);
      atomic_fetch_add(&sleepers, 1);
      while (atomic_load(&generation) == seen) pthread_cond_wait(&wake, &mutex);
      atomic_fetch_sub(&sleepers, 1);
      pthread_mutex_unlock(&mutex);
    }
    seen = now;
    if (slice < job.slices) run_slice(slice);
    atomic_fetch_sub_explicit(&pending, 1, memory_order_release);
  }
  return NULL;
}

static int cores(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (int)online : 1;
}

static int bounded(int count) {
  return count < 1 ? 1 : count > THREADS_MAX ? THREADS_MAX : count;
}

int ccv_threads(void) {
  int count = atomic_load(&wanted);
  if (count == 0) {
    const char *text = getenv("CCV_THREADS");
    count = text && atoi(text) > 0 ? atoi(text) : cores();
    atomic_store(&wanted, bounded(count));
  }
  return atomic_load(&wanted);
}

void ccv_set_threads(int count) { atomic_store(&wanted, bounded(count)); }

// Makes workers 1 ..< count exist; fewer may if the system refuses. Called by the owner only.
static int start_workers(int count) {
  if (started_in != getpid()) {
    started = 0;
    started_in = getpid();
    atomic_store(&generation, 0);
    atomic_store(&sleepers, 0);
  }
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 8 << 20);
  while (started < count - 1) {
    pthread_t thread;
    // A worker that starts late sees the generation move and joins the job under way, so no job may
    // be under way now: the caller holds `owner`.
    if (pthread_create(&thread, &attributes, worker, (void *)(intptr_t)(started + 1)) != 0) break;
    started++;
  }
  pthread_attr_destroy(&attributes);
  return started + 1;
}

void ccv_parallel(int64_t n, int64_t grain, ccv_parallel_body body, void *context) {
  if (n <= 0) return;
  if (grain < 1) grain = 1;
  int slices = ccv_threads();
  if (n / grain < slices) slices = (int)(n / grain);
  if (slices <= 1 || inside || pthread_mutex_trylock(&owner) != 0) {
    body(context, 0, n);
    return;
  }
  const int available = start_workers(slices);
  if (slices > available) slices = available;
  inside = true;
  job = (job_description){body, context, n, slices};
  atomic_store_explicit(&pending, started, memory_order_relaxed);
  atomic_fetch_add(&generation, 1);
  if (atomic_load(&sleepers) > 0) {
    pthread_mutex_lock(&mutex);
    pthread_cond_broadcast(&wake);
    pthread_mutex_unlock(&mutex);
  }
  run_slice(0);
  for (int spins = 0; atomic_load_explicit(&pending, memory_order_acquire) > 0;) {
    relax();
    // On a crowded machine the worker may not be running at all: let it.
    if (++spins > SPIN_COUNT) sched_yield();
  }
  inside = false;
  pthread_mutex_unlock(&owner);
}

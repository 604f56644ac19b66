// The engine's thread pool: the one owner of the cores. Each worker has its own letter box, so that
// a small job wakes only the workers it needs. A worker spins for a while after a job, because the
// next kernel usually follows at once, and then sleeps. A slice that its worker has not begun when
// the caller is done with its own is the caller's: it never waits for a worker to wake up, nor for
// one whose core another program has taken.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "CKernels.h"

// Looks before sleeping: some tens of microseconds where each thread has a core, hardly any where
// another thread needs the core to get on.
enum { THREADS_MAX = 64, PATIENCE = 4000, PATIENCE_CROWDED = 50 };
static const size_t STACK_BYTES = 8 << 20;

typedef struct {
  ccv_parallel_body body;
  void *context;
  int64_t begin, end;
} slice;

// Written by the thread that holds `owned`, read by whoever has claimed the slice.
typedef struct {
  _Alignas(64) slice work;
  atomic_uint ticket;   // counts the slices put in
  atomic_uint claimed;  // the last ticket that a thread, worker or caller, has made its own
  unsigned seen;       // the ticket at which the worker starts looking
  atomic_bool asleep;
  pthread_mutex_t mutex;
  pthread_cond_t wake;
} letter_box;

static letter_box boxes[THREADS_MAX];  // box 0 is the caller's and stays empty
static int started = 1;                // threads that exist, the caller included
static atomic_int patience = PATIENCE;
static atomic_flag owned = ATOMIC_FLAG_INIT;  // one parallel call at a time
static _Thread_local bool inside;             // this thread runs a body

static _Alignas(64) atomic_int pending;  // slices that workers have not finished
static atomic_bool caller_asleep;
static pthread_mutex_t finish_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t finished = PTHREAD_COND_INITIALIZER;

static inline void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// MARK: - How many threads

static atomic_int wanted;  // 0 until first asked
static char threads_problem[160];
static pthread_once_t wanted_once = PTHREAD_ONCE_INIT;

static int bounded(long count) {
  return count < 1 ? 1 : count > THREADS_MAX ? THREADS_MAX : (int)count;
}

// Whole cores' worth of time that a container may use, or 0 where there is no such limit.
static long container_cores(void) {
  long quota = 0, period = 0;
  FILE *file = fopen("/sys/fs/cgroup/cpu.max", "re");
  if (!file) return 0;
  const int fields = fscanf(file, "%ld %ld", &quota, &period);  // "max 100000" where unlimited
  fclose(file);
  return fields == 2 && quota > 0 && period > 0 ? (quota + period - 1) / period : 0;
}

static long available_cores(void) {
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) cores = CPU_COUNT(&set);
#endif
  const long limit = container_cores();
  return limit > 0 && limit < cores ? limit : cores;
}

static void choose_wanted(void) {
  const int cores = bounded(available_cores());
  int chosen = cores;
  const char *text = getenv("CCV_THREADS");
  if (text && *text) {
    char *end;
    const long count = strtol(text, &end, 10);
    if (*end == 0 && count >= 1 && count <= THREADS_MAX) {
      chosen = (int)count;
    } else {
      snprintf(threads_problem, sizeof threads_problem,
               "CCV_THREADS is \"%.40s\", but a number from 1 to %d is wanted; using %d", text,
               THREADS_MAX, cores);
    }
  }
  int unset = 0;
  atomic_compare_exchange_strong(&wanted, &unset, chosen);
}

int ccv_threads(void) {
  const int count = atomic_load_explicit(&wanted, memory_order_relaxed);
  if (count > 0) return count;
  pthread_once(&wanted_once, choose_wanted);
  return atomic_load_explicit(&wanted, memory_order_relaxed);
}

void ccv_set_threads(int count) {
  atomic_store_explicit(&wanted, bounded(count), memory_order_relaxed);
}

const char *ccv_threads_problem(void) {
  pthread_once(&wanted_once, choose_wanted);
  return threads_problem[0] ? threads_problem : NULL;
}

// MARK: - Workers

static void sleep_until_ticket(letter_box *box, unsigned seen) {
  pthread_mutex_lock(&box->mutex);
  atomic_store(&box->asleep, true);
  while (atomic_load(&box->ticket) == seen) pthread_cond_wait(&box->wake, &box->mutex);
  atomic_store(&box->asleep, false);
  pthread_mutex_unlock(&box->mutex);
}

// Whether this thread is the one that runs the slice of `ticket`.
static bool claim(letter_box *box, unsigned ticket) {
  unsigned before = ticket - 1;
  return atomic_compare_exchange_strong(&box->claimed, &before, ticket);
}

static void report_finished(void) {
  if (atomic_fetch_sub(&pending, 1) != 1 || !atomic_load(&caller_asleep)) return;
  pthread_mutex_lock(&finish_mutex);
  pthread_cond_signal(&finished);
  pthread_mutex_unlock(&finish_mutex);
}

static void *run_worker(void *argument) {
  letter_box *box = argument;
  unsigned seen = box->seen;
  inside = true;
  for (;;) {
    int spins = 0;
    while (atomic_load_explicit(&box->ticket, memory_order_acquire) == seen) {
      if (++spins < atomic_load_explicit(&patience, memory_order_relaxed)) {
        relax();
      } else {
        sleep_until_ticket(box, seen);
      }
    }
    seen = atomic_load_explicit(&box->ticket, memory_order_acquire);
    if (!claim(box, seen)) continue;
    const slice work = box->work;
    work.body(work.context, work.begin, work.end);
    report_finished();
  }
  return NULL;
}

static void hand_over(letter_box *box, slice work) {
  box->work = work;
  atomic_fetch_add(&box->ticket, 1);
  // Either the worker sees the ticket before it sleeps, or we see it asleep: both sides write, then
  // read, in the one order of sequentially consistent atomics.
  if (!atomic_load(&box->asleep)) return;
  pthread_mutex_lock(&box->mutex);
  pthread_cond_signal(&box->wake);
  pthread_mutex_unlock(&box->mutex);
}

static void take_back(letter_box *box) {
  if (!claim(box, atomic_load_explicit(&box->ticket, memory_order_relaxed))) return;
  box->work.body(box->work.context, box->work.begin, box->work.end);
  atomic_fetch_sub(&pending, 1);
}

static void wait_for_workers(void) {
  const int limit = atomic_load_explicit(&patience, memory_order_relaxed);
  for (int spins = 0; spins < limit; spins++) {
    if (atomic_load_explicit(&pending, memory_order_acquire) == 0) return;
    relax();
  }
  pthread_mutex_lock(&finish_mutex);
  atomic_store(&caller_asleep, true);
  while (atomic_load(&pending) > 0) pthread_cond_wait(&finished, &finish_mutex);
  atomic_store(&caller_asleep, false);
  pthread_mutex_unlock(&finish_mutex);
}

// MARK: - Start and fork

// Threads do not survive fork, and another thread may have held a lock at that moment: the child
// begins with an empty pool.
static void forget_workers(void) {
  started = 1;
  inside = false;
  atomic_store(&pending, 0);
  atomic_store(&caller_asleep, false);
  atomic_flag_clear(&owned);
  pthread_mutex_init(&finish_mutex, NULL);
  pthread_cond_init(&finished, NULL);
}

static void watch_forks(void) { pthread_atfork(NULL, NULL, forget_workers); }

static bool start_worker(letter_box *box, const pthread_attr_t *attributes) {
  box->seen = atomic_load(&box->ticket);
  atomic_store(&box->claimed, box->seen);
  atomic_store(&box->asleep, false);
  pthread_mutex_init(&box->mutex, NULL);
  pthread_cond_init(&box->wake, NULL);
  pthread_t thread;
  if (pthread_create(&thread, attributes, run_worker, box) != 0) return false;
#if defined(__linux__)
  pthread_setname_np(thread, "ccv-worker");
#endif
  return true;
}

// Makes `count` threads exist, or as many as the system allows, and returns how many do.
static int started_threads(int count) {
  if (started >= count) return count;
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, watch_forks);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, STACK_BYTES);
  // Signals such as Ctrl-C belong to the threads of the host, never to a worker in a kernel.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  while (started < count && start_worker(&boxes[started], &attributes)) started++;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  atomic_store(&patience, started > available_cores() ? PATIENCE_CROWDED : PATIENCE);
  return started < count ? started : count;
}

// MARK: - A parallel call

void ccv_parallel(int64_t n, int64_t grain, ccv_parallel_body body, void *context) {
  if (n <= 0) return;
  const int64_t worthwhile = n / (grain < 1 ? 1 : grain);
  int slices = ccv_threads();
  if (worthwhile < slices) slices = (int)worthwhile;
  if (slices <= 1 || inside) {
    body(context, 0, n);
    return;
  }
  inside = true;
  // A caller that finds the pool busy with another thread's job works alone instead of waiting.
  if (atomic_flag_test_and_set(&owned)) {
    body(context, 0, n);
    inside = false;
    return;
  }
  slices = started_threads(slices);
  atomic_store(&pending, slices - 1);
  // n / slices first: n * slices could overflow.
  const int64_t length = n / slices, longer = n % slices;
  int64_t begin = length + (longer > 0);
  for (int i = 1; i < slices; i++) {
    const int64_t end = begin + length + (i < longer);
    hand_over(&boxes[i], (slice){body, context, begin, end});
    begin = end;
  }
  body(context, 0, length + (longer > 0));
  for (int i = slices - 1; i > 0; i--) take_back(&boxes[i]);
  wait_for_workers();
  inside = false;
  atomic_flag_clear(&owned);
}

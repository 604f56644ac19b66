#define _GNU_SOURCE
#include "CTestSupport.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void set_signals(posix_spawnattr_t *attributes, short flags) {
  static const int usual[] = {SIGINT, SIGPIPE, SIGHUP, SIGTERM, SIGQUIT};
  sigset_t standard, none;
  sigemptyset(&none);
  sigemptyset(&standard);
  for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) sigaddset(&standard, usual[i]);
  posix_spawnattr_setsigdefault(attributes, &standard);
  posix_spawnattr_setsigmask(attributes, &none);
  posix_spawnattr_setflags(attributes, flags | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
}

int ccv_test_spawn(
  const char *program, char *const arguments[], char *const environment[], const char *folder,
  const int descriptors[3], const char *terminal, pid_t *child) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  if (folder) posix_spawn_file_actions_addchdir_np(&actions, folder);
  for (int i = 0; i < 3; i++) {
    // The first terminal that the leader of a session opens is its own.
    if (terminal && i == 0) posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0);
    else if (terminal) posix_spawn_file_actions_adddup2(&actions, 0, i);
    else if (descriptors[i] < 0) posix_spawn_file_actions_addclose(&actions, i);
    else posix_spawn_file_actions_adddup2(&actions, descriptors[i], i);
  }
  set_signals(&attributes, terminal ? POSIX_SPAWN_SETSID : 0);
  const int code = posix_spawn(child, program, &actions, &attributes, arguments, environment);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return code;
}

int ccv_test_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int ccv_test_terminal(int rows, int columns, char *path, size_t size) {
  const int near = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (near < 0 || grantpt(near) || unlockpt(near) || ptsname_r(near, path, size)) return -1;
  const struct winsize window = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  ioctl(near, TIOCSWINSZ, &window);
  return near;
}

const char *ccv_test_file_of(const void *address) {
  Dl_info info;
  return dladdr(address, &info) ? info.dli_fname : NULL;
}

// The process is ours (posix_spawn), the stream is gnuplot-iostream's: its own start through popen
// takes a shell, leaves the session of the terminal unchanged and prints on std::cerr when gnuplot fails.

#include "CGnuplot.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Weverything"
#include <gnuplot-iostream.h>
#pragma clang diagnostic pop

extern char **environ;

namespace {

/// Holds SIGPIPE back from this thread while it lives: a gnuplot that is gone is a failed write.
class SigpipeBlock {
 public:
  SigpipeBlock() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~SigpipeBlock() {
    const timespec at_once = {0, 0};
    if (!was_pending_)
      while (sigtimedwait(&pipe_, nullptr, &at_once) < 0 && errno == EINTR) {
      }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  SigpipeBlock(const SigpipeBlock &) = delete;
  SigpipeBlock &operator=(const SigpipeBlock &) = delete;

 private:
  sigset_t pipe_, before_;
  bool was_pending_;
};

/// A descriptor that closes itself.
struct Descriptor {
  int number = -1;
  explicit Descriptor(int n) : number(n) {}
  Descriptor(const Descriptor &) = delete;
  Descriptor &operator=(const Descriptor &) = delete;
  ~Descriptor() { reset(); }
  void reset() {
    if (number >= 0) close(number);
    number = -1;
  }
};

/// Starts gnuplot with these three descriptors; 0 or an errno.
int spawn(const char *program, int input, int output, int errors, pid_t *child) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, 0);
  posix_spawn_file_actions_adddup2(&actions, output, 1);
  posix_spawn_file_actions_adddup2(&actions, errors, 2);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, defaults;
  sigemptyset(&none);
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  sigaddset(&defaults, SIGINT);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::string name = program, settings = "--default-settings";
  char *const arguments[] = {name.data(), settings.data(), nullptr};
  const int error = posix_spawnp(child, program, &actions, &attributes, arguments, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

/// The exit status as the shell has it: 128 + signal for a killed child.
int wait_for(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool is_missing(int error) { return error == ENOENT || error == EACCES || error == ENOTDIR; }

/// All bytes of an anonymous file, with a NUL behind them; NULL without memory.
char *contents(int descriptor, size_t *size) {
  const off_t end = lseek(descriptor, 0, SEEK_END);
  const size_t count = end > 0 ? static_cast<size_t>(end) : 0;
  char *bytes = static_cast<char *>(malloc(count + 1));
  if (!bytes) return nullptr;
  size_t done = 0;
  while (done < count) {
    const ssize_t got = pread(descriptor, bytes + done, count - done, static_cast<off_t>(done));
    if (got <= 0 && errno != EINTR) break;
    if (got > 0) done += static_cast<size_t>(got);
  }
  bytes[done] = 0;
  if (size) *size = done;
  return bytes;
}

ccv_gnuplot_result refusal(int status, const std::string &message) {
  return {status, nullptr, 0, strdup(message.c_str())};
}

/// A running gnuplot: the child, and the stream of gnuplot-iostream on the pipe to it.
struct Running {
  pid_t child = 0;
  std::unique_ptr<gnuplotio::Gnuplot> stream;

  int start(const char *program, int output, int errors) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return errno;
    Descriptor reading(ends[0]), writing(ends[1]);
    const int error = spawn(program, reading.number, output, errors, &child);
    if (error) return error;
    FILE *file = fdopen(writing.number, "w");
    if (!file) {
      const int failure = errno;
      writing.reset();
      wait_for(child);
      return failure;
    }
    writing.number = -1;
    stream = std::make_unique<gnuplotio::Gnuplot>(file);
    return 0;
  }

  bool send(const char *script, size_t size) {
    SigpipeBlock block;
    try {
      stream->write(script, static_cast<std::streamsize>(size));
      stream->flush();
      return stream->good();
    } catch (const std::exception &) {
      return false;
    }
  }

  /// Closes the pipe, which ends gnuplot, and waits.
  int finish() {
    SigpipeBlock block;
    stream.reset();
    return wait_for(child);
  }
};

}  // namespace

extern "C" ccv_gnuplot_result ccv_gnuplot_run(
    const char *program, const char *script, size_t script_size) {
  // Anonymous files instead of pipes: gnuplot never waits for a reader, and no disk is involved.
  Descriptor output(memfd_create("gnuplot-output", MFD_CLOEXEC));
  Descriptor errors(memfd_create("gnuplot-errors", MFD_CLOEXEC));
  if (output.number < 0 || errors.number < 0)
    return refusal(ccv_gnuplot_no_resources, std::string("anonymous file: ") + strerror(errno));
  Running gnuplot;
  if (const int error = gnuplot.start(program, output.number, errors.number))
    return is_missing(error) ? refusal(ccv_gnuplot_missing, "")
                             : refusal(ccv_gnuplot_no_resources, strerror(error));
  const bool was_taken = gnuplot.send(script, script_size);
  const int exit_status = gnuplot.finish();
  ccv_gnuplot_result result = {};
  result.output = contents(output.number, &result.output_size);
  result.message = contents(errors.number, nullptr);
  result.status = was_taken && exit_status == 0 ? ccv_gnuplot_ok : ccv_gnuplot_failed;
  if (!result.output || !result.message) result.status = ccv_gnuplot_no_resources;
  return result;
}

extern "C" void ccv_gnuplot_free(ccv_gnuplot_result result) {
  free(result.output);
  free(result.message);
}

struct ccv_gnuplot {
  Running running;
};

extern "C" ccv_gnuplot *ccv_gnuplot_open(const char *program, int *status) {
  Descriptor nowhere(open("/dev/null", O_RDWR | O_CLOEXEC));
  auto gnuplot = std::make_unique<ccv_gnuplot>();
  const int error = gnuplot->running.start(program, nowhere.number, nowhere.number);
  *status = !error              ? ccv_gnuplot_ok
            : is_missing(error) ? ccv_gnuplot_missing
                                : ccv_gnuplot_no_resources;
  return error ? nullptr : gnuplot.release();
}

extern "C" int ccv_gnuplot_send(ccv_gnuplot *gnuplot, const char *script, size_t script_size) {
  return gnuplot->running.send(script, script_size) ? 0 : 1;
}

extern "C" void ccv_gnuplot_close(ccv_gnuplot *gnuplot) {
  gnuplot->running.finish();
  delete gnuplot;
}

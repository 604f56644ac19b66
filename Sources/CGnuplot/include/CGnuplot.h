// gnuplot through gnuplot-iostream, behind a plain C face.
//
// `program` is the name looked up on the PATH ("gnuplot") or a path to it. gnuplot runs in a session of
// its own, so that Ctrl-C at the terminal does not reach it, without the user's start-up files. Its
// children are waited for, SIGPIPE never reaches the caller, and nothing of what it says gets on the
// caller's own standard output or error.
#pragma once
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  ccv_gnuplot_ok = 0,
  /// There is no such program.
  ccv_gnuplot_missing = 1,
  /// It ended with an error; `message` is what it said.
  ccv_gnuplot_failed = 2,
  /// The system refused a process, a pipe or memory; `message` says which.
  ccv_gnuplot_no_resources = 3,
};

typedef struct {
  int status;
  /// What gnuplot wrote to its standard output: the drawing, where the script sets no output file.
  char *output;
  size_t output_size;
  /// What it wrote to its standard error, NUL-terminated; warnings too.
  char *message;
} ccv_gnuplot_result;

/// Runs a script, data included as data blocks, in a gnuplot of its own and waits for the end.
/// The caller frees the result.
ccv_gnuplot_result ccv_gnuplot_run(const char *program, const char *script, size_t script_size);
void ccv_gnuplot_free(ccv_gnuplot_result result);

typedef struct ccv_gnuplot ccv_gnuplot;
/// A gnuplot that stays, for a window. NULL, and the reason in `status`, if it cannot be started.
ccv_gnuplot *ccv_gnuplot_open(const char *program, int *status);
/// Sends text and returns at once: 0, or 1 if gnuplot is gone.
int ccv_gnuplot_send(ccv_gnuplot *gnuplot, const char *script, size_t script_size);
/// Ends gnuplot, waits for it and frees the handle.
void ccv_gnuplot_close(ccv_gnuplot *gnuplot);

#ifdef __cplusplus
}
#endif

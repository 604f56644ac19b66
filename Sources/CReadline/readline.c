#define _GNU_SOURCE
#include "CReadline.h"
#include "editor.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

static volatile sig_atomic_t interrupted, ended_by, is_reading;
static void (*on_interrupt)(void);
// Readline gives nothing back of a line that is interrupted.
static char *interrupted_text;

static void handle_interrupt(int signal_number) {
  (void)signal_number;
  interrupted = 1;
  if (on_interrupt) on_interrupt();
}

static void end_by(int signal_number) {
  signal(signal_number, SIG_DFL);
  raise(signal_number);
}

// The window is closed, or somebody ends us. Readline has changed the terminal's state while it waits
// for a key: it gives the line up first, and restores that state on its way out.
static void handle_end(int signal_number) {
  if (is_reading) ended_by = signal_number;
  else end_by(signal_number);
}

// Waits for a byte. Signals are let in only while it waits, so that none slips in between looking at
// the flags and waiting. False when one of the flags is set.
static bool wait_for_key(int descriptor) {
  sigset_t ours, usual;
  sigemptyset(&ours);
  sigaddset(&ours, SIGINT);
  sigaddset(&ours, SIGTERM);
  sigaddset(&ours, SIGHUP);
  sigaddset(&ours, SIGWINCH);
  sigprocmask(SIG_BLOCK, &ours, &usual);
  while (!interrupted && !ended_by) {
    fd_set descriptors;
    FD_ZERO(&descriptors);
    FD_SET(descriptor, &descriptors);
    const int ready = pselect(descriptor + 1, &descriptors, NULL, NULL, NULL, &usual);
    if (ready >= 0 || errno != EINTR) break;
    rl_check_signals();  // A window of another size is redrawn at once.
  }
  sigprocmask(SIG_SETMASK, &usual, NULL);
  return !interrupted && !ended_by;
}

// Readline asks for bytes here: an interrupt discards the line, the end of the terminal ends it.
//
// An interrupt is told as a read that failed. Readline ends the line at that, and whatever asks within
// one (a search, a paste, "Display all 184 possibilities?") gives up; any key would be taken as an
// answer, and asked for again if it is none.
static int read_key(FILE *stream) {
  for (;;) {
    if (!wait_for_key(fileno(stream))) {
      if (ended_by) return EOF;
      free(interrupted_text);
      interrupted_text = strdup(rl_line_buffer ? rl_line_buffer : "");
      return READERR;
    }
    unsigned char byte;
    const ssize_t count = read(fileno(stream), &byte, 1);
    if (count == 1) return byte;
    if (count == 0 || errno != EINTR) return EOF;
  }
}

// A line given up is no end of input, of which readline would tell with a line break of its own.
static void leave_line(void) {
#if RL_READLINE_VERSION >= 0x0802
  if (interrupted) rl_eof_found = 0;
#endif
  rl_deprep_terminal();
}

// A signal that whoever started us ignores (nohup, a shell's background jobs) stays ignored.
static void handle(int signal_number, void (*handler)(int)) {
  struct sigaction action;
  if (sigaction(signal_number, NULL, &action) == 0 && action.sa_handler == SIG_IGN) return;
  memset(&action, 0, sizeof action);
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  // No SA_RESTART: a read that waits for a key must come back.
  sigaction(signal_number, &action, NULL);
}

// Readline takes a text for single bytes unless the environment names UTF-8, and looks there again for
// every line. The language is UTF-8 always.
static void choose_utf8(void) {
  setlocale(LC_CTYPE, "");
  if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0) setenv("LC_ALL", "C.UTF-8", 1);
}

static int put_start(void);
static const char *start_text;

void ccv_readline_setup(const char *application) {
  rl_readline_name = application;
  rl_getc_function = read_key;
  rl_deprep_term_function = leave_line;
  // Ctrl-C is ours: readline's own handler would end the line's state behind our back.
  rl_catch_signals = 0;
  rl_catch_sigwinch = 1;
  rl_startup_hook = put_start;
  choose_utf8();
  rl_initialize();
  handle(SIGTERM, handle_end);
  handle(SIGHUP, handle_end);
  rl_variable_bind("enable-bracketed-paste", "on");
  using_history();
}

static int put_start(void) {
  if (start_text) rl_insert_text(start_text);
  start_text = NULL;
  return 0;
}

ccv_line_status ccv_readline(const char *prompt, const char *start, char **line) {
  interrupted = 0;
  start_text = start;
  ccv_line_is_abandoned = false;
  is_reading = 1;
  *line = readline(prompt);
  is_reading = 0;
  if (ended_by) end_by(ended_by);
  if (interrupted) {
    interrupted = 0;
    free(*line);
    *line = interrupted_text;
    interrupted_text = NULL;
    ccv_line_leave();
    return CCV_LINE_INTERRUPTED;
  }
  if (!*line) return CCV_LINE_END;
  return ccv_line_is_abandoned ? CCV_LINE_ABANDONED : CCV_LINE_READ;
}

bool ccv_is_terminal(int descriptor) { return isatty(descriptor) == 1; }

int ccv_terminal_columns(void) {
  struct winsize size;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

void ccv_on_interrupt(void (*handler)(void)) {
  on_interrupt = handler;
  handle(SIGINT, handle_interrupt);
}

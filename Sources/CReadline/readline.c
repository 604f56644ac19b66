#define _GNU_SOURCE
#include "CReadline.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

static ccv_completer complete_with;
static void *complete_context;
static volatile sig_atomic_t interrupted, ended_by, is_reading;
static void (*on_interrupt)(void);

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
    if (!wait_for_key(fileno(stream))) return ended_by ? EOF : READERR;
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

static char **candidates;
static int next_candidate;

static char *give_candidate(const char *text, int state) {
  (void)text;
  if (state == 0) next_candidate = 0;
  return candidates && candidates[next_candidate] ? strdup(candidates[next_candidate++]) : NULL;
}

static char **attempt(const char *text, int start, int end) {
  rl_attempted_completion_over = 1;
  char append = 0;
  candidates = complete_with ? complete_with(complete_context, rl_line_buffer, start, end, &append) : NULL;
  rl_completion_append_character = append;
  rl_completion_suppress_append = append == 0;
  char **matches = candidates ? rl_completion_matches(text, give_candidate) : NULL;
  for (int i = 0; candidates && candidates[i]; i++) free(candidates[i]);
  free(candidates);
  candidates = NULL;
  return matches;
}

void ccv_readline_setup(const char *application, ccv_completer completer, void *context) {
  rl_readline_name = application;
  complete_with = completer;
  complete_context = context;
  rl_attempted_completion_function = attempt;
  rl_basic_word_break_characters = " \t\n\"\\'`@$><=;|&{(+-*/^,:[.?";
  // The candidates come in their order.
  rl_sort_completion_matches = 0;
  rl_completer_quote_characters = "\"'";
  rl_getc_function = read_key;
  rl_deprep_term_function = leave_line;
  // Ctrl-C is ours: readline's own handler would end the line's state behind our back.
  rl_catch_signals = 0;
  rl_catch_sigwinch = 1;
  handle(SIGTERM, handle_end);
  handle(SIGHUP, handle_end);
  rl_variable_bind("enable-bracketed-paste", "on");
  // A list of names is shown without a question, and whole: the terminal scrolls by itself.
  rl_variable_bind("completion-query-items", "0");
  rl_variable_bind("page-completions", "off");
  rl_variable_bind("blink-matching-paren", "on");
  using_history();
}

ccv_line_status ccv_readline(const char *prompt, char **line) {
  interrupted = 0;
  is_reading = 1;
  *line = readline(prompt);
  is_reading = 0;
  if (ended_by) end_by(ended_by);
  if (interrupted) {
    interrupted = 0;
    free(*line);
    *line = NULL;
    fputs("\n", stdout);
    fflush(stdout);
    return CCV_LINE_INTERRUPTED;
  }
  return *line ? CCV_LINE_READ : CCV_LINE_END;
}

void ccv_history_add(const char *entry) {
  HIST_ENTRY *last = history_length > 0 ? history_get(history_base + history_length - 1) : NULL;
  if (!last || strcmp(last->line, entry) != 0) add_history(entry);
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

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
static volatile sig_atomic_t interrupted;
static void (*on_interrupt)(void);

static void handle_interrupt(int signal_number) {
  (void)signal_number;
  interrupted = 1;
  if (on_interrupt) on_interrupt();
}

// Readline asks for bytes here: a signal ends the wait, and an interrupt discards the line.
static int read_key(FILE *stream) {
  for (;;) {
    unsigned char byte;
    const ssize_t count = read(fileno(stream), &byte, 1);
    if (count == 1) return byte;
    if (count == 0) return EOF;
    if (errno != EINTR) return EOF;
    if (interrupted) {
      rl_done = 1;
      return '\n';
    }
  }
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
  rl_basic_word_break_characters = " \t\n\"\\'`@$><=;|&{(+-*/^,:[.";
  rl_completer_quote_characters = "\"'";
  rl_getc_function = read_key;
  // Ctrl-C is ours: readline's own handler would end the line's state behind our back.
  rl_catch_signals = 0;
  rl_catch_sigwinch = 1;
  rl_variable_bind("enable-bracketed-paste", "on");
  rl_variable_bind("blink-matching-paren", "on");
  using_history();
}

ccv_line_status ccv_readline(const char *prompt, char **line) {
  interrupted = 0;
  *line = readline(prompt);
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
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = handle_interrupt;
  sigemptyset(&action.sa_mask);
  // No SA_RESTART: a read that waits for a key must come back.
  sigaction(SIGINT, &action, NULL);
}

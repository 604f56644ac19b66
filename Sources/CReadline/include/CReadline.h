// GNU readline behind plain C functions: its globals stay in here.
#pragma once
#include <stdbool.h>

/// What reading a line ended with.
typedef enum { CCV_LINE_READ, CCV_LINE_INTERRUPTED, CCV_LINE_END } ccv_line_status;

/// Completion of the word start ..< end of a line: a NULL-terminated malloc'ed array of malloc'ed
/// candidates (or NULL); `*append` is the character put behind a single one, 0 for none.
typedef char **(*ccv_completer)(void *context, const char *line, int start, int end, char *append);

void ccv_readline_setup(const char *application, ccv_completer completer, void *context);
/// Reads one line, or a pasted block as one text with line breaks in it. `*line` is malloc'ed.
ccv_line_status ccv_readline(const char *prompt, char **line);
/// Adds an entry that Up brings back; a block with line breaks is one entry.
void ccv_history_add(const char *entry);

bool ccv_is_terminal(int descriptor);
/// Columns of the terminal, 80 if unknown.
int ccv_terminal_columns(void);

/// From now on Ctrl-C calls `handler` instead of ending the program. Called from the signal handler:
/// it may only set flags.
void ccv_on_interrupt(void (*handler)(void));

// GNU readline behind plain C functions: its globals stay in here.
#pragma once
#include <stdbool.h>

// MARK: Reading (readline.c)

/// What reading a line ended with.
typedef enum {
  CCV_LINE_READ,
  CCV_LINE_ABANDONED,    // given up, by Ctrl-D within a block
  CCV_LINE_INTERRUPTED,  // Ctrl-C
  CCV_LINE_END
} ccv_line_status;

/// Prepares the terminal's signals and readline's settings; call it first.
void ccv_readline_setup(const char *application);
/// Reads one entry: a line, or with an editor (below) a block of lines. `*line` is malloc'ed.
///
/// An entry that is interrupted or given up is in `*line`, too.
///
/// - start: the text that is there to begin with; NULL for none.
ccv_line_status ccv_readline(const char *prompt, const char *start, char **line);

bool ccv_is_terminal(int descriptor);
/// Columns of the terminal, 80 if unknown.
int ccv_terminal_columns(void);

/// From now on Ctrl-C calls `handler` instead of ending the program. Called from the signal handler:
/// it may only set flags.
void ccv_on_interrupt(void (*handler)(void));

// MARK: Editing (editor.c)

/// The keys that the editor decides about; all others are readline's.
typedef enum {
  CCV_KEY_ENTER,
  CCV_KEY_NEW_LINE,  // Alt-Enter
  CCV_KEY_TAB,
  CCV_KEY_UP,
  CCV_KEY_DOWN,
  CCV_KEY_RIGHT,
  CCV_KEY_LINE_START,
  CCV_KEY_LINE_END,
  CCV_KEY_CLOSING_BRACE,
  CCV_KEY_DELETE_OR_END,  // Ctrl-D
  CCV_KEY_SEARCH,         // Ctrl-R
  CCV_KEY_CLEAR           // Ctrl-L
} ccv_key;

/// What is to become of a key.
typedef enum {
  CCV_KEY_DONE,    // the editor did what there was to do
  CCV_KEY_USUAL,   // readline does what it usually does
  CCV_KEY_ACCEPT,  // the entry is finished
  CCV_KEY_ABANDON  // the entry is given up
} ccv_key_answer;

/// Draws the text and decides about keys.
typedef struct {
  void *context;
  void (*draw)(void *context);
  ccv_key_answer (*press)(void *context, ccv_key key);
  /// The entry is finished or given up: the cursor goes to a line of its own below it.
  void (*leave)(void *context);
} ccv_editor;

/// Hands drawing and the keys above to an editor.
void ccv_readline_edit_with(ccv_editor editor);

/// The text being edited, UTF-8; valid until the next edit.
const char *ccv_line_text(void);
/// The cursor's place in it, in bytes.
int ccv_line_point(void);
void ccv_line_move(int point);
/// Puts a text in the place of the bytes start ..< end, as one step for undo; the cursor ends behind it.
void ccv_line_edit(int start, int end, const char *text);
/// What stands before the text: the prompt, or what readline asks.
const char *ccv_line_prompt(void);
/// Whether a key already waits: then drawing may wait for it.
bool ccv_key_waits(void);
/// Reads the next key, one byte; -1 when there is none any more, or Ctrl-C was pressed.
int ccv_key_read(void);
/// A bell.
void ccv_ring(void);

// MARK: History

/// Adds an entry that Up brings back; a block with line breaks is one entry.
void ccv_history_add(const char *entry);
int ccv_history_count(void);
/// An entry, 0 being the oldest; NULL if there is none.
const char *ccv_history_entry(int index);
/// Where in the history the text is; the count for a text that is not from it.
int ccv_history_place(void);
/// Goes to an entry, or with the count back to what was typed.
void ccv_history_go(int index);

// Readline keeps the text, the undo steps, the kill ring and the user's key bindings; an editor draws it
// and decides about a few keys.
#define _GNU_SOURCE
#include "editor.h"
#include "CReadline.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/history.h>
#include <readline/readline.h>

static ccv_editor editor;
static bool has_editor;
bool ccv_line_is_abandoned;

// MARK: - Keys

// The entry ends here and not in rl_newline, which would move the cursor by what readline itself drew.
static int finish(bool is_abandoned) {
  ccv_line_is_abandoned = is_abandoned;
  RL_SETSTATE(RL_STATE_DONE);
  ccv_line_leave();
  rl_done = 1;
  return 0;
}

static int press(ccv_key key, rl_command_func_t *usual, int count, int code) {
  switch (editor.press(editor.context, key)) {
    case CCV_KEY_ACCEPT: return finish(false);
    case CCV_KEY_ABANDON: return finish(true);
    case CCV_KEY_USUAL: return usual ? usual(count, code) : 0;
    case CCV_KEY_DONE: break;
  }
  return 0;
}

#define KEY(NAME, KIND, USUAL) \
  static int NAME(int count, int code) { return press(KIND, USUAL, count, code); }

KEY(key_enter, CCV_KEY_ENTER, NULL)
KEY(key_new_line, CCV_KEY_NEW_LINE, NULL)
KEY(key_tab, CCV_KEY_TAB, NULL)
KEY(key_up, CCV_KEY_UP, NULL)
KEY(key_down, CCV_KEY_DOWN, NULL)
KEY(key_right, CCV_KEY_RIGHT, rl_forward_char)
KEY(key_line_start, CCV_KEY_LINE_START, rl_beg_of_line)
KEY(key_line_end, CCV_KEY_LINE_END, rl_end_of_line)
KEY(key_closing_brace, CCV_KEY_CLOSING_BRACE, rl_insert)
KEY(key_delete_or_end, CCV_KEY_DELETE_OR_END, rl_delete)
KEY(key_search, CCV_KEY_SEARCH, NULL)
KEY(key_clear, CCV_KEY_CLEAR, NULL)

static const struct {
  const char *sequence;
  rl_command_func_t *function;
} bindings[] = {
  {"\r", key_enter},          {"\n", key_enter},         {"\\e\r", key_new_line},
  {"\\e\n", key_new_line},    {"\t", key_tab},           {"\\e[A", key_up},
  {"\\eOA", key_up},          {"\\C-p", key_up},         {"\\e[B", key_down},
  {"\\eOB", key_down},        {"\\C-n", key_down},       {"\\e[C", key_right},
  {"\\eOC", key_right},       {"\\C-f", key_right},      {"\\C-a", key_line_start},
  {"\\e[H", key_line_start},  {"\\eOH", key_line_start}, {"\\e[1~", key_line_start},
  {"\\C-e", key_line_end},    {"\\e[F", key_line_end},   {"\\eOF", key_line_end},
  {"\\e[4~", key_line_end},   {"}", key_closing_brace},  {"\\C-d", key_delete_or_end},
  {"\\C-r", key_search},      {"\\C-l", key_clear},
};

static void bind_keys(Keymap map) {
  for (size_t i = 0; i < sizeof bindings / sizeof *bindings; i++)
    rl_bind_keyseq_in_map(bindings[i].sequence, bindings[i].function, map);
}

static void draw(void) { editor.draw(editor.context); }

void ccv_readline_edit_with(ccv_editor chosen) {
  editor = chosen;
  has_editor = true;
  rl_redisplay_function = draw;
  bind_keys(emacs_standard_keymap);
  bind_keys(vi_insertion_keymap);
  rl_bind_key_in_map('\r', key_enter, vi_movement_keymap);
  rl_bind_key_in_map('\n', key_enter, vi_movement_keymap);
}

void ccv_line_leave(void) {
  if (has_editor) {
    editor.leave(editor.context);
    return;
  }
  fputs("\n", stdout);
  fflush(stdout);
}

// MARK: - The text

const char *ccv_line_text(void) { return rl_line_buffer ? rl_line_buffer : ""; }

int ccv_line_point(void) { return rl_point; }

void ccv_line_move(int point) { rl_point = point < 0 ? 0 : point > rl_end ? rl_end : point; }

void ccv_line_edit(int start, int end, const char *text) {
  rl_begin_undo_group();
  rl_delete_text(start, end);
  rl_point = start;
  rl_insert_text(text);
  rl_end_undo_group();
}

const char *ccv_line_prompt(void) { return rl_display_prompt ? rl_display_prompt : ""; }

bool ccv_key_waits(void) {
  if (rl_pending_input) return true;
  struct pollfd place = {.fd = fileno(rl_instream ? rl_instream : stdin), .events = POLLIN};
  return poll(&place, 1, 0) == 1 && (place.revents & POLLIN);
}

int ccv_key_read(void) {
  const int key = rl_read_key();
  return key < 0 ? -1 : key;
}

void ccv_ring(void) { rl_ding(); }

// MARK: - History

void ccv_history_add(const char *entry) {
  HIST_ENTRY *last = history_length > 0 ? history_get(history_base + history_length - 1) : NULL;
  if (!last || strcmp(last->line, entry) != 0) add_history(entry);
}

int ccv_history_count(void) { return history_length; }

const char *ccv_history_entry(int index) {
  HIST_ENTRY *entry = index >= 0 && index < history_length ? history_get(history_base + index) : NULL;
  return entry ? entry->line : NULL;
}

int ccv_history_place(void) { return where_history(); }

// Readline keeps what was typed while one looks through the history, and gives it back at its end.
void ccv_history_go(int index) {
  const int distance = where_history() - index;
  if (distance > 0) rl_get_previous_history(distance, 0);
  else if (distance < 0) rl_get_next_history(-distance, 0);
}

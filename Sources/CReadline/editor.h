#pragma once
#include <stdbool.h>

/// Whether the editor gave the entry up.
extern bool ccv_line_is_abandoned;

/// Puts the cursor on a line of its own below the entry.
void ccv_line_leave(void);

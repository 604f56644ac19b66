// What tests of a whole program need of the system, and Swift's view of glibc does not show.
#pragma once
#include <stddef.h>
#include <sys/types.h>

/// Starts a program whose descriptors 0, 1 and 2 are those given (-1: closed), with signals as a shell
/// leaves them. With a `terminal` (its path, else NULL) the program leads a session on it, and the
/// descriptors are ignored. 0, or the number of the error.
int ccv_test_spawn(
  const char *program, char *const arguments[], char *const environment[], const char *folder,
  const int descriptors[3], const char *terminal, pid_t *child);

/// A pipe that no child inherits by accident: ends[0] is read, ends[1] written.
int ccv_test_pipe(int ends[2]);

/// A new terminal; the descriptor of its near side, and in `path` what to open on the far side.
int ccv_test_terminal(int rows, int columns, char *path, size_t size);

/// The file that an address of this process was loaded from.
const char *ccv_test_file_of(const void *address);

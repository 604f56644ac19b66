// The .ccv files of the standard library, embedded in the executable.
#pragma once
#include <stddef.h>

typedef struct {
  const char *path;            // below Sources/StandardLibrary, for example "methods/ccvit.ccv"
  const unsigned char *bytes;  // UTF-8, not terminated
  size_t count;
} ccv_library_file;

/// The files, in the order of embed.c; `*count` is how many.
const ccv_library_file *ccv_library_files(size_t *count);

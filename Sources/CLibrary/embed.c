// One line per file of the standard library: `FILE(identifier, "path below StandardLibrary")`.
// #embed compiles in about a second where SwiftPM's resource embedding took half a minute, and it
// keeps the folder names. The build notices an edit of an embedded file.
#include "CLibrary.h"

static const unsigned char methods_ccvit[] = {
#embed "../StandardLibrary/methods/ccvit.ccv"
};

#define FILE_ENTRY(name, path) {path, name, sizeof name}

static const ccv_library_file files[] = {
    FILE_ENTRY(methods_ccvit, "methods/ccvit.ccv"),
};

const ccv_library_file *ccv_library_files(size_t *count) {
  *count = sizeof files / sizeof files[0];
  return files;
}

#include "CGnuplot.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Weverything"
#include <gnuplot-iostream.h>
#pragma clang diagnostic pop

namespace {

bool is_installed() {
  const char *path = getenv("PATH");
  std::string rest = path ? path : "/usr/bin:/bin";
  while (!rest.empty()) {
    const size_t colon = rest.find(':');
    const std::string folder = rest.substr(0, colon);
    if (access((folder + "/gnuplot").c_str(), X_OK) == 0) return true;
    rest = colon == std::string::npos ? "" : rest.substr(colon + 1);
  }
  return false;
}

// What gnuplot said, without its prompt marks, in one line.
void read_message(const std::string &path, char *message, int size) {
  message[0] = 0;
  if (FILE *file = fopen(path.c_str(), "r")) {
    const size_t count = fread(message, 1, static_cast<size_t>(size) - 1, file);
    message[count] = 0;
    fclose(file);
  }
  for (char *c = message; *c; c++)
    if (*c == '\n' || *c == '\t') *c = ' ';
}

}  // namespace

extern "C" int ccv_gnuplot_run(const char *script, char *message, int message_size) {
  message[0] = 0;
  if (!is_installed()) return 1;
  const char *folder = getenv("TMPDIR");
  std::string complaints = std::string(folder ? folder : P_tmpdir) + "/ccv-gnuplot-XXXXXX";
  const int descriptor = mkstemp(complaints.data());
  if (descriptor < 0) return 2;
  close(descriptor);
  try {
    gnuplotio::Gnuplot gnuplot("setsid gnuplot 2>'" + complaints + "'");
    gnuplot << script << std::endl;
    // Closing the pipe ends gnuplot and waits for it.
    gnuplot.clearTmpfiles();
  } catch (const std::exception &error) {
    snprintf(message, static_cast<size_t>(message_size), "%s", error.what());
  }
  if (!message[0]) read_message(complaints, message, message_size);
  unlink(complaints.c_str());
  return message[0] ? 2 : 0;
}

struct ccv_gnuplot {
  gnuplotio::Gnuplot pipe;
  ccv_gnuplot() : pipe("setsid gnuplot 2>/dev/null") {}
};

extern "C" ccv_gnuplot *ccv_gnuplot_open(void) {
  if (!is_installed()) return nullptr;
  try {
    return new ccv_gnuplot();
  } catch (...) {
    return nullptr;
  }
}

extern "C" int ccv_gnuplot_send(ccv_gnuplot *gnuplot, const char *script) {
  gnuplot->pipe << script << std::endl;
  return gnuplot->pipe.good() ? 0 : 1;
}

extern "C" void ccv_gnuplot_close(ccv_gnuplot *gnuplot) { delete gnuplot; }

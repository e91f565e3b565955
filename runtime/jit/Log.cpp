#include "runtime/jit/Log.h"

#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

namespace pa {
namespace {

const char *logFile() {
  const char *file = std::getenv("PA_LOG");
  return file && *file ? file : nullptr;
}

} // namespace

bool logIsWanted() { return logFile(); }

void logLine(std::string text) {
  const char *path = logFile();
  int file = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
  if (file < 0)
    return;
  for (size_t at = 0; (at = text.find('\n', at)) != std::string::npos;)
    text.replace(at, 1, "; ");
  text = "pa " + std::to_string(getpid()) + ": " + text + "\n";
  (void)!write(file, text.data(), text.size()); // at once: lines of several processes do not mix
  close(file);
}

} // namespace pa

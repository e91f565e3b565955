#include "compiler/tools/Asker.h"

#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace pa {

// By a signal and not by a thread: a process of one thread allocates faster.
void endWithAsker() {
  struct stat input;
  if (fstat(STDIN_FILENO, &input) != 0 || !S_ISSOCK(input.st_mode))
    return;
  (void)fcntl(STDIN_FILENO, F_SETOWN, getpid());
  (void)fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) | O_ASYNC); // SIGIO, which ends a process
  pollfd asker = {STDIN_FILENO, 0, 0};
  if (poll(&asker, 1, 0) > 0) // closed before that
    std::_Exit(1);
}

} // namespace pa

// State of this process alone: a fork of it has none of the threads that would give back what they hold.
#ifndef PA_RUNTIME_JIT_THISPROCESS_H
#define PA_RUNTIME_JIT_THISPROCESS_H

#include <atomic>
#include <unistd.h>

namespace pa {

// One `State` a process. What a fork inherits is left as it is: its lock may be taken for ever.
template <class State> State &ofThisProcess() {
  struct Own {
    pid_t process = getpid();
    State state;
  };
  static std::atomic<Own *> latest{nullptr};
  Own *known = latest;
  while (!known || known->process != getpid()) {
    auto *fresh = new Own;
    if (latest.compare_exchange_strong(known, fresh))
      known = fresh;
    else
      delete fresh;
  }
  return known->state;
}

} // namespace pa

#endif

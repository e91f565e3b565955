// One piece of work for a key at a time in this process: who asks while it is done waits for its result. So threads
// share a compilation without a cache, too.
#ifndef PA_RUNTIME_JIT_SINGLEFLIGHT_H
#define PA_RUNTIME_JIT_SINGLEFLIGHT_H

#include "runtime/device/Status.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace pa {

class SingleFlight {
public:
  // After `patience` the caller does it by itself.
  Expected<std::string> once(const std::string &key, std::chrono::milliseconds patience,
                             const std::function<Expected<std::string>()> &work);
  // How many wait for the key's result now.
  size_t waiting(const std::string &key) const;

private:
  struct Flight {
    size_t waiting = 0;
    std::optional<Expected<std::string>> result;
  };
  void land(const std::string &key, Flight &flight, Expected<std::string> result);

  mutable std::mutex mutex;
  std::condition_variable landed;
  std::map<std::string, std::shared_ptr<Flight>> flights;
};

} // namespace pa

#endif

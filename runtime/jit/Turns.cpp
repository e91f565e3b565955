#include "runtime/jit/Turns.h"
#include "runtime/jit/ThisProcess.h"

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>

namespace pa {
namespace {

struct Running {
  std::mutex mutex;
  std::condition_variable ended;
  unsigned count = 0;
};

} // namespace

unsigned mostCompilers() {
  const char *chosen = std::getenv("PA_JIT_PROCESSES");
  long most = chosen ? std::strtol(chosen, nullptr, 10) : long(std::thread::hardware_concurrency());
  return unsigned(std::clamp(most, 1l, 1024l));
}

Turn::Turn() {
  auto &all = ofThisProcess<Running>();
  std::unique_lock<std::mutex> guard(all.mutex);
  all.ended.wait(guard, [&] { return all.count < mostCompilers(); });
  ++all.count;
}

Turn::~Turn() {
  auto &all = ofThisProcess<Running>();
  {
    std::lock_guard<std::mutex> guard(all.mutex);
    --all.count;
  }
  all.ended.notify_one();
}

} // namespace pa

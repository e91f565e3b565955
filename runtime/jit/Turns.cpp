#include "runtime/jit/Turns.h"
#include "runtime/jit/ThisProcess.h"

#include <condition_variable>
#include <mutex>

namespace pa {
namespace {

struct Running {
  std::mutex mutex;
  std::condition_variable ended;
  unsigned count = 0;
};

} // namespace

Turn::Turn(unsigned most) {
  auto &all = ofThisProcess<Running>();
  std::unique_lock<std::mutex> guard(all.mutex);
  all.ended.wait(guard, [&] { return all.count < most; });
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

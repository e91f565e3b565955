#include "runtime/jit/SingleFlight.h"

namespace pa {

Expected<std::string> SingleFlight::once(const std::string &key, std::chrono::milliseconds patience,
                                         const std::function<Expected<std::string>()> &work) {
  // What needs memory comes before others can see the flight, and the text of a failure before the failure.
  auto own = std::make_shared<Flight>();
  Error lost{ErrorCode::memory, "the compilation that this request waited for has failed", {}};
  std::unique_lock<std::mutex> guard(mutex);
  auto [found, first] = flights.try_emplace(key, own);
  std::shared_ptr<Flight> flight = found->second;
  if (!first) {
    ++flight->waiting;
    bool there = landed.wait_for(guard, patience, [&] { return flight->result.has_value(); });
    --flight->waiting;
    if (there)
      return *flight->result;
    guard.unlock();
    return work();
  }
  guard.unlock();
  // Whatever comes of it, nobody may wait for ever.
  try {
    auto result = work();
    land(key, *flight, result);
    return result;
  } catch (...) {
    land(key, *flight, std::move(lost));
    throw;
  }
}

void SingleFlight::land(const std::string &key, Flight &flight, Expected<std::string> result) {
  std::lock_guard<std::mutex> guard(mutex);
  flight.result = std::move(result);
  flights.erase(key);
  landed.notify_all();
}

size_t SingleFlight::waiting(const std::string &key) const {
  std::lock_guard<std::mutex> guard(mutex);
  auto found = flights.find(key);
  return found == flights.end() ? 0 : found->second->waiting;
}

} // namespace pa

// Wall time of the stages of one compilation.
#ifndef PA_COMPILER_CODEGEN_STAGETIME_H
#define PA_COMPILER_CODEGEN_STAGETIME_H

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace pa {

struct StageTime {
  std::string stage; // "parse", "passes", "translate", "optimize", "codegen", "link"
  double milliseconds;
};

// Runs `work` and appends how long it took, also when it failed.
template <typename Work> auto timed(std::vector<StageTime> &times, const char *stage, Work &&work) -> decltype(work()) {
  struct Stop {
    std::vector<StageTime> &times;
    const char *stage;
    std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
    ~Stop() {
      std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - start;
      times.push_back({stage, spent.count()});
    }
  } stop{times, stage};
  return std::forward<Work>(work)();
}

} // namespace pa

#endif

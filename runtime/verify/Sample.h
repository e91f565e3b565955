// Which items of a launch are looked at: by a generator that the launch's number seeds, so that a run can be repeated
// and many launches see all of a batch.
#ifndef PA_RUNTIME_VERIFY_SAMPLE_H
#define PA_RUNTIME_VERIFY_SAMPLE_H

#include <cstdint>
#include <random>
#include <set>

namespace pa::checked {

constexpr int sampledItems = 4;

class Sample {
public:
  explicit Sample(uint64_t number) : random(number) {}

  int below(int count) { return int(random() % uint64_t(count)); }

  // Numbers below `count`, some that have to be there (if not negative) among them.
  std::set<int> some(int count, std::initializer_list<int> always = {}) {
    std::set<int> chosen;
    for (int one : always)
      if (one >= 0)
        chosen.insert(one);
    for (int i = int(chosen.size()); i < sampledItems && count > 0; ++i)
      chosen.insert(below(count));
    return chosen;
  }

private:
  std::mt19937_64 random;
};

} // namespace pa::checked

#endif

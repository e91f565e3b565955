// An observer's own state of each resident wave or workgroup, found by its place. A place is used again by the next
// wave or workgroup there: `start` gives the state as the last one left it, so that its memory can be kept.
#ifndef PA_RUNTIME_EMULATOR_OBSERVE_PERWAVE_H
#define PA_RUNTIME_EMULATOR_OBSERVE_PERWAVE_H

#include "runtime/emulator/core/State.h"

#include <memory>
#include <vector>

namespace pa::emu {

template <class State> class ByPlace {
public:
  State &at(size_t place) { return *states[place]; }
  State &make(size_t place) {
    if (states.size() <= place)
      states.resize(place + 1);
    if (!states[place])
      states[place] = std::make_unique<State>();
    return *states[place];
  }

private:
  std::vector<std::unique_ptr<State>> states;
};

template <class State> class PerWave : ByPlace<State> {
public:
  State &of(const Wave &w) { return this->at(w.resident); }
  State &start(const Wave &w) { return this->make(w.resident); }
};

template <class State> class PerGroup : ByPlace<State> {
public:
  State &of(const Workgroup &g) { return this->at(g.slot); }
  State &start(const Workgroup &g) { return this->make(g.slot); }
};

} // namespace pa::emu

#endif

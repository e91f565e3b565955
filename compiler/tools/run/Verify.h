// Whether a result is right, as a list of checks that each say what was found and what is allowed.
#ifndef PA_COMPILER_TOOLS_RUN_VERIFY_H
#define PA_COMPILER_TOOLS_RUN_VERIFY_H

#include "compiler/tools/run/Session.h"
#include "test/reference/Errors.h"

namespace pa::run {

struct Check {
  std::string name; // "relative_l2_ratio", "constant_v", ...
  bool ok = false;
  std::string detail; // for people
};

struct Verification {
  reference::Errors errors;
  reference::LseErrors lse;
  bool hasLse = false;
  double referenceSeconds = 0;
  std::vector<Check> checks;
};

// Against the float64 reference. Precondition: no used table entry is outside the cache.
Verification verify(const Variant &variant, const Problem &problem, const Outcome &outcome);

// Several launches that must agree to the bit.
Check checkRepeats(const std::vector<Outcome> &outcomes);

// What needs no tolerance; runs the kernel a few more times. `launches` are those of the options' own problem.
Expected<std::vector<Check>> checkExactness(Session &session, const Variant &variant, const InputOptions &options,
                                            const Problem &problem, std::vector<Outcome> launches);

std::string placeText(const reference::Place &place, bool withD = true);

} // namespace pa::run

#endif

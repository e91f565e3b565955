// Whether a result is right, as a list of checks that each say what was found and what is allowed.
#ifndef PA_COMPILER_TOOLS_RUN_VERIFY_H
#define PA_COMPILER_TOOLS_RUN_VERIFY_H

#include "compiler/tools/run/Session.h"
#include "runtime/verify/Judge.h"

namespace pa::run {

using checked::Check;
using checked::placeText;

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

} // namespace pa::run

#endif

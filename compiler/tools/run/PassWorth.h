// What each optional pass of the pipeline is worth: the same problem without it.
#ifndef PA_COMPILER_TOOLS_RUN_PASSWORTH_H
#define PA_COMPILER_TOOLS_RUN_PASSWORTH_H

#include "compiler/tools/run/Figures.h"
#include "compiler/tools/run/Session.h"

namespace pa::run {

struct PassWorth {
  std::string without;          // the pass; "" with all of them
  int64_t inFlightPerCu = 0;    // bytes, the least of the KV loop's steady state
  double loadedOverNeeded = 0;  // KV bytes
  double nonTemporalShare = 0;  // of the KV bytes
  uint64_t instructions = 0;    // executed, of all waves
  int64_t loopInstructions = 0; // of the KV loop's code
  bool verified = false;        // each is right without the pass, too
};

// The figures of an outcome that is there already.
PassWorth worthOf(const std::string &without, const Variant &variant, const Problem &problem, const Json &resources,
                  const Json &counters, bool verified);

// Compiles and runs the input once without each optional pass and once without any of them, on inputs of the same kind
// (a cache of the module's may change its layout).
Expected<std::vector<PassWorth>> withoutEachPass(const Options &options, const std::string &device);

} // namespace pa::run

#endif

// What the counters and the object's report say about a run, as figures of the project.
#ifndef PA_COMPILER_TOOLS_RUN_FIGURES_H
#define PA_COMPILER_TOOLS_RUN_FIGURES_H

#include "compiler/tools/run/Problem.h"

#include <nlohmann/json.hpp>

namespace pa::run {

using Json = nlohmann::ordered_json;

// Bytes of the caches that the call needs, and what was loaded for it. Scales count if tokens or pages have their own.
// With a window only what it shows is needed. Ratios are 0 where nothing is needed or loaded.
struct KvTraffic {
  uint64_t needed = 0;                               // every key and value that a query token sees, once
  uint64_t neededPages = 0;                          // their pages whole
  uint64_t loaded = 0;                               // requested by active lanes
  uint64_t unique = 0;                               // distinct bytes among them
  uint64_t elements = 0;                             // part of loaded that is keys and values, no scales
  uint64_t nonTemporal = 0;                          // part of elements
  uint64_t sixteenBytes = 0;                         // part of elements, by loads of 16 bytes a lane
  uint64_t again() const { return loaded - unique; } // requested more than once
  double loadedOverNeeded() const { return ratio(loaded, needed); }
  double loadedOverPages() const { return ratio(loaded, neededPages); }
  double nonTemporalShare() const { return ratio(nonTemporal, elements); }
  double sixteenByteShare() const { return ratio(sixteenBytes, elements); }

private:
  static double ratio(uint64_t part, uint64_t whole) { return whole ? double(part) / double(whole) : 0; }
};

KvTraffic kvTraffic(const Variant &variant, const Problem &problem, const Json &counters);

// The kernel's entry in `pa-inspect --json`; null if the tool is not there or fails.
Json inspectKernel(const std::string &objectPath, const std::string &kernel);

} // namespace pa::run

#endif

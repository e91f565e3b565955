// What the counters and the object's report say about a run, as figures of the project.
#ifndef PA_COMPILER_TOOLS_RUN_FIGURES_H
#define PA_COMPILER_TOOLS_RUN_FIGURES_H

#include "compiler/tools/run/Problem.h"

#include <nlohmann/json.hpp>

namespace pa::run {

using Json = nlohmann::ordered_json;

// Bytes of the caches that the call needs, and what was loaded for it. Ratios are 0 where nothing is needed or loaded.
struct KvTraffic {
  uint64_t needed = 0;       // every key and value of every context once
  uint64_t neededPages = 0;  // every used page whole
  uint64_t loaded = 0;       // requested by active lanes
  uint64_t unique = 0;       // distinct bytes among them
  uint64_t nonTemporal = 0;  // part of loaded
  uint64_t sixteenBytes = 0; // part of loaded, by loads of 16 bytes a lane
  double loadedOverNeeded() const { return ratio(loaded, needed); }
  double loadedOverPages() const { return ratio(loaded, neededPages); }
  double nonTemporalShare() const { return ratio(nonTemporal, loaded); }
  double sixteenByteShare() const { return ratio(sixteenBytes, loaded); }

private:
  static double ratio(uint64_t part, uint64_t whole) { return whole ? double(part) / double(whole) : 0; }
};

KvTraffic kvTraffic(const Variant &variant, const Problem &problem, const Json &counters);

// The kernel's entry in `pa-inspect --json`; null if the tool is not there or fails.
Json inspectKernel(const std::string &objectPath, const std::string &kernel);

} // namespace pa::run

#endif

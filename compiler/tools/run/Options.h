// The command line of pa-run.
#ifndef PA_COMPILER_TOOLS_RUN_OPTIONS_H
#define PA_COMPILER_TOOLS_RUN_OPTIONS_H

#include "runtime/device/Status.h"

#include <string>
#include <vector>

namespace pa::run {

enum class Distribution { normal, uniform, constantV, peaked, equal };
const char *toString(Distribution distribution);

// Where inputs come from: generated from the seed, or raw files.
struct InputOptions {
  std::vector<int> contexts; // repeated up to the batch
  int batch = 0;             // 0: as many as contexts
  uint64_t seed = 1;
  float scale = 0; // 0: 1 / sqrt(head size)
  Distribution distribution = Distribution::normal;
  bool shuffledPages = true;
  bool poison = true;         // unused memory holds NaN patterns, else zeros
  bool paddedStrides = false; // gaps between query tokens, pages and heads
  int tableWidth = 0;         // 0: two entries more than the longest context needs
  int sparePages = 7;
  std::string queryFile, keyFile, valueFile, tablesFile, lensFile;

  bool anyFile() const {
    return !queryFile.empty() || !keyFile.empty() || !valueFile.empty() || !tablesFile.empty() || !lensFile.empty();
  }
};

struct Options {
  std::string input;
  std::string chip;   // empty: the code object's own
  std::string device; // empty: emulated:<chip>
  std::string paOptions;
  InputOptions inputs;
  // Settings of the device, by its own option names.
  std::vector<std::pair<std::string, std::string>> deviceOptions;
  bool verify = true;
  bool exactness = false;
  bool passes = false; // also without each optional pass
  int repeat = 1;
  std::string jsonFile;   // "-": standard output
  std::string outputFile; // the kernel's output, raw
  bool progress = false;
  bool help = false;
};

Expected<Options> parseOptions(int argc, char **argv);
std::string usage();

} // namespace pa::run

#endif

// The command line of pa-run.
#ifndef PA_COMPILER_TOOLS_RUN_OPTIONS_H
#define PA_COMPILER_TOOLS_RUN_OPTIONS_H

#include "runtime/device/Status.h"

#include <string>
#include <vector>

namespace pa::run {

enum class Distribution { normal, uniform, constantV, peaked, equal, outliers, everyCode };
enum class PageOrder { shuffled, ordered, sparse }; // sparse: anywhere in a cache of many GiB that is not there else
enum class Packing { dense, padded, packed };       // packed: keys and values in one pool, and gaps
const char *toString(Distribution distribution);
const char *toString(PageOrder order);
const char *toString(Packing packing);

// Where inputs come from: generated from the seed, or raw files.
struct InputOptions {
  std::vector<int> contexts; // repeated up to the batch
  int batch = 0;             // 0: as many as contexts
  uint64_t seed = 1;
  std::vector<int> qlens; // repeated up to the batch; of ragged kernels
  float scale = 0;        // 0: 1 / sqrt(head size)
  float softCap = 0;      // 0: 30, where the kernel has one
  float outputScale = 0;  // 0: one that fits the inputs, where the output is FP8
  Distribution distribution = Distribution::normal;
  PageOrder pages = PageOrder::shuffled;
  bool poison = true; // unused memory holds NaN patterns, else zeros
  Packing packing = Packing::dense;
  int tableWidth = 0; // 0: two entries more than the longest context needs
  int sparePages = 7;
  std::vector<float> scoreNumbers;
  std::vector<std::string> scoreTensorFiles;
  std::string queryFile, keyFile, valueFile, keyScalesFile, valueScalesFile, tablesFile, lensFile, kvIndptrFile,
      qoIndptrFile, slopesFile, sinksFile;

  bool anyFile() const {
    for (const std::string *file : {&queryFile, &keyFile, &valueFile, &keyScalesFile, &valueScalesFile, &tablesFile,
                                    &lensFile, &kvIndptrFile, &qoIndptrFile, &slopesFile, &sinksFile})
      if (!file->empty())
        return true;
    return false;
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
  bool passes = false;  // also without each optional pass
  bool generic = false; // the variant's generic kernel
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

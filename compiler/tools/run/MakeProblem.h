// The steps of makeProblem, in their order; each fills its part of the problem.
#ifndef PA_COMPILER_TOOLS_RUN_MAKEPROBLEM_H
#define PA_COMPILER_TOOLS_RUN_MAKEPROBLEM_H

#include "compiler/tools/run/Problem.h"
#include "compiler/tools/run/Process.h"
#include "compiler/tools/run/Random.h"

#include <algorithm>

namespace pa::run {

inline Error wrongInput(const std::string &message) { return {ErrorCode::invalidArgument, message, {}}; }

// Contexts and new tokens of each sequence.
Status makeSequences(const Variant &variant, const InputOptions &options, Problem &problem);
// The table's shape, and which page stands where.
Status makeTables(const InputOptions &options, Problem &problem);
// Softmax scale, soft-cap, slopes, sinks and a user's score.
Status makeScoreInputs(const Variant &variant, const InputOptions &options, Problem &problem);
Status makeQuery(const InputOptions &options, Problem &problem);
// What files hold of the caches, dense.
struct CacheFiles {
  std::vector<uint8_t> keys, values;
  std::vector<float> keyScales, valueScales;
};
// Says how many pages there are, if files are given.
Status loadCaches(const InputOptions &options, Problem &problem, CacheFiles &files);
// Keys, values and their scales.
Status makeCaches(const InputOptions &options, const CacheFiles &files, Problem &problem);

// What the numbers of a stream are for.
enum class Tensor : uint64_t { query, keys, values, pages, keyScales, valueScales, sinks };

inline Stream streamOf(const InputOptions &options, Tensor tensor, uint64_t sequence, uint64_t position,
                       uint64_t head) {
  uint64_t key = Stream::mix(options.seed + 1) + static_cast<uint64_t>(tensor);
  key = Stream::mix(key * 0x9e3779b97f4a7c15u + sequence);
  return Stream(Stream::mix(key + position) + head);
}

// Reads a raw file of elements of type T; `expected` elements if not 0, else a positive multiple of `unit`.
template <class T>
Status loadRaw(const char *tensor, const std::string &path, std::vector<T> &elements, size_t expected, size_t unit,
               const std::string &why) {
  auto read = readFile(path);
  if (!read)
    return wrongInput(std::string(tensor) + ": " + read.error().message);
  const std::string &bytes = *read;
  bool fits =
      expected ? bytes.size() == expected * sizeof(T) : !bytes.empty() && bytes.size() % (unit * sizeof(T)) == 0;
  if (!fits)
    return wrongInput(std::string(tensor) + " from '" + path + "' is " + std::to_string(bytes.size()) +
                      " bytes, expected " + (expected ? "" : "a multiple of ") +
                      std::to_string((expected ? expected : unit) * sizeof(T)) + ": " + why);
  elements.resize(bytes.size() / sizeof(T));
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char *>(elements.data()));
  return {};
}

} // namespace pa::run

#endif

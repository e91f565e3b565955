// One decode call as host memory: the inputs, and everything around them that a kernel must not use.
#ifndef PA_COMPILER_TOOLS_RUN_PROBLEM_H
#define PA_COMPILER_TOOLS_RUN_PROBLEM_H

#include "compiler/tools/run/Options.h"
#include "runtime/device/KernelDescription.h"
#include "test/reference/PagedAttention.h"

namespace pa::run {

struct Problem {
  reference::Shape shape;
  std::vector<uint16_t> query, keyCache, valueCache;
  std::vector<int32_t> blockTables; // [sequences][tableWidth]
  std::vector<int32_t> contextLens;
  int tableWidth = 0;
  int64_t pages = 0;
  float scale = 0;
  bool poison = true; // also what output and workspace hold before the launch
  bool paddedStrides = false;
  std::vector<uint16_t> constantValues; // constant-v: [kvHeads][headSize], else empty

  int sequences() const { return static_cast<int>(contextLens.size()); }
  size_t rows() const { return contextLens.size() * shape.queryTokens * shape.queryHeads; }
  reference::Inputs inputs() const;
};

// What the table holds past a sequence's last page when nothing says otherwise.
constexpr int32_t garbageEntry = 0x7fffffff;

reference::Shape shapeOf(const Variant &variant);

// Inputs depend on (seed, tensor, sequence, position, head) only: the order of the pages, the content of unused memory
// and the other sequences do not change them. A file whose size does not fit the variant is an error that names the
// tensor, what it got and what is expected.
Expected<Problem> makeProblem(const Variant &variant, const InputOptions &options);

} // namespace pa::run

#endif

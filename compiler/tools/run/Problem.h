// One decode call as host memory: the inputs, and everything around them that a kernel must not use.
#ifndef PA_COMPILER_TOOLS_RUN_PROBLEM_H
#define PA_COMPILER_TOOLS_RUN_PROBLEM_H

#include "compiler/tools/run/Geometry.h"
#include "compiler/tools/run/Pool.h"
#include "runtime/device/KernelDescription.h"

#include <array>

namespace pa::run {

struct Problem {
  reference::Shape shape;
  std::vector<int32_t> contexts;    // as asked for; a table may be narrower
  std::vector<uint16_t> query;      // [tokens][queryHeads][headSize], dense
  std::vector<int32_t> blockTables; // [sequences][tableWidth], or by kvIndptr
  std::vector<int32_t> contextLens; // or what the last pages hold
  std::vector<int32_t> kvIndptr;    // empty: blockTables has rows
  std::vector<int32_t> qoIndptr;    // empty: all sequences have shape.queryTokens
  int tableWidth = 0;
  int64_t pages = 0;
  Packing packing = Packing::dense;
  Geometry geometry;
  Pool keyPool, valuePool; // packed: valuePool is empty
  Pool keyScalePool, valueScalePool;
  // Pages that anything was put into; the others are not copied to the device. All of them if `sparse` is false.
  bool sparse = false;
  std::vector<int32_t> filledPages;
  std::vector<float> slopes, sinks; // [queryHeads]
  float scale = 0, softCap = 0, outputScale = 1;
  std::array<float, 4> scoreNumbers = {};
  std::vector<std::vector<float>> scoreTensors;
  bool poison = true; // also what output and workspace hold before the launch
  // constant-v: what each output row with a key must be, [kvHeads][valueHeadSize] codes of the output's type.
  std::vector<uint16_t> constantOutputs;

  int sequences() const { return static_cast<int>(contextLens.size()); }
  size_t tokens() const { return static_cast<size_t>(allTokens(shape, inputs())); }
  size_t rows() const { return tokens() * shape.queryHeads; }
  uint8_t *values() { return geometry.packed ? keyPool.data() + geometry.valuesAt : valuePool.data(); }
  reference::Inputs inputs() const;
};

// What the table holds where no page is needed: past a sequence's last page, before a window's first one, and for a
// sequence without tokens. Each entry is another, so that a fault tells which it was.
constexpr int32_t garbageEntry(size_t index) { return 0x7fffffff - static_cast<int32_t>(index % (1 << 24)); }

// Inputs depend on (seed, tensor, sequence, position, head) only: the order of the pages, the content of unused memory
// and the other sequences do not change them. A file whose size does not fit the variant is an error that names the
// tensor, what it got and what is expected.
Expected<Problem> makeProblem(const Variant &variant, const InputOptions &options);

} // namespace pa::run

#endif

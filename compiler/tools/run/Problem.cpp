#include "compiler/tools/run/MakeProblem.h"
#include "runtime/verify/Judge.h"

namespace pa::run {
reference::Inputs Problem::inputs() const {
  auto orNull = [](const auto &vector) { return vector.empty() ? nullptr : vector.data(); };
  reference::Inputs inputs;
  inputs.query = query.data();
  inputs.keyCache = keyPool.data();
  inputs.valueCache = valuePool.data();
  if (geometry.packed && !keyPool.empty()) // while a problem is made there is no cache yet
    inputs.valueCache = keyPool.data() + geometry.valuesAt;
  inputs.keys = geometry.keys;
  inputs.values = geometry.values;
  inputs.keyScales = reinterpret_cast<const float *>(keyScalePool.data());
  inputs.valueScales = reinterpret_cast<const float *>(valueScalePool.data());
  inputs.keyScaleStrides = geometry.keyScales;
  inputs.valueScaleStrides = geometry.valueScales;
  inputs.blockTables = blockTables.data();
  inputs.contextLens = contextLens.data();
  inputs.kvIndptr = orNull(kvIndptr);
  inputs.qoIndptr = orNull(qoIndptr);
  inputs.sequences = sequences();
  inputs.tableWidth = tableWidth;
  inputs.pages = pages;
  inputs.softmaxScale = scale;
  inputs.softCap = softCap;
  inputs.alibiSlopes = orNull(slopes);
  inputs.sinks = orNull(sinks);
  inputs.outputScale = outputScale;
  return inputs;
}

Expected<Problem> makeProblem(const Variant &variant, const InputOptions &options) {
  Problem problem;
  problem.shape = checked::shapeOf(variant);
  problem.poison = options.poison;
  problem.packing = options.packing;
  problem.geometry = geometryOf(problem.shape, options.packing);
  CacheFiles files;
  if (Status status = makeSequences(variant, options, problem); !status)
    return status.error();
  if (Status status = loadCaches(options, problem, files); !status)
    return status.error();
  if (Status status = makeTables(options, problem); !status)
    return status.error();
  if (Status status = makeScoreInputs(variant, options, problem); !status)
    return status.error();
  if (Status status = makeQuery(options, problem); !status)
    return status.error();
  if (Status status = makeCaches(options, files, problem); !status)
    return status.error();
  return std::move(problem);
}

} // namespace pa::run

#include "compiler/tools/run/MakeProblem.h"

namespace pa::run {
namespace {

reference::Type typeOf(ElementType type) {
  switch (type) {
  case ElementType::bf16:
    return reference::Type::bf16;
  case ElementType::f16:
    return reference::Type::f16;
  case ElementType::fp8E4m3fn:
    return reference::Type::fp8E4m3fn;
  case ElementType::fp8E4m3fnuz:
    return reference::Type::fp8E4m3fnuz;
  case ElementType::int8:
    return reference::Type::int8;
  }
  return reference::Type::bf16;
}

reference::Layout layoutOf(CacheLayout layout) {
  switch (layout) {
  case CacheLayout::nhd:
    return reference::Layout::nhd;
  case CacheLayout::hnd:
    return reference::Layout::hnd;
  case CacheLayout::classic:
    return reference::Layout::classic;
  case CacheLayout::shuffled:
    return reference::Layout::shuffled;
  }
  return reference::Layout::nhd;
}

reference::Scales scalesOf(Scales scales) {
  switch (scales) {
  case Scales::none:
    return reference::Scales::none;
  case Scales::tensor:
    return reference::Scales::tensor;
  case Scales::head:
    return reference::Scales::head;
  case Scales::token:
    return reference::Scales::token;
  case Scales::page:
    return reference::Scales::page;
  }
  return reference::Scales::none;
}

} // namespace

reference::Shape shapeOf(const Variant &variant) {
  reference::Shape shape;
  shape.queryType = typeOf(variant.queryType);
  shape.cacheType = typeOf(variant.cacheType);
  shape.outputType = typeOf(variant.outputType);
  shape.layout = layoutOf(variant.layout);
  shape.headSize = static_cast<int>(variant.headSize);
  shape.valueHeadSize = static_cast<int>(variant.valueHeadSize);
  shape.queryHeads = static_cast<int>(variant.queryHeads);
  shape.kvHeads = static_cast<int>(variant.kvHeads);
  shape.pageSize = static_cast<int>(variant.pageSize);
  shape.scales = scalesOf(variant.scales);
  shape.queryTokens = static_cast<int>(variant.queryTokens);
  shape.causal = variant.mask == Mask::causal;
  shape.window = static_cast<int>(variant.window);
  shape.fp8Products = variant.products == Products::fp8;
  return shape;
}

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
  problem.shape = shapeOf(variant);
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

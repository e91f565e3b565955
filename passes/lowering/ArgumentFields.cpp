#include "passes/lowering/ArgumentFields.h"

#include "passes/KernelArguments.h"

#include <tuple>

using namespace mlir;
using namespace mlir::pa;

int64_t mlir::pa::dynamicStrides(MemRefType type) {
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(type.getStridesAndOffset(strides, offset)) || isa<AffineMapAttr>(type.getLayout()))
    return 0;
  return llvm::count(strides, ShapedType::kDynamic);
}

/// The fields of arguments by name (pa.arg). Strides of scales by how many the tensor has.
static FailureOr<ArgFields> namedFields(StringRef name, MemRefType memref) {
  static const std::pair<StringRef, ArgFields> known[] = {
      {"query", {&args::query, &args::queryTokenStride}},
      {"cache",
       {&args::keyCache, &args::keyPageStride, &args::keyHeadStride, &args::keyTokenStride, &args::valueCache,
        &args::valuePageStride, &args::valueHeadStride, &args::valueTokenStride}},
      {"tables", {&args::blockTables, &args::tableWidth}},
      {"pages", {&args::blockTables, &args::numSeqs}},
      {"lens", {&args::contextLens, &args::numSeqs}},
      {"scale", {&args::softmaxScale}},
      {"out", {&args::output, &args::outputTokenStride}},
      {"lse", {&args::lse}},
      {"query_starts", {&args::qoIndptr, &args::numSeqs}},
      {"page_starts", {&args::kvIndptr, &args::numSeqs}},
      {"soft_cap", {&args::softCap}},
      {"alibi", {&args::alibiSlopes}},
      {"sinks", {&args::sinks}},
      {"out_scale", {&args::outputScale}},
  };
  for (const auto &[field, fields] : known)
    if (name == field)
      return fields;
  const std::tuple<StringRef, ArgFields, ArgFields> scales[] = {
      {"key_scales", {&args::keyScales}, {&args::keyScalePageStride, &args::keyScaleHeadStride}},
      {"value_scales", {&args::valueScales}, {&args::valueScalePageStride, &args::valueScaleHeadStride}}};
  for (const auto &[field, pointer, strides] : scales)
    if (name == field && memref) {
      ArgFields fields = pointer;
      fields.append(strides.end() - dynamicStrides(memref), strides.end());
      return fields;
    }
  auto [kind, number] = name.split('.');
  int64_t index;
  if (!number.getAsInteger(10, index) && index >= 0 && index < mostScoreArguments) {
    if (kind == "score_numbers")
      return ArgFields{&args::scoreNumbers[index]};
    if (kind == "score_tensors")
      return ArgFields{&args::scoreTensors[index]};
  }
  return failure();
}

FailureOr<ArgFields> mlir::pa::argumentFields(func::FuncOp function, BlockArgument argument) {
  auto memref = dyn_cast<MemRefType>(argument.getType());
  if (auto name = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), argumentAttr)) {
    if (name.getValue().starts_with("score_numbers") && !argument.getType().isF32())
      return failure(); // the block has floats
    return namedFields(name.getValue(), memref);
  }
  if (isa<KvCacheType>(argument.getType()))
    return namedFields("cache", memref);
  if (argument.getType().isF32())
    return namedFields("scale", memref);
  if (!memref)
    return failure();
  if (memref.getRank() == 1)
    return namedFields("lens", memref);
  if (memref.getRank() == 2)
    return namedFields(memref.getElementType().isInteger(32) ? "tables" : "lse", memref);
  bool written = llvm::any_of(argument.getUsers(), [&](Operation *user) {
    auto store = dyn_cast<StoreOutputOp>(user);
    return store && store.getOut() == argument;
  });
  return namedFields(written ? "out" : "query", memref);
}

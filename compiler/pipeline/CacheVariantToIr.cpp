// From a description to pa.append, pa.copy_pages or pa.merge_states, in a function of its own.
#include "compiler/pipeline/VariantTypes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;
using namespace mlir::pa;
using ::pa::ElementType;

namespace {

constexpr int64_t any = ShapedType::kDynamic;

class KernelBuilder {
public:
  KernelBuilder(Location loc, StringRef name) : loc(loc), builder(loc.getContext()), module(ModuleOp::create(loc)) {
    builder.setInsertionPointToStart(module->getBody());
    function = func::FuncOp::create(builder, loc, name, builder.getFunctionType({}, {}));
    builder.setInsertionPointToStart(function.addEntryBlock());
  }

  bool add(const ::pa::Variant &) { return false; } // VariantToIr.cpp

  bool add(const ::pa::AppendVariant &variant) {
    KvCacheType type = cacheTypeOf(loc, variant);
    if (!type)
      return false;
    Value keys = argument(rows(variant.kvHeads, variant.headSize, variant.tokenType));
    Value values = argument(rows(variant.kvHeads, variant.valueHeadSize, variant.tokenType));
    Value slots = argument(MemRefType::get({any}, builder.getI64Type()));
    Value cache = argument(type);
    MemRefType scales = scalesTypeOf(loc.getContext(), variant);
    Value keyScales = scales ? argument(scales) : Value(), valueScales = scales ? argument(scales) : Value();
    AppendOp::create(builder, loc, keys, values, slots, cache, keyScales, valueScales);
    return true;
  }

  bool add(const ::pa::CopyPagesVariant &variant) {
    ::pa::VariantCache from = variant;
    from.cacheType = variant.sourceType;
    from.layout = variant.sourceLayout;
    KvCacheType sourceType = cacheTypeOf(loc, from), targetType = cacheTypeOf(loc, variant);
    if (!sourceType || !targetType)
      return false;
    Value source = argument(sourceType), target = argument(targetType);
    Value pairs = variant.pairs ? argument(MemRefType::get({any, 2}, builder.getI64Type())) : Value();
    SmallVector<Value> scales;
    if (variant.scales == ::pa::Scales::token || variant.scales == ::pa::Scales::page)
      for (int side = 0; side < 4; ++side)
        scales.push_back(argument(scalesTypeOf(loc.getContext(), variant)));
    CopyPagesOp::create(builder, loc, source, target, pairs, scales);
    return true;
  }

  bool add(const ::pa::MergeStatesVariant &variant) {
    MemRefType states = rows(variant.heads, variant.headSize, variant.type);
    MemRefType lses = MemRefType::get({any, variant.heads}, builder.getF32Type());
    Value a = argument(states), lseA = argument(lses), b = argument(states), lseB = argument(lses);
    Value out = argument(states), lse = argument(lses);
    MergeStatesOp::create(builder, loc, a, lseA, b, lseB, out, lse);
    return true;
  }

  OwningOpRef<ModuleOp> finish() {
    func::ReturnOp::create(builder, loc);
    function.setFunctionType(builder.getFunctionType(function.getBody().front().getArgumentTypes(), {}));
    return failed(verify(*module)) ? OwningOpRef<ModuleOp>() : std::move(module);
  }

private:
  Value argument(Type type) { return function.getBody().front().addArgument(type, loc); }
  MemRefType rows(int64_t heads, int64_t headSize, ElementType type) {
    return MemRefType::get({any, heads, headSize}, typeOf(loc.getContext(), type));
  }

  Location loc;
  OpBuilder builder;
  OwningOpRef<ModuleOp> module;
  func::FuncOp function;
};

} // namespace

OwningOpRef<ModuleOp> mlir::pa::buildCacheKernelModule(Location loc, const ::pa::AnyVariant &variant) {
  KernelBuilder builder(loc, toString(opOf(variant)));
  bool built = std::visit([&](const auto &kernel) { return builder.add(kernel); }, variant);
  return built ? builder.finish() : OwningOpRef<ModuleOp>();
}

#include "compiler/pipeline/VariantTypes.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/Diagnostics.h"

using namespace mlir;
using ::pa::ElementType;

Type mlir::pa::typeOf(MLIRContext *context, ElementType type) {
  switch (type) {
  case ElementType::bf16:
    return BFloat16Type::get(context);
  case ElementType::f16:
    return Float16Type::get(context);
  case ElementType::fp8E4m3fn:
    return Float8E4M3FNType::get(context);
  case ElementType::fp8E4m3fnuz:
    return Float8E4M3FNUZType::get(context);
  case ElementType::int8:
    return IntegerType::get(context, 8);
  }
  return {};
}

mlir::pa::KvCacheType mlir::pa::cacheTypeOf(Location loc, const ::pa::VariantCache &cache) {
  auto layout = symbolizeCacheLayout(toString(cache.layout));
  auto scales = symbolizeScales(toString(cache.scales));
  int64_t heads = cache.kvHeads, headSize = cache.headSize, page = cache.pageSize;
  int64_t valueHeadSize = cache.valueHeadSize == cache.headSize ? 0 : cache.valueHeadSize;
  return KvCacheType::getChecked([&] { return emitError(loc); }, loc.getContext(),
                                 typeOf(loc.getContext(), cache.cacheType), heads, headSize, valueHeadSize, page,
                                 *layout, *scales, CacheOwner::Caller);
}

MemRefType mlir::pa::scalesTypeOf(MLIRContext *context, const ::pa::VariantCache &cache) {
  constexpr int64_t any = ShapedType::kDynamic;
  int64_t heads = cache.kvHeads;
  auto strided = [&](ArrayRef<int64_t> shape, ArrayRef<int64_t> strides) {
    return MemRefType::get(shape, Float32Type::get(context), StridedLayoutAttr::get(context, 0, strides));
  };
  switch (cache.scales) {
  case ::pa::Scales::none:
    return {};
  case ::pa::Scales::tensor:
    return strided({1}, {1});
  case ::pa::Scales::head:
    return strided({heads}, {any});
  case ::pa::Scales::token:
    return strided({any, heads, cache.pageSize}, {any, any, 1});
  case ::pa::Scales::page:
    return strided({any, heads}, {any, any});
  }
  return {};
}

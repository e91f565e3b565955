#include "compiler/pipeline/VariantToIr.h"

#include "dialects/pa/Pa.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace mlir::pa;
using ::pa::ElementType;
using ::pa::Variant;

namespace {

Type typeOf(MLIRContext *context, ElementType type) {
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

struct VariantBuilder {
  VariantBuilder(Location loc, const Variant &variant) : loc(loc), variant(variant), builder(loc.getContext()) {}

  KvCacheType cacheType() {
    auto layout = symbolizeCacheLayout(toString(variant.layout));
    auto scales = symbolizeScales(toString(variant.scales));
    int64_t heads = variant.kvHeads, headSize = variant.headSize, page = variant.pageSize;
    int64_t valueHeadSize = variant.valueHeadSize == variant.headSize ? 0 : variant.valueHeadSize;
    return KvCacheType::getChecked([&] { return emitError(loc); }, loc.getContext(),
                                   typeOf(loc.getContext(), variant.cacheType), heads, headSize, valueHeadSize, page,
                                   *layout, *scales, CacheOwner::Caller);
  }

  /// Scales as the cache's type says, any stride apart.
  MemRefType scales() {
    constexpr int64_t any = ShapedType::kDynamic;
    int64_t heads = variant.kvHeads;
    auto strided = [&](ArrayRef<int64_t> shape, ArrayRef<int64_t> strides) {
      return MemRefType::get(shape, builder.getF32Type(), StridedLayoutAttr::get(loc.getContext(), 0, strides));
    };
    switch (variant.scales) {
    case ::pa::Scales::none:
      return {};
    case ::pa::Scales::tensor:
      return strided({1}, {1});
    case ::pa::Scales::head:
      return strided({heads}, {any});
    case ::pa::Scales::token:
      return strided({any, heads, variant.pageSize}, {any, any, 1});
    case ::pa::Scales::page:
      return strided({any, heads}, {any, any});
    }
    return {};
  }

  MemRefType tensor(ArrayRef<int64_t> shape, Type element) { return MemRefType::get(shape, element); }
  MemRefType tokens(ElementType type, int64_t headSize) {
    return tensor({ShapedType::kDynamic, variant.queryHeads, headSize}, typeOf(loc.getContext(), type));
  }

  /// Adds an argument of the function.
  Value argument(Type type) { return function.getBody().front().addArgument(type, loc); }

  Value argumentIf(bool wanted, Type type) { return wanted ? argument(type) : Value(); }

  OwningOpRef<ModuleOp> build() {
    KvCacheType cache = cacheType();
    if (!cache)
      return {};
    constexpr int64_t dynamic = ShapedType::kDynamic;
    OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
    builder.setInsertionPointToStart(module->getBody());
    function = func::FuncOp::create(builder, loc, "decode", builder.getFunctionType({}, {}));
    builder.setInsertionPointToStart(function.addEntryBlock());
    Type f32 = builder.getF32Type(), i32 = builder.getI32Type();
    MemRefType numbers = tensor({dynamic}, i32), heads = tensor({variant.queryHeads}, f32);
    bool csr = variant.tables == ::pa::Tables::csr, scaled = variant.scales != ::pa::Scales::none;
    Value query = argument(tokens(variant.queryType, variant.headSize));
    Value kv = argument(cache);
    Value tables = argument(csr ? numbers : tensor({dynamic, dynamic}, i32));
    Value lens = argument(numbers);
    Value scale = argument(f32);
    Value out = argument(tokens(variant.outputType, variant.valueHeadSize));
    Value lse = argumentIf(variant.lse, tensor({dynamic, variant.queryHeads}, f32));
    Value keyScales = argumentIf(scaled, scales()), valueScales = argumentIf(scaled, scales());
    Value queryStarts = argumentIf(variant.ragged, numbers), pageStarts = argumentIf(csr, numbers);
    Value softCap = argumentIf(variant.softCap, f32), alibi = argumentIf(variant.alibi, heads);
    Value sinks = argumentIf(variant.sinks, heads);
    Value outScale = argumentIf(::pa::elementBytes(variant.outputType) == 1, f32);
    DecodeOp::create(builder, loc, query, kv, tables, lens, scale, out, lse, keyScales, valueScales, queryStarts,
                     pageStarts, softCap, alibi, sinks, outScale, variant.queryTokens,
                     *symbolizeProbability(toString(variant.p)), *symbolizeProducts(toString(variant.products)),
                     *symbolizeMask(toString(variant.mask)), variant.window);
    func::ReturnOp::create(builder, loc);
    function.setFunctionType(builder.getFunctionType(function.getBody().front().getArgumentTypes(), {}));
    if (failed(verify(*module)))
      return {};
    return module;
  }

  Location loc;
  const Variant &variant;
  OpBuilder builder;
  func::FuncOp function;
};

std::string textOf(const llvm::json::Value *value) {
  std::string text;
  llvm::raw_string_ostream out(text);
  if (value)
    out << *value;
  return text.empty() ? "missing" : text;
}

} // namespace

OwningOpRef<ModuleOp> mlir::pa::buildVariantModule(Location loc, const Variant &variant) {
  loc.getContext()->loadDialect<PaDialect, func::FuncDialect>();
  return VariantBuilder(loc, variant).build();
}

std::string mlir::pa::differingFields(const Variant &asked, StringRef json) {
  ::pa::ParsedVariant parsed = ::pa::parseVariant(std::string_view(json.data(), json.size()));
  if (!parsed.errors.empty())
    return parsed.errors.front();
  auto expected = llvm::cantFail(llvm::json::parse(printVariant(asked)));
  auto got = llvm::cantFail(llvm::json::parse(printVariant(parsed.variant)));
  std::string text;
  for (const auto &[field, value] : *expected.getAsObject())
    if (const llvm::json::Value *other = got.getAsObject()->get(field); !other || *other != value)
      text += (text.empty() ? "" : "\n") + field.str() + " is " + textOf(other) + ", expected " + textOf(&value);
  return text;
}

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
    if (!layout) {
      emitError(loc) << "layout is " << toString(variant.layout) << ", !pa.kv_cache has no such layout";
      return {};
    }
    int64_t heads = variant.kvHeads, headSize = variant.headSize, page = variant.pageSize;
    return KvCacheType::getChecked([&] { return emitError(loc); }, loc.getContext(),
                                   typeOf(loc.getContext(), variant.cacheType), heads, headSize, page, *layout,
                                   CacheOwner::Caller);
  }

  MemRefType tensor(ArrayRef<int64_t> shape, Type element) { return MemRefType::get(shape, element); }
  MemRefType tokens(ElementType type, int64_t headSize) {
    return tensor({ShapedType::kDynamic, variant.queryHeads, headSize}, typeOf(loc.getContext(), type));
  }

  /// Adds an argument of the function.
  Value argument(Type type) { return function.getBody().front().addArgument(type, loc); }

  OwningOpRef<ModuleOp> build() {
    KvCacheType cache = cacheType();
    auto p = symbolizeProbability(toString(variant.p));
    if (!cache || !p)
      return {};
    constexpr int64_t dynamic = ShapedType::kDynamic;
    OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
    builder.setInsertionPointToStart(module->getBody());
    function = func::FuncOp::create(builder, loc, "decode", builder.getFunctionType({}, {}));
    builder.setInsertionPointToStart(function.addEntryBlock());
    Value query = argument(tokens(variant.queryType, variant.headSize));
    Value kv = argument(cache);
    Value tables = argument(tensor({dynamic, dynamic}, builder.getI32Type()));
    Value lens = argument(tensor({dynamic}, builder.getI32Type()));
    Value scale = argument(builder.getF32Type());
    Value out = argument(tokens(variant.outputType, variant.valueHeadSize));
    Value lse;
    if (variant.lse)
      lse = argument(tensor({dynamic, variant.queryHeads}, builder.getF32Type()));
    DecodeOp::create(builder, loc, query, kv, tables, lens, scale, out, lse, variant.queryTokens, *p);
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

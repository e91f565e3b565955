#include "compiler/pipeline/VariantToIr.h"

#include "compiler/pipeline/VariantTypes.h"

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

struct VariantBuilder {
  VariantBuilder(Location loc, const Variant &variant) : loc(loc), variant(variant), builder(loc.getContext()) {}

  MemRefType tensor(ArrayRef<int64_t> shape, Type element) { return MemRefType::get(shape, element); }
  MemRefType tokens(ElementType type, int64_t headSize) {
    return tensor({ShapedType::kDynamic, variant.queryHeads, headSize}, typeOf(loc.getContext(), type));
  }

  /// Adds an argument of the function.
  Value argument(Type type) { return function.getBody().front().addArgument(type, loc); }

  Value argumentIf(bool wanted, Type type) { return wanted ? argument(type) : Value(); }

  OwningOpRef<ModuleOp> build() {
    KvCacheType cache = cacheTypeOf(loc, variant);
    if (!cache)
      return {};
    constexpr int64_t dynamic = ShapedType::kDynamic;
    OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
    builder.setInsertionPointToStart(module->getBody());
    function = func::FuncOp::create(builder, loc, "decode", builder.getFunctionType({}, {}));
    builder.setInsertionPointToStart(function.addEntryBlock());
    Type f32 = builder.getF32Type(), i32 = builder.getI32Type();
    MemRefType numbers = tensor({dynamic}, i32), heads = tensor({variant.queryHeads}, f32);
    MemRefType scales = scalesTypeOf(loc.getContext(), variant);
    bool csr = variant.tables == ::pa::Tables::csr, scaled = variant.scales != ::pa::Scales::none;
    Value query = argument(tokens(variant.queryType, variant.headSize));
    Value kv = argument(cache);
    Value tables = argument(csr ? numbers : tensor({dynamic, dynamic}, i32));
    Value lens = argument(numbers);
    Value scale = argument(f32);
    Value out = argument(tokens(variant.outputType, variant.valueHeadSize));
    Value lse = argumentIf(variant.lse, tensor({dynamic, variant.queryHeads}, f32));
    Value keyScales = argumentIf(scaled, scales), valueScales = argumentIf(scaled, scales);
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

OwningOpRef<ModuleOp> mlir::pa::buildVariantModule(Location loc, const ::pa::AnyVariant &variant) {
  loc.getContext()->loadDialect<PaDialect, func::FuncDialect>();
  if (const Variant *decode = std::get_if<Variant>(&variant))
    return VariantBuilder(loc, *decode).build();
  return buildCacheKernelModule(loc, variant);
}

std::string mlir::pa::differingFields(const ::pa::AnyVariant &asked, StringRef json) {
  auto parsed = ::pa::parseVariantOfOp(opOf(asked), std::string_view(json.data(), json.size()));
  if (!parsed.errors.empty())
    return parsed.errors.front().text;
  auto expected = llvm::cantFail(llvm::json::parse(printAnyVariant(asked)));
  auto got = llvm::cantFail(llvm::json::parse(printAnyVariant(parsed.variant)));
  std::string text;
  for (const auto &[field, value] : *expected.getAsObject())
    if (const llvm::json::Value *other = got.getAsObject()->get(field); !other || *other != value)
      text += (text.empty() ? "" : "\n") + field.str() + " is " + textOf(other) + ", expected " + textOf(&value);
  return text;
}

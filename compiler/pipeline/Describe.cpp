// What a kernel computes and how it is launched, as the JSON in its object's section `.pa.variant`: see docs/abi.md.
#include "compiler/pipeline/Passes.h"
#include "dialects/pa/Pa.h"
#include "passes/lowering/ArgBlock.h"
#include "runtime/include/pa/abi.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/JSON.h"

#include <cstddef>

using namespace mlir;
using namespace mlir::pa;

// The lowering's offsets are the C struct's.
#define PA_CHECK_FIELD(name, field)                                                                                    \
  static_assert(args::name.offset == offsetof(pa_decode_args, field), "argument block: " #field)
PA_CHECK_FIELD(query, query);
PA_CHECK_FIELD(keyCache, key_cache);
PA_CHECK_FIELD(valueCache, value_cache);
PA_CHECK_FIELD(output, output);
PA_CHECK_FIELD(lse, lse);
PA_CHECK_FIELD(blockTables, block_tables);
PA_CHECK_FIELD(contextLens, context_lens);
PA_CHECK_FIELD(workspace, workspace);
PA_CHECK_FIELD(queryTokenStride, query_token_stride);
PA_CHECK_FIELD(outputTokenStride, output_token_stride);
PA_CHECK_FIELD(keyPageStride, key_page_stride);
PA_CHECK_FIELD(valuePageStride, value_page_stride);
PA_CHECK_FIELD(keyHeadStride, key_head_stride);
PA_CHECK_FIELD(valueHeadStride, value_head_stride);
PA_CHECK_FIELD(numSeqs, num_seqs);
PA_CHECK_FIELD(tableWidth, table_width);
PA_CHECK_FIELD(numWorkgroups, num_workgroups);
PA_CHECK_FIELD(softmaxScale, softmax_scale);
PA_CHECK_FIELD(keyTokenStride, key_token_stride);
PA_CHECK_FIELD(valueTokenStride, value_token_stride);
PA_CHECK_FIELD(kvIndptr, kv_indptr);
PA_CHECK_FIELD(qoIndptr, qo_indptr);
PA_CHECK_FIELD(keyScales, key_scales);
PA_CHECK_FIELD(valueScales, value_scales);
PA_CHECK_FIELD(keyScalePageStride, key_scale_page_stride);
PA_CHECK_FIELD(valueScalePageStride, value_scale_page_stride);
PA_CHECK_FIELD(keyScaleHeadStride, key_scale_head_stride);
PA_CHECK_FIELD(valueScaleHeadStride, value_scale_head_stride);
PA_CHECK_FIELD(alibiSlopes, alibi_slopes);
PA_CHECK_FIELD(sinks, sinks);
PA_CHECK_FIELD(softCap, soft_cap);
PA_CHECK_FIELD(outputScale, output_scale);
PA_CHECK_FIELD(scoreNumbers[0], score_numbers[0]);
PA_CHECK_FIELD(scoreNumbers[3], score_numbers[3]);
PA_CHECK_FIELD(scoreTensors[0], score_tensors[0]);
PA_CHECK_FIELD(scoreTensors[3], score_tensors[3]);
static_assert(args::size == sizeof(pa_decode_args));
#undef PA_CHECK_FIELD

namespace {

constexpr StringLiteral variantAttr = "pa.variant", launchAttr = "pa.launch", sectionName = ".pa.variant";

std::string typeName(Type type) {
  std::string name;
  llvm::raw_string_ostream(name) << type;
  return name;
}

DictionaryAttr describe(DecodeOp op) {
  Builder builder(op.getContext());
  KvCacheType cache = op.getCache().getType();
  auto query = cast<MemRefType>(op.getQuery().getType());
  auto text = [&](StringRef name, StringRef value) { return builder.getNamedAttr(name, builder.getStringAttr(value)); };
  auto number = [&](StringRef name, int64_t value) {
    return builder.getNamedAttr(name, builder.getI64IntegerAttr(value));
  };
  return builder.getDictionaryAttr({
      text("query_type", typeName(query.getElementType())),
      text("cache_type", typeName(cache.getElementType())),
      number("head_size", cache.getHeadSize()),
      number("q_heads", query.getDimSize(1)),
      number("kv_heads", cache.getHeads()),
      number("page_size", cache.getPage()),
      text("layout", stringifyCacheLayout(cache.getLayout())),
      number("query_tokens", op.getQueryTokens()),
      builder.getNamedAttr("lse", builder.getBoolAttr(static_cast<bool>(op.getLse()))),
      text("p", stringifyProbability(op.getP())),
  });
}

llvm::json::Object toJson(DictionaryAttr dictionary) {
  llvm::json::Object object;
  for (NamedAttribute entry : dictionary) {
    StringRef name = entry.getName();
    if (auto text = dyn_cast<StringAttr>(entry.getValue()))
      object[name] = text.getValue();
    else if (auto flag = dyn_cast<BoolAttr>(entry.getValue()))
      object[name] = flag.getValue();
    else
      object[name] = cast<IntegerAttr>(entry.getValue()).getInt();
  }
  return object;
}

struct DescribeVariant : PassWrapper<DescribeVariant, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(DescribeVariant)
  StringRef getArgument() const final { return "pa-describe-variant"; }
  StringRef getDescription() const final { return "notes on each function what its pa.decode computes"; }
  void runOnOperation() override {
    getOperation().walk([](DecodeOp op) {
      if (auto function = op->getParentOfType<func::FuncOp>())
        function->setAttr(variantAttr, describe(op));
    });
  }
};

struct EmbedDescription : PassWrapper<EmbedDescription, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(EmbedDescription)
  StringRef getArgument() const final { return "pa-embed-description"; }
  StringRef getDescription() const final { return "puts a kernel's description into its object's own section"; }
  void getDependentDialects(DialectRegistry &registry) const override { registry.insert<LLVM::LLVMDialect>(); }

  void runOnOperation() override {
    auto target = getOperation()->getAttrOfType<TargetAttr>(TargetAttr::attrName);
    getOperation().walk([&](gpu::GPUModuleOp module) {
      auto variant = module->getAttrOfType<DictionaryAttr>(variantAttr);
      auto launch = module->getAttrOfType<DictionaryAttr>(launchAttr);
      if (variant && launch && target)
        embed(module, description(module, variant, launch, target));
    });
  }

private:
  std::string description(gpu::GPUModuleOp module, DictionaryAttr variant, DictionaryAttr launch, TargetAttr target) {
    llvm::json::Object variantJson = toJson(variant);
    bool persistent = cast<StringAttr>(launch.get("grid")).getValue() == "persistent";
    variantJson["split"] = persistent ? "balanced" : "none";
    StringRef kernel;
    for (auto function : module.getOps<LLVM::LLVMFuncOp>())
      if (function->hasAttr("rocdl.kernel"))
        kernel = function.getName();
    std::string text;
    llvm::raw_string_ostream(text) << llvm::json::Value(llvm::json::Object{
        {"pa", PA_DECODE_ABI_VERSION},
        {"kernel", kernel},
        {"chip", target.getChip()},
        {"compiler", "pa-mlir " PA_VERSION " (LLVM " LLVM_VERSION_STRING ")"},
        {"variant", std::move(variantJson)},
        {"launch", toJson(launch)},
    });
    return text;
  }

  void embed(gpu::GPUModuleOp module, StringRef text) {
    OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
    auto type = LLVM::LLVMArrayType::get(builder.getI8Type(), text.size());
    auto global = LLVM::GlobalOp::create(builder, module.getLoc(), type, /*isConstant=*/true, LLVM::Linkage::External,
                                         "__pa_variant", builder.getStringAttr(text), /*alignment=*/1, /*addrSpace=*/4);
    global.setSection(sectionName);
    global.setVisibility_(LLVM::Visibility::Protected); // kept by the linker, in the object only
  }
};

} // namespace

std::unique_ptr<Pass> mlir::pa::createDescribeVariantPass() { return std::make_unique<DescribeVariant>(); }
std::unique_ptr<Pass> mlir::pa::createEmbedDescriptionPass() { return std::make_unique<EmbedDescription>(); }

// What a kernel computes and how it is launched, as the JSON in its object's section `.pa.variant`: see docs/abi.md.
#include "compiler/pipeline/Describe.h"
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

::pa::ElementType mlir::pa::elementOf(Type type) {
  if (type.isF16())
    return ::pa::ElementType::f16;
  if (isa<Float8E4M3FNType>(type))
    return ::pa::ElementType::fp8E4m3fn;
  if (isa<Float8E4M3FNUZType>(type))
    return ::pa::ElementType::fp8E4m3fnuz;
  return type.isInteger(8) ? ::pa::ElementType::int8 : ::pa::ElementType::bf16;
}

namespace {

constexpr StringLiteral variantAttr = "pa.variant", launchAttr = "pa.launch", sectionName = ".pa.variant";

::pa::Variant variantOf(DecodeOp op) {
  KvCacheType cache = op.getCache().getType();
  auto query = cast<MemRefType>(op.getQuery().getType()), out = cast<MemRefType>(op.getOut().getType());
  ::pa::Variant variant;
  variant.queryType = elementOf(query.getElementType());
  variant.cacheType = elementOf(cache.getElementType());
  variant.outputType = elementOf(out.getElementType());
  variant.headSize = static_cast<uint32_t>(cache.headSizeOf(KvKind::Key));
  variant.valueHeadSize = static_cast<uint32_t>(cache.headSizeOf(KvKind::Value));
  variant.queryHeads = static_cast<uint32_t>(query.getDimSize(1));
  variant.kvHeads = static_cast<uint32_t>(cache.getHeads());
  variant.pageSize = static_cast<uint32_t>(cache.getPage());
  // The enums are the same in the same order.
  variant.layout = static_cast<::pa::CacheLayout>(cache.getLayout());
  variant.scales = static_cast<::pa::Scales>(cache.getScales());
  variant.mask = static_cast<::pa::Mask>(op.getMask());
  variant.products = static_cast<::pa::Products>(op.getProducts());
  variant.p = static_cast<::pa::PTerms>(op.getP());
  variant.queryTokens = static_cast<uint32_t>(op.getQueryTokens());
  variant.ragged = static_cast<bool>(op.getQueryStarts());
  variant.tables = op.getPageStarts() ? ::pa::Tables::csr : ::pa::Tables::block;
  variant.window = static_cast<uint32_t>(op.getWindow());
  variant.softCap = static_cast<bool>(op.getSoftCap());
  variant.alibi = static_cast<bool>(op.getAlibi());
  variant.sinks = static_cast<bool>(op.getSinks());
  variant.userScore = !op.getScore().empty();
  variant.lse = static_cast<bool>(op.getLse());
  return variant;
}
static_assert(static_cast<int>(CacheLayout::Shuffled) == static_cast<int>(::pa::CacheLayout::shuffled));
static_assert(static_cast<int>(Scales::Page) == static_cast<int>(::pa::Scales::page));
static_assert(static_cast<int>(Mask::None) == static_cast<int>(::pa::Mask::none));
static_assert(static_cast<int>(Products::Fp8) == static_cast<int>(::pa::Products::fp8));
static_assert(static_cast<int>(Probability::Split) == static_cast<int>(::pa::PTerms::split));

/// The variant's JSON as attributes, but for how the context is split, which a later pass decides.
DictionaryAttr describe(DecodeOp op) {
  Builder builder(op.getContext());
  auto json = llvm::cantFail(llvm::json::parse(printVariant(variantOf(op))));
  SmallVector<NamedAttribute> fields;
  for (const auto &[name, value] : *json.getAsObject()) {
    if (name == "split" || name == "split_tokens")
      continue;
    Attribute field;
    if (auto text = value.getAsString())
      field = builder.getStringAttr(*text);
    else if (auto flag = value.getAsBoolean())
      field = builder.getBoolAttr(*flag);
    else
      field = builder.getI64IntegerAttr(*value.getAsInteger());
    fields.push_back(builder.getNamedAttr(StringRef(name), field));
  }
  return builder.getDictionaryAttr(fields);
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
    getOperation().walk([](Operation *op) { noteCacheKernel(op); });
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
    StringRef kernel;
    for (auto function : module.getOps<LLVM::LLVMFuncOp>())
      if (function->hasAttr("rocdl.kernel"))
        kernel = function.getName();
    llvm::json::Object whole{
        {"pa", PA_DECODE_ABI_VERSION}, {"kernel", kernel},
        {"chip", target.getChip()},    {"compiler", "pa-mlir " PA_VERSION " (LLVM " LLVM_VERSION_STRING ")"},
        {"launch", toJson(launch)},
    };
    if (auto op = module->getAttrOfType<StringAttr>("pa.op")) {
      whole["op"] = op.getValue();
      whole["abi"] = argumentBlockVersion(op);
      whole[op.getValue()] = std::move(variantJson);
    } else {
      llvm::json::Object &launchJson = *whole.getObject("launch");
      for (StringRef field : {"split", "split_tokens"}) { // what the passes made of the context
        if (llvm::json::Value *value = launchJson.get(field))
          variantJson[field] = std::move(*value);
        launchJson.erase(field);
      }
      whole["variant"] = std::move(variantJson);
    }
    std::string text;
    llvm::raw_string_ostream(text) << llvm::json::Value(std::move(whole));
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

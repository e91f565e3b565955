#include "compiler/pipeline/Describe.h"
#include "dialects/pa/Pa.h"
#include "passes/lowering/cache/Blocks.h"
#include "runtime/include/pa/append_abi.h"
#include "runtime/include/pa/merge_abi.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cstddef>

using namespace mlir;
using namespace mlir::pa;

// The lowering's offsets are the C structs'.
#define PA_CHECK_CACHE(fields, type, member)                                                                           \
  static_assert(fields.data[0].offset == offsetof(type, member.keys));                                                 \
  static_assert(fields.data[1].offset == offsetof(type, member.values));                                               \
  static_assert(fields.scales[0].offset == offsetof(type, member.key_scales));                                         \
  static_assert(fields.scales[1].offset == offsetof(type, member.value_scales));                                       \
  static_assert(fields.pageStride[0].offset == offsetof(type, member.key_page_stride));                                \
  static_assert(fields.pageStride[1].offset == offsetof(type, member.value_page_stride));                              \
  static_assert(fields.headStride[0].offset == offsetof(type, member.key_head_stride));                                \
  static_assert(fields.headStride[1].offset == offsetof(type, member.value_head_stride));                              \
  static_assert(fields.tokenStride[0].offset == offsetof(type, member.key_token_stride));                              \
  static_assert(fields.tokenStride[1].offset == offsetof(type, member.value_token_stride));                            \
  static_assert(fields.scalePageStride[0].offset == offsetof(type, member.key_scale_page_stride));                     \
  static_assert(fields.scalePageStride[1].offset == offsetof(type, member.value_scale_page_stride));                   \
  static_assert(fields.scaleHeadStride[0].offset == offsetof(type, member.key_scale_head_stride));                     \
  static_assert(fields.scaleHeadStride[1].offset == offsetof(type, member.value_scale_head_stride));                   \
  static_assert(fields.numPages.offset == offsetof(type, member.num_pages))
#define PA_CHECK_FIELD(field, type, member) static_assert(field.offset == offsetof(type, member))

PA_CHECK_CACHE(appendargs::cache, pa_append_args, cache);
PA_CHECK_FIELD(appendargs::tokens[0], pa_append_args, keys);
PA_CHECK_FIELD(appendargs::tokens[1], pa_append_args, values);
PA_CHECK_FIELD(appendargs::slots, pa_append_args, slots);
PA_CHECK_FIELD(appendargs::badToken, pa_append_args, bad_token);
PA_CHECK_FIELD(appendargs::tokenStride[0], pa_append_args, keys_token_stride);
PA_CHECK_FIELD(appendargs::tokenStride[1], pa_append_args, values_token_stride);
PA_CHECK_FIELD(appendargs::numTokens, pa_append_args, num_tokens);
static_assert(appendargs::size == sizeof(pa_append_args));

PA_CHECK_CACHE(copyargs::source, pa_copy_pages_args, source);
PA_CHECK_CACHE(copyargs::target, pa_copy_pages_args, target);
PA_CHECK_FIELD(copyargs::pairs, pa_copy_pages_args, pairs);
PA_CHECK_FIELD(copyargs::badPair, pa_copy_pages_args, bad_pair);
PA_CHECK_FIELD(copyargs::numPairs, pa_copy_pages_args, num_pairs);
static_assert(copyargs::size == sizeof(pa_copy_pages_args));

PA_CHECK_FIELD(mergeargs::parts[0], pa_merge_states_args, a);
PA_CHECK_FIELD(mergeargs::parts[1], pa_merge_states_args, b);
PA_CHECK_FIELD(mergeargs::lses[0], pa_merge_states_args, a_lse);
PA_CHECK_FIELD(mergeargs::lses[1], pa_merge_states_args, b_lse);
PA_CHECK_FIELD(mergeargs::output, pa_merge_states_args, output);
PA_CHECK_FIELD(mergeargs::lse, pa_merge_states_args, lse);
PA_CHECK_FIELD(mergeargs::tokenStride[0], pa_merge_states_args, a_token_stride);
PA_CHECK_FIELD(mergeargs::tokenStride[1], pa_merge_states_args, b_token_stride);
PA_CHECK_FIELD(mergeargs::outputTokenStride, pa_merge_states_args, output_token_stride);
PA_CHECK_FIELD(mergeargs::numTokens, pa_merge_states_args, num_tokens);
static_assert(mergeargs::size == sizeof(pa_merge_states_args));
#undef PA_CHECK_FIELD
#undef PA_CHECK_CACHE

namespace {

/// The fields of a description, in one place each.
class Fields {
public:
  explicit Fields(MLIRContext *context) : builder(context) {}
  void text(StringRef name, StringRef value) { list.set(name, builder.getStringAttr(value)); }
  void number(StringRef name, int64_t value) { list.set(name, builder.getI64IntegerAttr(value)); }
  void flag(StringRef name, bool value) { list.set(name, builder.getBoolAttr(value)); }
  void type(StringRef name, Type value) { text(name, ::pa::toString(elementOf(value))); }
  void cache(KvCacheType cache) {
    type("cache_type", cache.getElementType());
    number("kv_heads", cache.getHeads());
    number("head_size", cache.headSizeOf(KvKind::Key));
    number("value_head_size", cache.headSizeOf(KvKind::Value));
    number("page_size", cache.getPage());
    text("scales", stringifyScales(cache.getScales()));
  }
  DictionaryAttr done() { return list.getDictionary(builder.getContext()); }

private:
  Builder builder;
  NamedAttrList list;
};

DictionaryAttr describe(AppendOp op) {
  Fields fields(op.getContext());
  fields.cache(op.getCache().getType());
  fields.text("layout", stringifyCacheLayout(op.getCache().getType().getLayout()));
  fields.type("token_type", cast<MemRefType>(op.getKeys().getType()).getElementType());
  return fields.done();
}

DictionaryAttr describe(CopyPagesOp op) {
  Fields fields(op.getContext());
  fields.cache(op.getTarget().getType());
  fields.text("layout", stringifyCacheLayout(op.getTarget().getType().getLayout()));
  fields.type("source_type", op.getSource().getType().getElementType());
  fields.text("source_layout", stringifyCacheLayout(op.getSource().getType().getLayout()));
  fields.flag("pairs", static_cast<bool>(op.getPairs()));
  return fields.done();
}

DictionaryAttr describe(MergeStatesOp op) {
  Fields fields(op.getContext());
  auto out = cast<MemRefType>(op.getOut().getType());
  fields.type("type", out.getElementType());
  fields.number("heads", out.getDimSize(1));
  fields.number("head_size", out.getDimSize(2));
  return fields.done();
}

} // namespace

void mlir::pa::noteCacheKernel(Operation *op) {
  auto function = op->getParentOfType<func::FuncOp>();
  if (!function)
    return;
  TypeSwitch<Operation *>(op).Case<AppendOp, CopyPagesOp, MergeStatesOp>([&](auto known) {
    function->setAttr("pa.op", StringAttr::get(op->getContext(), op->getName().stripDialect()));
    function->setAttr("pa.variant", describe(known));
  });
}

int64_t mlir::pa::argumentBlockVersion(StringRef op) {
  return llvm::StringSwitch<int64_t>(op)
      .Case("append", PA_APPEND_ABI_VERSION)
      .Case("copy_pages", PA_COPY_PAGES_ABI_VERSION)
      .Case("merge_states", PA_MERGE_STATES_ABI_VERSION);
}

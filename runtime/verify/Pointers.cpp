#include "runtime/verify/Pointers.h"
#include "pa/append_abi.h"
#include "pa/merge_abi.h"
#include "runtime/device/CacheStrides.h"
#include "runtime/verify/CacheShape.h"

namespace pa::checked {
namespace {

constexpr uint64_t number = sizeof(float);

uint64_t tokensBytes(int64_t tokens, int64_t stride, uint64_t tokenBytes) {
  return uint64_t(tokens - 1) * uint64_t(stride) + tokenBytes;
}

class Spans {
public:
  void add(const std::string &field, uint64_t address, uint64_t bytes) {
    if (address && bytes)
      all.push_back({field, address, bytes});
  }
  // Of a cache with at least so many pages.
  void add(const std::string &prefix, const VariantCache &shape, const pa_cache &cache, int64_t pages) {
    add(prefix + "key_cache", cache.keys, cacheBytes(shape, keysOf(shape, cache), pages));
    add(prefix + "value_cache", cache.values, cacheBytes(shape, valuesOf(shape, cache), pages));
    add(prefix + "key_scales", cache.key_scales, scaleBytes(shape, keysOf(shape, cache), pages));
    add(prefix + "value_scales", cache.value_scales, scaleBytes(shape, valuesOf(shape, cache), pages));
  }

  std::vector<Span> all;
};

// What has a part for each query token. Of ragged ones the device alone knows how many there are.
void addTokens(const Variant &variant, const pa_decode_args &args, int64_t tokens, Spans &spans) {
  spans.add("query", args.query, tokensBytes(tokens, args.query_token_stride, variant.queryTokenBytes()));
  spans.add("output", args.output, tokensBytes(tokens, args.output_token_stride, variant.outputTokenBytes()));
  spans.add("lse", args.lse, uint64_t(tokens) * variant.queryHeads * number);
}

void addDecode(const KernelDescription &description, const pa_decode_args &args, Spans &spans) {
  const Variant &variant = description.variant;
  uint64_t sequences = uint64_t(args.num_seqs);
  bool rows = variant.tables == Tables::block;
  if (variant.ragged) {
    spans.add("query", args.query, 1);
    spans.add("output", args.output, 1);
    spans.add("lse", args.lse, 1);
  } else {
    addTokens(variant, args, int64_t(sequences) * variant.queryTokens, spans);
  }
  spans.add("", variant, cacheOf(args), 1);
  spans.add("block_tables", args.block_tables, number * (rows ? sequences * uint64_t(args.table_width) : 1));
  spans.add("context_lens", args.context_lens, sequences * number);
  spans.add("kv_indptr", args.kv_indptr, (sequences + 1) * number);
  spans.add("qo_indptr", args.qo_indptr, (sequences + 1) * number);
  if (description.launch.slotBytes)
    spans.add("workspace", args.workspace,
              pa_decode_workspace_bytes(uint32_t(args.num_workgroups), description.launch.slotBytes));
  spans.add("alibi_slopes", args.alibi_slopes, variant.queryHeads * number);
  spans.add("sinks", args.sinks, variant.queryHeads * number);
  for (size_t i = 0; i < std::size(args.score_tensors); ++i)
    spans.add("score_tensors[" + std::to_string(i) + "]", args.score_tensors[i], number);
}

void addAppend(const AppendVariant &variant, const pa_append_args &args, Spans &spans) {
  auto tokens = [&](int64_t stride, uint32_t headSize) {
    return tokensBytes(args.num_tokens, stride, uint64_t(variant.kvHeads) * headSize * elementBytes(variant.tokenType));
  };
  spans.add("cache.", variant, args.cache, args.cache.num_pages);
  spans.add("keys", args.keys, tokens(args.keys_token_stride, variant.headSize));
  spans.add("values", args.values, tokens(args.values_token_stride, variant.valueHeadSize));
  spans.add("slots", args.slots, uint64_t(args.num_tokens) * sizeof(int64_t));
  spans.add("bad_token", args.bad_token, sizeof(int32_t));
}

void addCopyPages(const CopyPagesVariant &variant, const pa_copy_pages_args &args, Spans &spans) {
  spans.add("source.", sourceOf(variant), args.source, args.source.num_pages);
  spans.add("target.", variant, args.target, args.target.num_pages);
  spans.add("pairs", args.pairs, uint64_t(args.num_pairs) * 2 * sizeof(int64_t));
  spans.add("bad_pair", args.bad_pair, sizeof(int32_t));
}

void addMergeStates(const MergeStatesVariant &variant, const pa_merge_states_args &args, Spans &spans) {
  uint64_t tokenBytes = uint64_t(variant.heads) * variant.headSize * elementBytes(variant.type);
  uint64_t lseBytes = uint64_t(args.num_tokens) * variant.heads * number;
  spans.add("a", args.a, tokensBytes(args.num_tokens, args.a_token_stride, tokenBytes));
  spans.add("a_lse", args.a_lse, lseBytes);
  spans.add("b", args.b, tokensBytes(args.num_tokens, args.b_token_stride, tokenBytes));
  spans.add("b_lse", args.b_lse, lseBytes);
  spans.add("output", args.output, tokensBytes(args.num_tokens, args.output_token_stride, tokenBytes));
  spans.add("lse", args.lse, lseBytes);
}

Status checkSpan(Device &device, const std::string &kernel, const Span &span) {
  auto found = device.allocationAt(span.address);
  if (!found)
    return Error{found.error().code, found.error().message + ", which PA_VERIFY=pointers needs", {}};
  std::string text = "kernel '" + kernel + "': " + span.field + " is " + hex(span.address) + ", needs " +
                     std::to_string(span.bytes) + " bytes, ";
  if (!*found)
    return {ErrorCode::invalidArgument, text + "no allocation of " + device.name() + " holds it"};
  const Allocation &allocation = **found;
  uint64_t room = allocation.address + allocation.bytes - span.address;
  if (room >= span.bytes)
    return {};
  std::string name = allocation.name.empty() ? "" : " '" + allocation.name + "'";
  return {ErrorCode::invalidArgument, text + "its allocation" + name + " of " + std::to_string(allocation.bytes) +
                                          " bytes at " + hex(allocation.address) + " ends after " +
                                          std::to_string(room)};
}

Status checkSpans(Device &device, const std::string &kernel, const std::vector<Span> &spans) {
  for (const Span &span : spans)
    if (Status status = checkSpan(device, kernel, span); !status)
      return status;
  return {};
}

} // namespace

std::vector<Span> spansOf(const AnyDescription &any, const void *args) {
  Spans spans;
  if (auto *decode = std::get_if<KernelDescription>(&any))
    addDecode(*decode, *static_cast<const pa_decode_args *>(args), spans);
  else if (auto &variant = std::get<CacheKernelDescription>(any).variant;
           auto *append = std::get_if<AppendVariant>(&variant))
    addAppend(*append, *static_cast<const pa_append_args *>(args), spans);
  else if (auto *copy = std::get_if<CopyPagesVariant>(&variant))
    addCopyPages(*copy, *static_cast<const pa_copy_pages_args *>(args), spans);
  else if (auto *merge = std::get_if<MergeStatesVariant>(&variant))
    addMergeStates(*merge, *static_cast<const pa_merge_states_args *>(args), spans);
  return std::move(spans.all);
}

Status checkPointers(Device &device, const AnyDescription &description, const void *args) {
  return checkSpans(device, std::visit([](const auto &one) { return one.kernel; }, description),
                    spansOf(description, args));
}

Status checkCounted(Device &device, const KernelDescription &description, const pa_decode_args &args,
                    const std::vector<int32_t> &qoIndptr, const std::vector<int32_t> &kvIndptr) {
  Spans spans;
  if (!qoIndptr.empty() && qoIndptr.back() > 0)
    addTokens(description.variant, args, qoIndptr.back(), spans);
  if (!kvIndptr.empty())
    spans.add("block_tables", args.block_tables, uint64_t(kvIndptr.back()) * number);
  return checkSpans(device, description.kernel, spans.all);
}

} // namespace pa::checked

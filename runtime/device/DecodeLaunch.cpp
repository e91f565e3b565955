#include "runtime/device/DecodeLaunch.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace pa {
namespace {

Error refused(const std::string &field, const std::string &got, const std::string &allowed) {
  return {ErrorCode::invalidArgument, field + " is " + got + ", allowed: " + allowed, {}};
}

std::string hex(uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

constexpr uint64_t vectorBytes = 16; // of a lane's load: pointers and strides of what is loaded so must be multiples

/// Bytes from one head (token) of a page to the next if the page is dense.
struct DenseSteps {
  int64_t head, token;
};
DenseSteps denseSteps(const Variant &variant, int64_t headSize) {
  int64_t row = headSize * elementBytes(variant.cacheType);
  if (variant.layout == CacheLayout::nhd)
    return {row, variant.kvHeads * row};
  return {variant.pageSize * row, row};
}

/// Bytes from one page (head) to the next in dense scales; 0 where the scales have no such step.
struct ScaleSteps {
  int64_t page, head;
};
ScaleSteps scaleSteps(const Variant &variant) {
  int64_t one = sizeof(float);
  switch (variant.scales) {
  case Scales::none:
  case Scales::tensor:
    return {0, 0};
  case Scales::head:
    return {0, one};
  case Scales::token:
    return {int64_t(variant.kvHeads) * variant.pageSize * one, variant.pageSize * one};
  case Scales::page:
    return {variant.kvHeads * one, one};
  }
  return {0, 0};
}

// Scales of tokens are read four at once.
int64_t scaleLoadBytes(const Variant &variant) {
  return variant.scales == Scales::token && variant.pageSize % 4 == 0 ? vectorBytes : sizeof(float);
}

struct Stride {
  const char *name;
  int64_t given, dense, least, unit;
  int64_t pa_decode_args::*target;
};

// What lies around something with gaps is not as far apart as if it were dense, so it has to be said.
std::optional<Error> checkOuter(const Stride &inner, const Stride &outer) {
  if (inner.given == 0 || inner.given == inner.dense || outer.given != 0)
    return std::nullopt;
  return refused(outer.name, "0 bytes",
                 "the bytes there are, since " + std::string(inner.name) + " is " + std::to_string(inner.given) +
                     " and not the dense " + std::to_string(inner.dense));
}

std::optional<Error> fillStrides(const Variant &variant, const DecodeCall &call, pa_decode_args &args) {
  DenseSteps key = denseSteps(variant, variant.headSize), value = denseSteps(variant, variant.valueHeadSize);
  ScaleSteps scale = scaleSteps(variant);
  constexpr int64_t vector = vectorBytes; // of what is loaded 16 bytes at once
  constexpr int64_t number = sizeof(float);
  int64_t scaleUnit = scaleLoadBytes(variant);
  // Heads, tokens and pages of a cache may be interleaved in any order: only a row of one head is dense.
  int64_t keyRow = variant.headSize * elementBytes(variant.cacheType);
  int64_t valueRow = variant.valueHeadSize * elementBytes(variant.cacheType);
  const Stride strides[] = {
      {"query_token_stride", call.queryTokenStride, int64_t(variant.queryTokenBytes()),
       int64_t(variant.queryTokenBytes()), vector, &pa_decode_args::query_token_stride},
      {"output_token_stride", call.outputTokenStride, int64_t(variant.outputTokenBytes()),
       int64_t(variant.outputTokenBytes()), vector, &pa_decode_args::output_token_stride},
      {"key_page_stride", call.keyPageStride, int64_t(variant.keyPageBytes()), keyRow, vector,
       &pa_decode_args::key_page_stride},
      {"value_page_stride", call.valuePageStride, int64_t(variant.valuePageBytes()), valueRow, vector,
       &pa_decode_args::value_page_stride},
      {"key_head_stride", call.keyHeadStride, key.head, keyRow, vector, &pa_decode_args::key_head_stride},
      {"value_head_stride", call.valueHeadStride, value.head, valueRow, vector, &pa_decode_args::value_head_stride},
      {"key_token_stride", call.keyTokenStride, key.token, keyRow, vector, &pa_decode_args::key_token_stride},
      {"value_token_stride", call.valueTokenStride, value.token, valueRow, vector, &pa_decode_args::value_token_stride},
      {"key_scale_page_stride", call.keyScalePageStride, scale.page, number, scaleUnit,
       &pa_decode_args::key_scale_page_stride},
      {"value_scale_page_stride", call.valueScalePageStride, scale.page, number, scaleUnit,
       &pa_decode_args::value_scale_page_stride},
      {"key_scale_head_stride", call.keyScaleHeadStride, scale.head, number, scaleUnit,
       &pa_decode_args::key_scale_head_stride},
      {"value_scale_head_stride", call.valueScaleHeadStride, scale.head, number, scaleUnit,
       &pa_decode_args::value_scale_head_stride},
  };
  for (const Stride &stride : strides) {
    if (stride.given != 0 && (stride.given < stride.least || stride.given % stride.unit))
      return refused(stride.name, std::to_string(stride.given) + " bytes",
                     "0 for the dense " + std::to_string(stride.dense) + ", or a multiple of " +
                         std::to_string(stride.unit) + " from " + std::to_string(stride.least));
    args.*stride.target = stride.given ? stride.given : stride.dense;
  }
  for (int tensor : {0, 1}) { // keys, values
    const Stride &page = strides[2 + tensor], &head = strides[4 + tensor], &token = strides[6 + tensor];
    const Stride &scalePage = strides[8 + tensor], &scaleHead = strides[10 + tensor];
    bool nhd = variant.layout == CacheLayout::nhd, linear = nhd || variant.layout == CacheLayout::hnd;
    const Stride &inner = nhd ? head : token, &outer = nhd ? token : head;
    std::optional<Error> errors[] = {linear ? checkOuter(inner, outer) : std::nullopt,
                                     linear ? checkOuter(token, page) : std::nullopt, checkOuter(head, page),
                                     scale.page ? checkOuter(scaleHead, scalePage) : std::nullopt};
    for (const std::optional<Error> &error : errors)
      if (error)
        return *error;
  }
  return std::nullopt;
}

std::optional<Error> fillAddresses(const Variant &variant, const DecodePlan &plan, const DecodeCall &call,
                                   pa_decode_args &args) {
  bool csr = variant.tables == Tables::csr, scaled = variant.scales != Scales::none;
  uint64_t scaleBytes = scaleLoadBytes(variant);
  struct Address {
    const char *name;
    uint64_t value;
    uint64_t alignment;
    bool needed;
    uint64_t pa_decode_args::*target;
  };
  const Address addresses[] = {
      {"query", call.query, vectorBytes, true, &pa_decode_args::query},
      {"key_cache", call.keyCache, vectorBytes, true, &pa_decode_args::key_cache},
      {"value_cache", call.valueCache, vectorBytes, true, &pa_decode_args::value_cache},
      {"output", call.output, vectorBytes, true, &pa_decode_args::output},
      {"lse", call.lse, 4, variant.lse, &pa_decode_args::lse},
      {"block_tables", call.blockTables, 4, true, &pa_decode_args::block_tables},
      {"context_lens", call.contextLens, 4, true, &pa_decode_args::context_lens},
      {"workspace", call.workspace, vectorBytes, plan.workspaceBytes != 0, &pa_decode_args::workspace},
      {"kv_indptr", call.kvIndptr, 4, csr, &pa_decode_args::kv_indptr},
      {"qo_indptr", call.qoIndptr, 4, variant.ragged, &pa_decode_args::qo_indptr},
      {"key_scales", call.keyScales, scaleBytes, scaled, &pa_decode_args::key_scales},
      {"value_scales", call.valueScales, scaleBytes, scaled, &pa_decode_args::value_scales},
      {"alibi_slopes", call.alibiSlopes, 4, variant.alibi, &pa_decode_args::alibi_slopes},
      {"sinks", call.sinks, 4, variant.sinks, &pa_decode_args::sinks},
  };
  for (const Address &address : addresses) {
    if (address.needed && address.value == 0)
      return refused(address.name, "a null address", "a device address, since this variant needs it");
    if (!address.needed && address.value != 0 && address.target != &pa_decode_args::workspace)
      return refused(address.name, hex(address.value), "null, since this variant has none");
    if (address.value % address.alignment)
      return refused(address.name, hex(address.value), "a multiple of " + std::to_string(address.alignment));
    args.*address.target = address.value;
  }
  return std::nullopt;
}

std::optional<Error> fillNumbers(const Variant &variant, const DecodeCall &call, pa_decode_args &args) {
  if (!std::isfinite(call.softmaxScale))
    return refused("softmax_scale", std::to_string(call.softmaxScale), "a finite number");
  bool fp8Output = elementBytes(variant.outputType) == 1;
  if (variant.softCap && !(std::isfinite(call.softCap) && call.softCap > 0))
    return refused("soft_cap", std::to_string(call.softCap), "a finite number above 0");
  if (fp8Output && !(std::isfinite(call.outputScale) && call.outputScale > 0))
    return refused("output_scale", std::to_string(call.outputScale), "a finite number above 0");
  args.softmax_scale = call.softmaxScale;
  args.soft_cap = call.softCap;
  args.output_scale = call.outputScale;
  std::copy(call.scoreNumbers.begin(), call.scoreNumbers.end(), args.score_numbers);
  std::copy(call.scoreTensors.begin(), call.scoreTensors.end(), args.score_tensors);
  return std::nullopt;
}

} // namespace

Expected<DecodePlan> planDecode(const KernelDescription &description, const Chip &chip, int64_t sequences) {
  const LaunchDescription &launch = description.launch;
  if (sequences < 1 || sequences > INT32_MAX)
    return refused("num_seqs", std::to_string(sequences), "1 to 2147483647");
  uint64_t workgroups = launch.grid == GridKind::persistent ? uint64_t(chip.computeUnits) * launch.workgroupsPerCu
                                                            : uint64_t(sequences) * launch.itemsPerSequence;
  if (workgroups > INT32_MAX)
    return refused("num_seqs", std::to_string(sequences), "at most 2147483647 workgroups in the grid");
  DecodePlan plan;
  plan.shape.grid[0] = static_cast<uint32_t>(workgroups);
  plan.shape.block[0] = launch.block;
  if (launch.slotBytes)
    plan.workspaceBytes = pa_decode_workspace_bytes(plan.shape.grid[0], launch.slotBytes);
  return plan;
}

Expected<pa_decode_args> fillDecodeArgs(const KernelDescription &description, const DecodePlan &plan,
                                        const DecodeCall &call) {
  if (call.sequences < 1 || call.sequences > INT32_MAX)
    return refused("num_seqs", std::to_string(call.sequences), "1 to 2147483647");
  if (description.variant.tables == Tables::block && (call.tableWidth < 1 || call.tableWidth > INT32_MAX))
    return refused("table_width", std::to_string(call.tableWidth), "1 to 2147483647");
  if (description.variant.tables == Tables::block && call.tableWidth > INT32_MAX / call.sequences)
    return refused("table_width", std::to_string(call.tableWidth),
                   "at most 2147483647 entries in the rows of all " + std::to_string(call.sequences) + " sequences");
  pa_decode_args args = {};
  args.abi_version = PA_DECODE_ABI_VERSION;
  args.struct_size = sizeof(pa_decode_args);
  if (auto error = fillAddresses(description.variant, plan, call, args))
    return *error;
  if (auto error = fillStrides(description.variant, call, args))
    return *error;
  if (auto error = fillNumbers(description.variant, call, args))
    return *error;
  args.num_seqs = static_cast<int32_t>(call.sequences);
  args.table_width = static_cast<int32_t>(call.tableWidth);
  args.num_workgroups = static_cast<int32_t>(plan.shape.grid[0]);
  return args;
}

} // namespace pa

#include "runtime/device/DecodeLaunch.h"

#include "runtime/device/CacheStrides.h"

#include <algorithm>
#include <cmath>

namespace pa {
namespace {

std::optional<Error> fillStrides(const Variant &variant, const DecodeCall &call, pa_decode_args &args) {
  args.query_token_stride = call.queryTokenStride;
  args.output_token_stride = call.outputTokenStride;
  auto tokens = [](const char *name, uint64_t bytes, int64_t &stride) {
    return completeStride("", name, int64_t(bytes), int64_t(bytes), vectorBytes, stride);
  };
  if (auto error = tokens("query_token_stride", variant.queryTokenBytes(), args.query_token_stride))
    return error;
  if (auto error = tokens("output_token_stride", variant.outputTokenBytes(), args.output_token_stride))
    return error;
  CacheStrides strides;
  struct Field {
    int64_t given, &complete;
    int64_t pa_decode_args::*target;
  };
  const Field fields[] = {
      {call.keyPageStride, strides.page[0], &pa_decode_args::key_page_stride},
      {call.valuePageStride, strides.page[1], &pa_decode_args::value_page_stride},
      {call.keyHeadStride, strides.head[0], &pa_decode_args::key_head_stride},
      {call.valueHeadStride, strides.head[1], &pa_decode_args::value_head_stride},
      {call.keyTokenStride, strides.token[0], &pa_decode_args::key_token_stride},
      {call.valueTokenStride, strides.token[1], &pa_decode_args::value_token_stride},
      {call.keyScalePageStride, strides.scalePage[0], &pa_decode_args::key_scale_page_stride},
      {call.valueScalePageStride, strides.scalePage[1], &pa_decode_args::value_scale_page_stride},
      {call.keyScaleHeadStride, strides.scaleHead[0], &pa_decode_args::key_scale_head_stride},
      {call.valueScaleHeadStride, strides.scaleHead[1], &pa_decode_args::value_scale_head_stride},
  };
  for (const Field &field : fields)
    field.complete = field.given;
  if (auto error = completeStrides(variant, "", strides))
    return error;
  for (const Field &field : fields)
    args.*field.target = field.complete;
  return std::nullopt;
}

std::optional<Error> fillAddresses(const Variant &variant, const DecodePlan &plan, const DecodeCall &call,
                                   pa_decode_args &args) {
  bool csr = variant.tables == Tables::csr, scaled = variant.scales != Scales::none;
  struct Field {
    const char *name;
    uint64_t value;
    uint64_t alignment;
    bool needed;
    uint64_t pa_decode_args::*target;
  };
  const Field fields[] = {
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
      {"key_scales", call.keyScales, sizeof(float), scaled, &pa_decode_args::key_scales},
      {"value_scales", call.valueScales, sizeof(float), scaled, &pa_decode_args::value_scales},
      {"alibi_slopes", call.alibiSlopes, 4, variant.alibi, &pa_decode_args::alibi_slopes},
      {"sinks", call.sinks, 4, variant.sinks, &pa_decode_args::sinks},
  };
  for (const Field &field : fields) {
    // A workspace that is there anyway does no harm.
    auto otherwise = field.target == &pa_decode_args::workspace ? Address::allowed : Address::none;
    if (auto error =
            checkAddress("", {field.name, field.value, field.alignment, field.needed ? Address::needed : otherwise}))
      return error;
    args.*field.target = field.value;
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

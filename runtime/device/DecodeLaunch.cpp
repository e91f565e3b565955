#include "runtime/device/DecodeLaunch.h"

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

struct Stride {
  const char *name;
  int64_t given, dense;
  int64_t pa_decode_args::*target;
};

struct Address {
  const char *name;
  uint64_t value;
  uint64_t alignment;
  bool needed;
  uint64_t pa_decode_args::*target;
};

int64_t denseHeadStride(const Variant &variant) {
  int64_t tokens = variant.layout == CacheLayout::nhd ? 1 : variant.pageSize;
  return tokens * variant.headSize * elementBytes(variant.cacheType);
}

std::optional<Error> fillStrides(const Variant &variant, const DecodeCall &call, pa_decode_args &args) {
  auto token = static_cast<int64_t>(variant.queryTokenBytes()), page = static_cast<int64_t>(variant.pageBytes());
  int64_t head = denseHeadStride(variant);
  const Stride strides[] = {
      {"query_token_stride", call.queryTokenStride, token, &pa_decode_args::query_token_stride},
      {"output_token_stride", call.outputTokenStride, token, &pa_decode_args::output_token_stride},
      {"key_page_stride", call.keyPageStride, page, &pa_decode_args::key_page_stride},
      {"value_page_stride", call.valuePageStride, page, &pa_decode_args::value_page_stride},
      {"key_head_stride", call.keyHeadStride, head, &pa_decode_args::key_head_stride},
      {"value_head_stride", call.valueHeadStride, head, &pa_decode_args::value_head_stride},
  };
  for (const Stride &stride : strides) {
    if (stride.given != 0 && (stride.given < stride.dense || stride.given % static_cast<int64_t>(vectorBytes)))
      return refused(stride.name, std::to_string(stride.given) + " bytes",
                     "0, or a multiple of 16 from the dense " + std::to_string(stride.dense));
    args.*stride.target = stride.given ? stride.given : stride.dense;
  }
  return std::nullopt;
}

std::optional<Error> fillAddresses(const Variant &variant, const DecodePlan &plan, const DecodeCall &call,
                                   pa_decode_args &args) {
  const Address addresses[] = {
      {"query", call.query, vectorBytes, true, &pa_decode_args::query},
      {"key_cache", call.keyCache, vectorBytes, true, &pa_decode_args::key_cache},
      {"value_cache", call.valueCache, vectorBytes, true, &pa_decode_args::value_cache},
      {"output", call.output, vectorBytes, true, &pa_decode_args::output},
      {"lse", call.lse, 4, variant.lse, &pa_decode_args::lse},
      {"block_tables", call.blockTables, 4, true, &pa_decode_args::block_tables},
      {"context_lens", call.contextLens, 4, true, &pa_decode_args::context_lens},
      {"workspace", call.workspace, vectorBytes, plan.workspaceBytes != 0, &pa_decode_args::workspace},
  };
  for (const Address &address : addresses) {
    if (address.needed && address.value == 0)
      return refused(address.name, "a null address", "a device address, since this variant needs it");
    if (address.value % address.alignment)
      return refused(address.name, hex(address.value), "a multiple of " + std::to_string(address.alignment));
    args.*address.target = address.value;
  }
  if (!variant.lse && call.lse != 0)
    return refused("lse", hex(call.lse), "null, since this variant writes none");
  return std::nullopt;
}

} // namespace

Expected<DecodePlan> planDecode(const KernelDescription &description, const Chip &chip, int64_t sequences) {
  const Variant &variant = description.variant;
  const LaunchDescription &launch = description.launch;
  if (sequences < 1 || sequences > INT32_MAX)
    return refused("num_seqs", std::to_string(sequences), "1 to 2147483647");
  uint64_t workgroups = launch.grid == GridKind::persistent ? uint64_t(chip.computeUnits) * launch.workgroupsPerCu
                                                            : uint64_t(sequences) * variant.kvHeads;
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
  if (call.tableWidth < 1 || call.tableWidth > INT32_MAX)
    return refused("table_width", std::to_string(call.tableWidth), "1 to 2147483647");
  if (!std::isfinite(call.softmaxScale))
    return refused("softmax_scale", std::to_string(call.softmaxScale), "a finite number");
  pa_decode_args args = {};
  args.abi_version = PA_DECODE_ABI_VERSION;
  args.struct_size = sizeof(pa_decode_args);
  if (auto error = fillAddresses(description.variant, plan, call, args))
    return *error;
  if (auto error = fillStrides(description.variant, call, args))
    return *error;
  args.num_seqs = static_cast<int32_t>(call.sequences);
  args.table_width = static_cast<int32_t>(call.tableWidth);
  args.num_workgroups = static_cast<int32_t>(plan.shape.grid[0]);
  args.softmax_scale = call.softmaxScale;
  return args;
}

} // namespace pa

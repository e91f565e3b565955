#include "runtime/api/Boundary.h"
#include "runtime/api/Handles.h"

#include <algorithm>
#include <cstddef>

namespace pa::api {
namespace {

constexpr uint64_t workspaceAlignment = 256; // more than the kernels' vector accesses need, what allocators give anyway

// What the structs of version 0.1 ended with.
constexpr size_t firstInfo = offsetof(pa_kernel_info, value_head_size);
constexpr size_t firstCall = offsetof(pa_decode_call, key_token_stride);

DecodeCall toCall(const pa_decode_call &c) {
  DecodeCall call;
  call.query = c.query;
  call.keyCache = c.key_cache;
  call.valueCache = c.value_cache;
  call.output = c.output;
  call.lse = c.lse;
  call.blockTables = c.block_tables;
  call.contextLens = c.context_lens;
  call.workspace = c.workspace;
  call.sequences = c.sequences;
  call.tableWidth = c.table_width;
  call.softmaxScale = c.softmax_scale;
  call.queryTokenStride = c.query_token_stride;
  call.outputTokenStride = c.output_token_stride;
  call.keyPageStride = c.key_page_stride;
  call.valuePageStride = c.value_page_stride;
  call.keyHeadStride = c.key_head_stride;
  call.valueHeadStride = c.value_head_stride;
  call.keyTokenStride = c.key_token_stride;
  call.valueTokenStride = c.value_token_stride;
  call.kvIndptr = c.kv_indptr;
  call.qoIndptr = c.qo_indptr;
  call.keyScales = c.key_scales;
  call.valueScales = c.value_scales;
  call.keyScalePageStride = c.key_scale_page_stride;
  call.valueScalePageStride = c.value_scale_page_stride;
  call.keyScaleHeadStride = c.key_scale_head_stride;
  call.valueScaleHeadStride = c.value_scale_head_stride;
  call.alibiSlopes = c.alibi_slopes;
  call.sinks = c.sinks;
  call.softCap = c.soft_cap;
  call.outputScale = c.output_scale;
  std::copy(std::begin(c.score_numbers), std::end(c.score_numbers), call.scoreNumbers.begin());
  std::copy(std::begin(c.score_tensors), std::end(c.score_tensors), call.scoreTensors.begin());
  return call;
}

void describe(const VariantCache &cache, pa_kernel_info &info) {
  info.head_size = cache.headSize;
  info.kv_heads = cache.kvHeads;
  info.page_size = cache.pageSize;
  info.page_bytes = cache.keyPageBytes();
  info.value_head_size = cache.valueHeadSize;
  info.cache_element_bytes = elementBytes(cache.cacheType);
  info.value_page_bytes = cache.valuePageBytes();
}

void describe(const Variant &variant, pa_kernel_info &info) {
  describe(static_cast<const VariantCache &>(variant), info);
  info.q_heads = variant.queryHeads;
  info.query_tokens = variant.queryTokens;
  info.has_lse = variant.lse;
  info.element_bytes = elementBytes(variant.queryType);
  info.output_element_bytes = elementBytes(variant.outputType);
}

void describe(const AppendVariant &variant, pa_kernel_info &info) {
  describe(static_cast<const VariantCache &>(variant), info);
  info.element_bytes = elementBytes(variant.tokenType);
}

void describe(const MergeStatesVariant &variant, pa_kernel_info &info) {
  info.head_size = info.value_head_size = variant.headSize;
  info.q_heads = variant.heads;
  info.has_lse = 1;
  info.element_bytes = info.output_element_bytes = elementBytes(variant.type);
}

pa_kernel_info infoOf(const pa_kernel &kernel) {
  pa_kernel_info info = {};
  info.size = sizeof info;
  info.description = kernel.described->text.c_str();
  info.op = static_cast<uint32_t>(opOf(kernel));
  info.generic = kernel.generic.has_value();
  info.generic_reason = kernel.generic ? kernel.generic->reason.c_str() : "";
  if (auto *decode = std::get_if<KernelDescription>(&kernel.described->description)) {
    describe(decode->variant, info);
    info.tile_tokens = decode->launch.tileTokens;
  } else {
    std::visit([&](const auto &variant) { describe(variant, info); },
               std::get<CacheKernelDescription>(kernel.described->description).variant);
  }
  return info;
}
static_assert(static_cast<int>(Op::mergeStates) == PA_OP_MERGE_STATES);

Status launch(const pa_kernel &kernel, const KernelDescription &description, const pa_decode_call &call, void *stream) {
  auto plan = planDecode(description, kernel.object->device->chip(), call.sequences);
  if (!plan)
    return plan.error();
  if (call.workspace_bytes < plan->workspaceBytes)
    return {ErrorCode::invalidArgument, "workspace_bytes is " + std::to_string(call.workspace_bytes) +
                                            ", this kernel needs " + std::to_string(plan->workspaceBytes) +
                                            " on this device"};
  auto args = fillDecodeArgs(description, *plan, toCall(call));
  if (!args)
    return args.error();
  return enqueue(kernel, plan->shape, *args, stream);
}

} // namespace

Expected<std::unique_ptr<pa_kernel>> makeKernel(LoadedObjects &objects, const void *bytes, size_t size) {
  auto object = objects.load(bytes, size);
  if (!object)
    return object.error();
  // The description is a part of the object.
  std::shared_ptr<const Described> described(*object, &(*object)->described);
  return std::make_unique<pa_kernel>(pa_kernel{std::move(*object), std::move(described), std::nullopt});
}

Expected<std::unique_ptr<pa_kernel>> makeGenericKernel(LoadedObjects &objects, const AnyVariant &variant,
                                                       const std::string &reason) {
  auto generic = genericKernel(variant, objects.device->chip());
  if (!generic)
    return generic.error();
  std::string name = std::visit([](const auto &one) { return one.kernel; }, generic->description);
  auto object = objects.loadGeneric(generic->object, name);
  if (!object)
    return object.error();
  auto described =
      std::make_shared<const Described>(Described{std::move(generic->description), std::move(generic->text)});
  return std::make_unique<pa_kernel>(
      pa_kernel{std::move(*object), std::move(described), GenericPart{generic->fields, reason}});
}

} // namespace pa::api

using namespace pa;
using namespace pa::api;

extern "C" pa_status pa_kernel_load(pa_device *device, const void *object, size_t bytes, pa_kernel **out) {
  return guarded([&]() -> Status {
    if (!device || !object || !out)
      return nullArgument(!device ? "device" : object ? "kernel" : "object");
    *out = nullptr;
    auto kernel = makeKernel(*device->objects, object, bytes);
    if (!kernel)
      return kernel.error();
    *out = kernel->release();
    return {};
  });
}

extern "C" pa_status pa_kernel_prepare(const pa_kernel *kernel, void *stream) {
  return guarded([&]() -> Status {
    if (!kernel)
      return nullArgument("kernel");
    return kernel->object->device->prepare(kernel->object->kernel, stream);
  });
}

extern "C" void pa_kernel_release(pa_kernel *kernel) { delete kernel; }

extern "C" pa_status pa_kernel_get_info(const pa_kernel *kernel, pa_kernel_info *info) {
  return guarded([&]() -> Status {
    if (!kernel)
      return nullArgument("kernel");
    pa_kernel_info given;
    if (Status status = readStruct("pa_kernel_info", info, firstInfo, given); !status)
      return status;
    uint32_t size = info->size;
    pa_kernel_info known = infoOf(*kernel);
    std::memcpy(info, &known, std::min<size_t>(size, sizeof known));
    info->size = size;
    return {};
  });
}

extern "C" pa_status pa_decode_workspace(const pa_kernel *kernel, int64_t sequences, uint64_t *bytes,
                                         uint64_t *alignment) {
  return guarded([&]() -> Status {
    auto description = descriptionOf<KernelDescription>(kernel, Op::decode);
    if (!description)
      return description.error();
    if (!bytes)
      return nullArgument("bytes");
    auto plan = planDecode(**description, kernel->object->device->chip(), sequences);
    if (!plan)
      return plan.error();
    *bytes = plan->workspaceBytes;
    if (alignment)
      *alignment = workspaceAlignment;
    return {};
  });
}

extern "C" pa_status pa_decode(const pa_kernel *kernel, const pa_decode_call *call, void *stream) {
  return guarded([&]() -> Status {
    auto description = descriptionOf<KernelDescription>(kernel, Op::decode);
    if (!description)
      return description.error();
    pa_decode_call known;
    if (Status status = readStruct("pa_decode_call", call, firstCall, known); !status)
      return status;
    return launch(*kernel, **description, known, stream);
  });
}

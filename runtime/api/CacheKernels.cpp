// Launches of the kernels beside decode: what writes a cache, copies its pages, or merges results.
#include "runtime/api/Boundary.h"
#include "runtime/api/Handles.h"
#include "runtime/device/CacheLaunch.h"

using namespace pa;
using namespace pa::api;

namespace {

Status readCache(const char *name, const pa_paged_cache *given, pa_cache &cache) {
  pa_paged_cache known;
  if (!given)
    return nullArgument(name);
  if (Status status = readStruct("pa_paged_cache", given, sizeof(pa_paged_cache), known); !status)
    return status;
  cache = {};
  cache.keys = known.key_cache;
  cache.values = known.value_cache;
  cache.key_scales = known.key_scales;
  cache.value_scales = known.value_scales;
  cache.key_page_stride = known.key_page_stride;
  cache.value_page_stride = known.value_page_stride;
  cache.key_head_stride = known.key_head_stride;
  cache.value_head_stride = known.value_head_stride;
  cache.key_token_stride = known.key_token_stride;
  cache.value_token_stride = known.value_token_stride;
  cache.key_scale_page_stride = known.key_scale_page_stride;
  cache.value_scale_page_stride = known.value_scale_page_stride;
  cache.key_scale_head_stride = known.key_scale_head_stride;
  cache.value_scale_head_stride = known.value_scale_head_stride;
  cache.num_pages = known.pages;
  return {};
}

Status toArgs(const pa_append_call &call, pa_append_args &args) {
  args.num_tokens = call.tokens;
  args.keys = call.keys;
  args.values = call.values;
  args.slots = call.slots;
  args.bad_token = call.bad_token;
  args.keys_token_stride = call.keys_token_stride;
  args.values_token_stride = call.values_token_stride;
  return readCache("pa_append_call.cache", call.cache, args.cache);
}

Status toArgs(const pa_copy_pages_call &call, pa_copy_pages_args &args) {
  args.num_pairs = call.count;
  args.pairs = call.pairs;
  args.bad_pair = call.bad_pair;
  Status source = readCache("pa_copy_pages_call.source", call.source, args.source);
  return source ? readCache("pa_copy_pages_call.target", call.target, args.target) : source;
}

Status toArgs(const pa_merge_states_call &call, pa_merge_states_args &args) {
  args.num_tokens = call.tokens;
  args.a = call.a;
  args.a_lse = call.a_lse;
  args.b = call.b;
  args.b_lse = call.b_lse;
  args.output = call.output;
  args.lse = call.lse;
  args.a_token_stride = call.a_token_stride;
  args.b_token_stride = call.b_token_stride;
  args.output_token_stride = call.output_token_stride;
  return {};
}

template <class Args, class Call>
pa_status launch(Op op, const char *name, Expected<LaunchShape> (*complete)(const CacheKernelDescription &, Args &),
                 const pa_kernel *kernel, const Call *call, void *stream) {
  return guarded([&]() -> Status {
    auto description = descriptionOf<CacheKernelDescription>(kernel, op);
    if (!description)
      return description.error();
    Call known;
    if (Status status = readStruct(name, call, sizeof(Call), known); !status)
      return status;
    Args args = {};
    if (Status status = toArgs(known, args); !status)
      return status;
    auto shape = complete(**description, args);
    if (!shape)
      return shape.error();
    return enqueue(*kernel, *shape, args, stream);
  });
}

} // namespace

extern "C" pa_status pa_append(const pa_kernel *kernel, const pa_append_call *call, void *stream) {
  return launch(Op::append, "pa_append_call", completeAppend, kernel, call, stream);
}

extern "C" pa_status pa_copy_pages(const pa_kernel *kernel, const pa_copy_pages_call *call, void *stream) {
  return launch(Op::copyPages, "pa_copy_pages_call", completeCopyPages, kernel, call, stream);
}

extern "C" pa_status pa_merge_states(const pa_kernel *kernel, const pa_merge_states_call *call, void *stream) {
  return launch(Op::mergeStates, "pa_merge_states_call", completeMergeStates, kernel, call, stream);
}

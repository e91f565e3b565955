#include "runtime/device/CacheLaunch.h"
#include "runtime/device/CacheStrides.h"

namespace pa {
namespace {

constexpr int64_t numberBytes = sizeof(float), pageNumberBytes = sizeof(int64_t);

std::optional<Error> firstOf(std::initializer_list<Address> addresses, const char *prefix = "") {
  for (const Address &address : addresses)
    if (auto error = checkAddress(prefix, address))
      return error;
  return std::nullopt;
}

// `scales`: whether the kernel reads or writes them; a cache that has some may say so anyway.
std::optional<Error> completeCache(const VariantCache &shape, const char *prefix, bool scales, pa_cache &cache) {
  if (cache.num_pages < 1)
    return refused(std::string(prefix) + "pages", std::to_string(cache.num_pages), "1 to 2147483647");
  auto ofScales = scales ? Address::needed : shape.scales == Scales::none ? Address::none : Address::allowed;
  if (auto error = firstOf({{"key_cache", cache.keys, vectorBytes, Address::needed},
                            {"value_cache", cache.values, vectorBytes, Address::needed},
                            {"key_scales", cache.key_scales, numberBytes, ofScales},
                            {"value_scales", cache.value_scales, numberBytes, ofScales}},
                           prefix))
    return error;
  CacheStrides strides = {{cache.key_page_stride, cache.value_page_stride},
                          {cache.key_head_stride, cache.value_head_stride},
                          {cache.key_token_stride, cache.value_token_stride},
                          {cache.key_scale_page_stride, cache.value_scale_page_stride},
                          {cache.key_scale_head_stride, cache.value_scale_head_stride}};
  if (auto error = completeStrides(shape, prefix, strides))
    return error;
  cache.key_page_stride = strides.page[0];
  cache.value_page_stride = strides.page[1];
  cache.key_head_stride = strides.head[0];
  cache.value_head_stride = strides.head[1];
  cache.key_token_stride = strides.token[0];
  cache.value_token_stride = strides.token[1];
  cache.key_scale_page_stride = strides.scalePage[0];
  cache.value_scale_page_stride = strides.scalePage[1];
  cache.key_scale_head_stride = strides.scaleHead[0];
  cache.value_scale_head_stride = strides.scaleHead[1];
  return std::nullopt;
}

// A token's heads are dense.
std::optional<Error> completeTokens(const char *name, uint32_t heads, uint32_t headSize, ElementType type,
                                    int64_t &stride) {
  int64_t dense = int64_t(heads) * headSize * elementBytes(type);
  return completeStride("", name, dense, dense, vectorBytes, stride);
}

LaunchShape shapeOf(const CacheKernelDescription &description, uint32_t workgroups) {
  LaunchShape shape;
  shape.grid[0] = workgroups;
  shape.block[0] = description.block;
  return shape;
}

Expected<LaunchShape> rowsShape(const CacheKernelDescription &description, int32_t tokens, uint32_t heads) {
  int32_t most = INT32_MAX / int32_t(heads);
  if (tokens < 1 || tokens > most)
    return refused("tokens", std::to_string(tokens), "1 to " + std::to_string(most));
  int64_t rows = int64_t(tokens) * heads;
  return shapeOf(description, uint32_t((rows + description.rowsPerWorkgroup - 1) / description.rowsPerWorkgroup));
}

} // namespace

Expected<LaunchShape> completeAppend(const CacheKernelDescription &description, pa_append_args &args) {
  const auto &variant = std::get<AppendVariant>(description.variant);
  args.abi_version = PA_APPEND_ABI_VERSION;
  args.struct_size = sizeof args;
  auto shape = rowsShape(description, args.num_tokens, variant.kvHeads);
  if (!shape)
    return shape;
  if (auto error = completeCache(variant, "cache.", variant.scales != Scales::none, args.cache))
    return *error;
  if (auto error = firstOf({{"keys", args.keys, vectorBytes, Address::needed},
                            {"values", args.values, vectorBytes, Address::needed},
                            {"slots", args.slots, pageNumberBytes, Address::needed},
                            {"bad_token", args.bad_token, numberBytes, Address::allowed}}))
    return *error;
  if (auto error = completeTokens("keys_token_stride", variant.kvHeads, variant.headSize, variant.tokenType,
                                  args.keys_token_stride))
    return *error;
  if (auto error = completeTokens("values_token_stride", variant.kvHeads, variant.valueHeadSize, variant.tokenType,
                                  args.values_token_stride))
    return *error;
  return shape;
}

Expected<LaunchShape> completeCopyPages(const CacheKernelDescription &description, pa_copy_pages_args &args) {
  const auto &variant = std::get<CopyPagesVariant>(description.variant);
  args.abi_version = PA_COPY_PAGES_ABI_VERSION;
  args.struct_size = sizeof args;
  int32_t most = INT32_MAX / int32_t(description.workgroupsPerPair);
  if (args.num_pairs < 1 || args.num_pairs > most)
    return refused("count", std::to_string(args.num_pairs), "1 to " + std::to_string(most));
  VariantCache source = variant;
  source.cacheType = variant.sourceType;
  source.layout = variant.sourceLayout;
  bool scales = variant.scales == Scales::token || variant.scales == Scales::page;
  if (auto error = completeCache(source, "source.", scales, args.source))
    return *error;
  if (auto error = completeCache(variant, "target.", scales, args.target))
    return *error;
  if (auto error = firstOf({{"pairs", args.pairs, pageNumberBytes, variant.pairs ? Address::needed : Address::none},
                            {"bad_pair", args.bad_pair, numberBytes, Address::allowed}}))
    return *error;
  return shapeOf(description, uint32_t(args.num_pairs) * description.workgroupsPerPair);
}

Expected<LaunchShape> completeMergeStates(const CacheKernelDescription &description, pa_merge_states_args &args) {
  const auto &variant = std::get<MergeStatesVariant>(description.variant);
  args.abi_version = PA_MERGE_STATES_ABI_VERSION;
  args.struct_size = sizeof args;
  auto shape = rowsShape(description, args.num_tokens, variant.heads);
  if (!shape)
    return shape;
  if (auto error = firstOf({{"a", args.a, vectorBytes, Address::needed},
                            {"a_lse", args.a_lse, numberBytes, Address::needed},
                            {"b", args.b, vectorBytes, Address::needed},
                            {"b_lse", args.b_lse, numberBytes, Address::needed},
                            {"output", args.output, vectorBytes, Address::needed},
                            {"lse", args.lse, numberBytes, Address::needed}}))
    return *error;
  struct Field {
    const char *name;
    int64_t &stride;
  };
  for (const Field &field : {Field{"a_token_stride", args.a_token_stride}, Field{"b_token_stride", args.b_token_stride},
                             Field{"output_token_stride", args.output_token_stride}})
    if (auto error = completeTokens(field.name, variant.heads, variant.headSize, variant.type, field.stride))
      return *error;
  return shape;
}

} // namespace pa

// Where the argument blocks of the cache's kernels (runtime/include/pa/append_abi.h, merge_abi.h, version 1) have their
// fields. compiler/pipeline asserts each offset against the C structs.
#ifndef PA_PASSES_LOWERING_CACHE_BLOCKS_H
#define PA_PASSES_LOWERING_CACHE_BLOCKS_H

#include "passes/lowering/ArgBlock.h"

namespace mlir::pa {

/// A `pa_cache` inside a block; keys' fields come first in each pair.
struct CacheFields {
  ArgField data[2], scales[2], pageStride[2], headStride[2], tokenStride[2], scalePageStride[2], scaleHeadStride[2];
  ArgField numPages;
};

constexpr CacheFields cacheFieldsAt(int64_t base) {
  return {{{"keys", base, ArgKind::Pointer}, {"values", base + 8, ArgKind::Pointer}},
          {{"key_scales", base + 16, ArgKind::Pointer}, {"value_scales", base + 24, ArgKind::Pointer}},
          {{"key_page_stride", base + 32, ArgKind::I64}, {"value_page_stride", base + 40, ArgKind::I64}},
          {{"key_head_stride", base + 48, ArgKind::I64}, {"value_head_stride", base + 56, ArgKind::I64}},
          {{"key_token_stride", base + 64, ArgKind::I64}, {"value_token_stride", base + 72, ArgKind::I64}},
          {{"key_scale_page_stride", base + 80, ArgKind::I64}, {"value_scale_page_stride", base + 88, ArgKind::I64}},
          {{"key_scale_head_stride", base + 96, ArgKind::I64}, {"value_scale_head_stride", base + 104, ArgKind::I64}},
          {"num_pages", base + 112, ArgKind::I32}};
}

namespace appendargs {
inline constexpr CacheFields cache = cacheFieldsAt(8);
inline constexpr ArgField tokens[2] = {{"keys", 128, ArgKind::Pointer}, {"values", 136, ArgKind::Pointer}};
inline constexpr ArgField slots{"slots", 144, ArgKind::Pointer};
inline constexpr ArgField badToken{"bad_token", 152, ArgKind::Pointer};
inline constexpr ArgField tokenStride[2] = {{"keys_token_stride", 160, ArgKind::I64},
                                            {"values_token_stride", 168, ArgKind::I64}};
inline constexpr ArgField numTokens{"num_tokens", 176, ArgKind::I32};
inline constexpr int64_t size = 184;
} // namespace appendargs

namespace copyargs {
inline constexpr CacheFields source = cacheFieldsAt(8);
inline constexpr CacheFields target = cacheFieldsAt(128);
inline constexpr ArgField pairs{"pairs", 248, ArgKind::Pointer};
inline constexpr ArgField badPair{"bad_pair", 256, ArgKind::Pointer};
inline constexpr ArgField numPairs{"num_pairs", 264, ArgKind::I32};
inline constexpr int64_t size = 272;
} // namespace copyargs

namespace mergeargs {
inline constexpr ArgField parts[2] = {{"a", 8, ArgKind::Pointer}, {"b", 24, ArgKind::Pointer}};
inline constexpr ArgField lses[2] = {{"a_lse", 16, ArgKind::Pointer}, {"b_lse", 32, ArgKind::Pointer}};
inline constexpr ArgField output{"output", 40, ArgKind::Pointer};
inline constexpr ArgField lse{"lse", 48, ArgKind::Pointer};
inline constexpr ArgField tokenStride[2] = {{"a_token_stride", 56, ArgKind::I64}, {"b_token_stride", 64, ArgKind::I64}};
inline constexpr ArgField outputTokenStride{"output_token_stride", 72, ArgKind::I64};
inline constexpr ArgField numTokens{"num_tokens", 80, ArgKind::I32};
inline constexpr int64_t size = 88;
} // namespace mergeargs

} // namespace mlir::pa

#endif

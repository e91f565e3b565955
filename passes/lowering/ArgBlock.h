// Where the kernel's argument block (runtime/include/pa/abi.h, version 2) has its fields.
// compiler/pipeline asserts each offset against the C struct.
#ifndef PA_PASSES_LOWERING_ARGBLOCK_H
#define PA_PASSES_LOWERING_ARGBLOCK_H

#include <cstdint>

namespace mlir::pa {

enum class ArgKind { Pointer, ConstantPointer, I64, I32, F32 };

struct ArgField {
  const char *name;
  int64_t offset;
  ArgKind kind;
};

namespace args {
inline constexpr ArgField query{"query", 8, ArgKind::Pointer};
inline constexpr ArgField keyCache{"key_cache", 16, ArgKind::Pointer};
inline constexpr ArgField valueCache{"value_cache", 24, ArgKind::Pointer};
inline constexpr ArgField output{"output", 32, ArgKind::Pointer};
inline constexpr ArgField lse{"lse", 40, ArgKind::Pointer};
inline constexpr ArgField blockTables{"block_tables", 48, ArgKind::ConstantPointer};
inline constexpr ArgField contextLens{"context_lens", 56, ArgKind::ConstantPointer};
inline constexpr ArgField workspace{"workspace", 64, ArgKind::Pointer};
inline constexpr ArgField queryTokenStride{"query_token_stride", 72, ArgKind::I64};
inline constexpr ArgField outputTokenStride{"output_token_stride", 80, ArgKind::I64};
inline constexpr ArgField keyPageStride{"key_page_stride", 88, ArgKind::I64};
inline constexpr ArgField valuePageStride{"value_page_stride", 96, ArgKind::I64};
inline constexpr ArgField keyHeadStride{"key_head_stride", 104, ArgKind::I64};
inline constexpr ArgField valueHeadStride{"value_head_stride", 112, ArgKind::I64};
inline constexpr ArgField numSeqs{"num_seqs", 120, ArgKind::I32};
inline constexpr ArgField tableWidth{"table_width", 124, ArgKind::I32};
inline constexpr ArgField numWorkgroups{"num_workgroups", 128, ArgKind::I32};
inline constexpr ArgField softmaxScale{"softmax_scale", 132, ArgKind::F32};
inline constexpr ArgField keyTokenStride{"key_token_stride", 136, ArgKind::I64};
inline constexpr ArgField valueTokenStride{"value_token_stride", 144, ArgKind::I64};
inline constexpr ArgField kvIndptr{"kv_indptr", 152, ArgKind::ConstantPointer};
inline constexpr ArgField qoIndptr{"qo_indptr", 160, ArgKind::ConstantPointer};
inline constexpr ArgField keyScales{"key_scales", 168, ArgKind::Pointer};
inline constexpr ArgField valueScales{"value_scales", 176, ArgKind::Pointer};
inline constexpr ArgField keyScalePageStride{"key_scale_page_stride", 184, ArgKind::I64};
inline constexpr ArgField valueScalePageStride{"value_scale_page_stride", 192, ArgKind::I64};
inline constexpr ArgField keyScaleHeadStride{"key_scale_head_stride", 200, ArgKind::I64};
inline constexpr ArgField valueScaleHeadStride{"value_scale_head_stride", 208, ArgKind::I64};
inline constexpr ArgField alibiSlopes{"alibi_slopes", 216, ArgKind::Pointer};
inline constexpr ArgField sinks{"sinks", 224, ArgKind::Pointer};
inline constexpr ArgField softCap{"soft_cap", 232, ArgKind::F32};
inline constexpr ArgField outputScale{"output_scale", 236, ArgKind::F32};
inline constexpr ArgField scoreNumbers[] = {{"score_numbers", 240, ArgKind::F32},
                                            {"score_numbers", 244, ArgKind::F32},
                                            {"score_numbers", 248, ArgKind::F32},
                                            {"score_numbers", 252, ArgKind::F32}};
inline constexpr ArgField scoreTensors[] = {{"score_tensors", 256, ArgKind::Pointer},
                                            {"score_tensors", 264, ArgKind::Pointer},
                                            {"score_tensors", 272, ArgKind::Pointer},
                                            {"score_tensors", 280, ArgKind::Pointer}};
inline constexpr int64_t size = 288;
} // namespace args

} // namespace mlir::pa

#endif

/* The argument block of a decode kernel, version 1: what a launch passes, packed, by value.
 *
 * Plain C, no dependencies: the runtime fills it, the compiler's codegen lays its LLVM struct out from the
 * same offsets (compiler/pipeline checks each one), and a foreign launcher can do the same. All strides are
 * in bytes. All pointers are device pointers. */
#ifndef PA_ABI_H
#define PA_ABI_H

#include <stdint.h>

#define PA_DECODE_ABI_VERSION 1u

typedef struct pa_decode_args {
  uint32_t abi_version; /* PA_DECODE_ABI_VERSION */
  uint32_t struct_size; /* sizeof(pa_decode_args) */
  uint64_t query;       /* [tokens, q_heads, head_size]; sequence s owns tokens s*qlen .. s*qlen+qlen-1 */
  uint64_t key_cache;
  uint64_t value_cache;
  uint64_t output;       /* [tokens, q_heads, head_size], element type of the query */
  uint64_t lse;          /* f32 [tokens, q_heads], natural log; 0 if the variant has no LSE output */
  uint64_t block_tables; /* int32 [num_seqs, table_width] */
  uint64_t context_lens; /* int32 [num_seqs], counts the new tokens too */
  uint64_t workspace;    /* 16-byte aligned; the counters at its start must be zero before the first launch */
  int64_t query_token_stride;
  int64_t output_token_stride;
  int64_t key_page_stride;
  int64_t value_page_stride;
  int64_t key_head_stride;
  int64_t value_head_stride;
  int32_t num_seqs;
  int32_t table_width;    /* entries in a row of block_tables; a context longer than table_width*page is clamped */
  int32_t num_workgroups; /* the grid that is launched, x only */
  float softmax_scale;
} pa_decode_args;

/* Workspace of a split kernel: num_workgroups counters (uint32), padded to 256 bytes, then
 * 2*num_workgroups slots of slot_bytes (said by the code object's description). */
static inline uint64_t pa_decode_workspace_bytes(uint32_t num_workgroups, uint64_t slot_bytes) {
  uint64_t counters = ((uint64_t)num_workgroups * 4u + 255u) / 256u * 256u;
  return counters + 2u * (uint64_t)num_workgroups * slot_bytes;
}

#endif

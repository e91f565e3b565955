/* The argument block of a kernel that merges two results of the same queries (pa.merge_states), version 1: what a
 * launch passes, packed, by value.
 *
 * Plain C, no dependencies. All strides are in bytes. All pointers are device pointers; tensors of results are 16-byte
 * aligned, and so are their strides. */
#ifndef PA_MERGE_ABI_H
#define PA_MERGE_ABI_H

#include <stdint.h>

#define PA_MERGE_STATES_ABI_VERSION 1u

typedef struct pa_merge_states_args {
  uint32_t abi_version; /* PA_MERGE_STATES_ABI_VERSION */
  uint32_t struct_size; /* sizeof(pa_merge_states_args) */
  uint64_t a;           /* [num_tokens, heads, head_size], a token's heads dense */
  uint64_t a_lse;       /* f32 [num_tokens, heads], natural log, -inf: no key was seen */
  uint64_t b;
  uint64_t b_lse;
  uint64_t output; /* may be a or b */
  uint64_t lse;    /* may be a_lse or b_lse */
  int64_t a_token_stride;
  int64_t b_token_stride;
  int64_t output_token_stride;
  int32_t num_tokens;
  int32_t reserved; /* 0 */
} pa_merge_states_args;

#endif

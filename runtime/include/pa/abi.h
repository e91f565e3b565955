/* The argument block of a decode kernel, version 2: what a launch passes, packed, by value.
 *
 * Plain C, no dependencies: the runtime fills it, the compiler's codegen lays its LLVM struct out from the
 * same offsets (compiler/pipeline checks each one), and a foreign launcher can do the same. All strides are
 * in bytes. All pointers are device pointers. A kernel reads only what its variant has; the rest may be 0. */
#ifndef PA_ABI_H
#define PA_ABI_H

#include <stdint.h>

#define PA_DECODE_ABI_VERSION 2u

typedef struct pa_decode_args {
  uint32_t abi_version; /* PA_DECODE_ABI_VERSION */
  uint32_t struct_size; /* sizeof(pa_decode_args) */
  uint64_t query; /* [tokens, q_heads, head_size]; sequence s owns tokens s*qlen .. s*qlen+qlen-1, or qo_indptr's */
  uint64_t key_cache;
  uint64_t value_cache;
  uint64_t output;       /* [tokens, q_heads, value_head_size], element type output_type */
  uint64_t lse;          /* f32 [tokens, q_heads], natural log; 0 if the variant has no LSE output */
  uint64_t block_tables; /* int32 [num_seqs, table_width]; tables = csr: int32 page numbers of all sequences */
  uint64_t context_lens; /* int32 [num_seqs], counts the new tokens too; tables = csr: int32 last_page_len [num_seqs] */
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
  int64_t key_token_stride; /* nhd, hnd: bytes from a token of a head to the next one in its page */
  int64_t value_token_stride;
  uint64_t kv_indptr;    /* tables = csr: int32 [num_seqs + 1], where a sequence's page numbers start */
  uint64_t qo_indptr;    /* ragged: int32 [num_seqs + 1], a sequence's first token */
  uint64_t key_scales;   /* f32, by the variant's scales */
  uint64_t value_scales; /* f32 */
  int64_t key_scale_page_stride;
  int64_t value_scale_page_stride;
  int64_t key_scale_head_stride;
  int64_t value_scale_head_stride;
  uint64_t alibi_slopes;     /* f32 [q_heads] */
  uint64_t sinks;            /* f32 [q_heads], a score each, natural-log like scores */
  float soft_cap;            /* scores become soft_cap * tanh(score / soft_cap) */
  float output_scale;        /* an FP8 output holds result / output_scale */
  float score_numbers[4];    /* the numbers that a user's score region takes, in order */
  uint64_t score_tensors[4]; /* its tensors, f32 */
} pa_decode_args;

/* Workspace of a split kernel: num_workgroups counters (uint32), padded to 256 bytes, then
 * 2*num_workgroups slots of slot_bytes (said by the code object's description). */
static inline uint64_t pa_decode_workspace_bytes(uint32_t num_workgroups, uint64_t slot_bytes) {
  uint64_t counters = ((uint64_t)num_workgroups * 4u + 255u) / 256u * 256u;
  return counters + 2u * (uint64_t)num_workgroups * slot_bytes;
}

#endif

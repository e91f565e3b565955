/* The argument blocks of the kernels that write a cache (pa.append) and copy its pages (pa.copy_pages), version 1: what
 * a launch passes, packed, by value.
 *
 * Plain C, no dependencies. All strides are in bytes. All pointers are device pointers, 16-byte aligned, and so are all
 * strides but those of scales (4 bytes). A kernel reads only what its description has; the rest may be 0. */
#ifndef PA_APPEND_ABI_H
#define PA_APPEND_ABI_H

#include <stdint.h>

#define PA_APPEND_ABI_VERSION 1u
#define PA_COPY_PAGES_ABI_VERSION 1u

/* A paged cache: pages by its layout, scales by its kind of scales. */
typedef struct pa_cache {
  uint64_t keys;
  uint64_t values;
  uint64_t key_scales;   /* f32 */
  uint64_t value_scales; /* f32 */
  int64_t key_page_stride;
  int64_t value_page_stride;
  int64_t key_head_stride;
  int64_t value_head_stride;
  int64_t key_token_stride; /* nhd, hnd */
  int64_t value_token_stride;
  int64_t key_scale_page_stride; /* token, page */
  int64_t value_scale_page_stride;
  int64_t key_scale_head_stride; /* head, token, page */
  int64_t value_scale_head_stride;
  int32_t num_pages; /* nothing is read or written past them */
  int32_t reserved;  /* 0 */
} pa_cache;

typedef struct pa_append_args {
  uint32_t abi_version; /* PA_APPEND_ABI_VERSION */
  uint32_t struct_size; /* sizeof(pa_append_args) */
  pa_cache cache;
  uint64_t keys;      /* [num_tokens, kv_heads, head_size], a token's heads dense */
  uint64_t values;    /* [num_tokens, kv_heads, value_head_size] */
  uint64_t slots;     /* int64 [num_tokens]: page * page_size + offset in the page; -1: the token is skipped */
  uint64_t bad_token; /* int32, -1 before the launch: the first token whose slot is outside of the cache; or 0 */
  int64_t keys_token_stride;
  int64_t values_token_stride;
  int32_t num_tokens;
  int32_t reserved; /* 0 */
} pa_append_args;

typedef struct pa_copy_pages_args {
  uint32_t abi_version; /* PA_COPY_PAGES_ABI_VERSION */
  uint32_t struct_size; /* sizeof(pa_copy_pages_args) */
  pa_cache source;
  pa_cache target;   /* may be the same as source */
  uint64_t pairs;    /* int64 [num_pairs, 2]: source page, target page */
  uint64_t bad_pair; /* int32, -1 before the launch: the first pair with a page outside of its cache; or 0 */
  int32_t num_pairs;
  int32_t reserved; /* 0 */
} pa_copy_pages_args;

#endif

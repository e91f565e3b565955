/* libpa: kernels for paged-attention decode, on AMD GPUs through HIP or on the emulated device.
 *
 *   pa_device_open("hip:0", &device);
 *   pa_check(pa_device_chip(device), variant, bytes);                 (every reason why not, without compiling)
 *   pa_kernel_request(device, &source, 0, &kernel);                   (from a bundle, the cache, or compiled)
 *   pa_decode_workspace(kernel, max_sequences, &bytes, &alignment);   (allocate it, zero it once)
 *   pa_kernel_prepare(kernel, stream);                                (before it is captured)
 *   pa_append(writer, &tokens, stream);                               (new keys and values into the cache)
 *   pa_decode(kernel, &call, stream);                                 (one launch each; may be captured)
 *
 * Every function returns a status; pa_last_error() has its text. Nothing here throws, aborts or prints. All
 * functions may be called from any thread. Structs begin with their size, which the caller sets to sizeof: so a library
 * that is newer or older than the header knows which fields there are. Device memory is given as 64-bit addresses.
 */
#ifndef PA_PA_H
#define PA_PA_H

#include "pa/Export.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PA_VERSION_MAJOR 0
#define PA_VERSION_MINOR 4

typedef enum pa_status {
  PA_OK = 0,
  PA_INVALID_ARGUMENT = 1, /* a value that the text says is not allowed */
  PA_INVALID_OBJECT = 2,   /* not a code object of ours: truncated, foreign or inconsistent */
  PA_OTHER_CHIP = 3,       /* a code object for another chip than the device's */
  PA_UNAVAILABLE = 4,      /* no such device, or something it needs cannot be loaded */
  PA_UNSUPPORTED = 5,      /* understood, but not implemented here */
  PA_CAPTURING = 6,        /* not possible while a stream is captured */
  PA_MEMORY = 7,           /* an allocation or a copy that cannot be */
  PA_KERNEL_FAULT = 8,     /* a kernel did what it must not */
  PA_NOT_CACHED = 9,       /* compiling was not allowed, and nothing is compiled already */
  PA_COMPILE_FAILED = 10,  /* the text has the compiler's last words */
  PA_INTERNAL = 11,
  PA_WRONG_RESULT = 12 /* a checked launch (PA_VERIFY) gave something else than the reference; since 0.3 */
} pa_status;

typedef struct pa_device pa_device;
typedef struct pa_kernel pa_kernel;

/* Major * 1000 + minor, of the library that is loaded. */
PA_API uint32_t pa_version(void);
/* "PA_OTHER_CHIP"; for a value that is none, "PA_INTERNAL". */
PA_API const char *pa_status_name(pa_status status);
/* Of the calling thread's last call that failed, "" before any; UTF-8, whatever it quotes. Valid until its next one. */
PA_API const char *pa_last_error(void);

/* "hip:<index>" or "emulated:<chip>". Closed devices live on until their last kernel is released. */
PA_API pa_status pa_device_open(const char *name, pa_device **device);
PA_API void pa_device_close(pa_device *device);
/* "gfx942". Valid as long as the device. */
PA_API const char *pa_device_chip(const pa_device *device);
PA_API uint32_t pa_device_compute_units(const pa_device *device);

/* Memory of the device, for programs that have no allocator of their own. Copies wait for the device. */
PA_API pa_status pa_device_allocate(pa_device *device, const char *name, uint64_t bytes, uint64_t *address);
PA_API pa_status pa_device_release(pa_device *device, uint64_t address);
PA_API pa_status pa_device_write(pa_device *device, uint64_t target, const void *source, uint64_t bytes);
PA_API pa_status pa_device_read(pa_device *device, void *target, uint64_t source, uint64_t bytes);
PA_API pa_status pa_device_fill(pa_device *device, uint64_t target, uint8_t value, uint64_t bytes);
/* Lets kernels reach the program's own memory, and gives the address that they have it at (on the emulated device, its
 * own). It stays the program's, which unmaps it before it goes away. Since 0.3. */
PA_API pa_status pa_device_map(pa_device *device, const char *name, void *host, uint64_t bytes, uint64_t *address);
PA_API pa_status pa_device_unmap(pa_device *device, void *host);
PA_API pa_status pa_device_synchronize(pa_device *device);

/* From a code object that is compiled already; the bytes may go away afterwards. Not while a stream is captured, unless
 * the device has an object of these bytes loaded: it loads one once, for all kernels of it that are not released yet.
 */
PA_API pa_status pa_kernel_load(pa_device *device, const void *object, size_t bytes, pa_kernel **kernel);
/* The last release of an object's kernels unloads it, and waits for nothing: launches with it have ended by then (the
 * caller has waited for their streams), graphs with it are not launched any more, and no stream is captured. */
PA_API void pa_kernel_release(pa_kernel *kernel);
/* Before the first launch is captured: does whatever the device would otherwise do in it, and says PA_CAPTURING if the
 * stream is captured already. Libraries before ROCm 7.14 do not say so by themselves. Since 0.3. */
PA_API pa_status pa_kernel_prepare(const pa_kernel *kernel, void *stream);

/* Whether a variant's JSON (docs/variant.md) is supported on a chip ("gfx942"), without compiling. If not:
 * PA_UNSUPPORTED, and pa_last_error() has every reason, one a line, "field is value, allowed: ... (limit of ...)", and
 * then, if changing these fields helps, "nearest supported: head_size 128, page_size 32"; of a description that is
 * wrong PA_INVALID_ARGUMENT, and everything that is wrong with it. */
PA_API pa_status pa_check(const char *chip, const char *variant, size_t bytes);
/* Those reasons one by one, since 0.3: of the calling thread's last call that failed, 0 if it was not for a
 * description. Texts are valid until the thread's next failure. */
typedef enum pa_limit { PA_LIMIT_DESCRIPTION = 0, PA_LIMIT_HARDWARE = 1, PA_LIMIT_COMPILER = 2 } pa_limit;
typedef struct pa_reason {
  uint32_t size;
  uint32_t limit;      /* pa_limit: whose it is */
  const char *field;   /* "head_size"; "" if the whole is no description */
  const char *value;   /* as JSON has it, "" if it is missing */
  const char *allowed; /* in words */
  const char *why;     /* what sets the limit; "" if the description contradicts itself */
  const char *text;    /* the line of pa_last_error() */
} pa_reason;
PA_API uint32_t pa_reason_count(void);
/* Leaves pa_last_error() as it is: PA_INVALID_ARGUMENT says that there is no such reason, or a wrong size. */
PA_API pa_status pa_reason_get(uint32_t index, pa_reason *reason);
/* Whether it is, and how it is compiled or why not, as `pa-compile --explain=json` has it. What is supported is
 * compiled for that, in a process of its own. The text is valid until the thread's next call of this. */
PA_API pa_status pa_explain(const char *chip, const char *variant, size_t bytes, const char **json);

/* A file of `pa-compile bundle`: its kernels are found before the cache's, as are those of PA_BUNDLES (paths with
 * colons between them). For the whole process, from now on. */
PA_API pa_status pa_bundle_add(const char *path);

/* A kernel's description, for which code is found in a bundle or in the cache, or else compiled. */
typedef enum pa_source_kind {
  PA_SOURCE_MLIR = 0,   /* an .mlir module with one kernel, as pa-compile takes it */
  PA_SOURCE_VARIANT = 1 /* a variant as JSON; its "op" says which kernel */
} pa_source_kind;
typedef struct pa_source {
  uint32_t size;
  uint32_t kind; /* pa_source_kind */
  const char *text;
  uint64_t text_bytes;
  const char *options;  /* of the compiler's pa pipeline; null: none */
  uint32_t deadline_ms; /* after which compiling is stopped; 0: two minutes */
  uint32_t reserved;    /* 0 */
} pa_source;
/* Flags. PA_GENERIC (since 0.4): of a variant that has no kernel since it may not be compiled, or since the compiler is
 * missing, crashes, hangs or refuses, the generic kernel, which needs no compiler; pa_kernel_info says so. With
 * PA_ONLY_CACHED that is at once. Everything else that is wrong stays an error. */
enum {
  PA_ONLY_CACHED = 1, /* PA_NOT_CACHED instead of compiling */
  PA_IN_PROCESS = 2,  /* compile in this process (libpa_compiler.so), where a crash is the engine's own; no deadline */
  PA_GENERIC = 4
};
/* Waits until the kernel is there. One process compiles it, however many ask. Compiling happens in a process of its
 * own: a compiler that crashes or hangs is PA_COMPILE_FAILED. While a stream is captured, as pa_kernel_load. */
PA_API pa_status pa_kernel_request(pa_device *device, const pa_source *source, uint32_t flags, pa_kernel **kernel);

/* The same without waiting: the source is copied. */
typedef struct pa_request pa_request;
PA_API pa_status pa_request_start(pa_device *device, const pa_source *source, uint32_t flags, pa_request **request);
/* Whether pa_request_finish would return at once. */
PA_API int pa_request_is_ready(const pa_request *request);
/* Waits, gives the kernel or why there is none, and releases the request. */
PA_API pa_status pa_request_finish(pa_request *request, pa_kernel **kernel);

/* Which kernel: what its variant's "op" says. */
typedef enum pa_op { PA_OP_DECODE = 0, PA_OP_APPEND = 1, PA_OP_COPY_PAGES = 2, PA_OP_MERGE_STATES = 3 } pa_op;

/* What a kernel says of itself; 0 where its op has no such thing. The text is its description as docs/abi.md has it,
 * valid as long as the kernel. */
typedef struct pa_kernel_info {
  uint32_t size;
  uint32_t head_size;
  uint32_t q_heads;
  uint32_t kv_heads;
  uint32_t page_size;    /* tokens */
  uint32_t query_tokens; /* of every sequence */
  uint32_t has_lse;
  uint32_t element_bytes; /* of the query */
  uint64_t page_bytes;    /* of one page of K, if dense */
  const char *description;
  uint32_t value_head_size; /* from here on: since 0.2 */
  uint32_t cache_element_bytes;
  uint32_t output_element_bytes;
  uint32_t tile_tokens;
  uint64_t value_page_bytes;
  uint32_t op;                /* pa_op; since 0.3 */
  uint32_t generic;           /* 1 if it is the variant's generic kernel, PA_GENERIC; since 0.4 */
  const char *generic_reason; /* why it is that one: the error's text; "" if it is not. Valid as long as the kernel */
} pa_kernel_info;
PA_API pa_status pa_kernel_get_info(const pa_kernel *kernel, pa_kernel_info *info);

/* Bytes of workspace for up to so many sequences, 0 if none is needed. It is bounded by the chip and not by the
 * context. It is zeroed once, before the first launch, and serves all launches that run one after the other. */
PA_API pa_status pa_decode_workspace(const pa_kernel *kernel, int64_t sequences, uint64_t *bytes, uint64_t *alignment);

/* One call of a decode kernel: device addresses, and strides in bytes, of which 0 means dense. */
typedef struct pa_decode_call {
  uint32_t size;
  int32_t sequences;
  int32_t table_width; /* entries in a row of block_tables */
  float softmax_scale;
  uint64_t query;
  uint64_t key_cache;
  uint64_t value_cache;
  uint64_t output;
  uint64_t lse; /* 0 if and only if the kernel writes none */
  uint64_t block_tables;
  uint64_t context_lens;
  uint64_t workspace;
  uint64_t workspace_bytes;
  int64_t query_token_stride;
  int64_t output_token_stride;
  int64_t key_page_stride;
  int64_t value_page_stride;
  int64_t key_head_stride;
  int64_t value_head_stride;
  /* From here on: since 0.2. What the kernel's variant has not must be 0. */
  int64_t key_token_stride; /* of linear layouts: from a token of a head to the next one in its page */
  int64_t value_token_stride;
  uint64_t kv_indptr;    /* tables = csr: block_tables are all sequences' pages, context_lens the last pages' lengths */
  uint64_t qo_indptr;    /* ragged */
  uint64_t key_scales;   /* f32, by the variant's scales */
  uint64_t value_scales; /* f32 */
  int64_t key_scale_page_stride;
  int64_t value_scale_page_stride;
  int64_t key_scale_head_stride;
  int64_t value_scale_head_stride;
  uint64_t alibi_slopes;     /* f32 [q_heads] */
  uint64_t sinks;            /* f32 [q_heads] */
  float soft_cap;            /* above 0 if the variant has one */
  float output_scale;        /* above 0 if the output is FP8 */
  float score_numbers[4];    /* a user's score region takes them, in order */
  uint64_t score_tensors[4]; /* and these */
} pa_decode_call;
/* Checks the call and enqueues one kernel on the stream (a hipStream_t; null: the default one, and always for the
 * emulated device). Allocates nothing, reads nothing back, waits for nothing. */
PA_API pa_status pa_decode(const pa_kernel *kernel, const pa_decode_call *call, void *stream);

/* Kernels beside decode (docs/cache-kernels.md), since 0.3. They are requested like any other, by a variant with an
 * "op", and launched by the same rules: checked, one kernel, nothing allocated, read back or waited for. */

/* A paged cache: device addresses, and strides in bytes, of which 0 means dense. */
typedef struct pa_paged_cache {
  uint32_t size;
  int32_t pages; /* nothing is read or written past them */
  uint64_t key_cache;
  uint64_t value_cache;
  uint64_t key_scales; /* f32, by the variant's scales */
  uint64_t value_scales;
  int64_t key_page_stride;
  int64_t value_page_stride;
  int64_t key_head_stride;
  int64_t value_head_stride;
  int64_t key_token_stride; /* of linear layouts */
  int64_t value_token_stride;
  int64_t key_scale_page_stride;
  int64_t value_scale_page_stride;
  int64_t key_scale_head_stride;
  int64_t value_scale_head_stride;
} pa_paged_cache;

/* New keys and values into their slots, page * page_size + offset; a slot of -1 is skipped. */
typedef struct pa_append_call {
  uint32_t size;
  int32_t tokens;
  const pa_paged_cache *cache; /* read during the call only */
  uint64_t keys;               /* [tokens, kv_heads, head_size], a token's heads dense */
  uint64_t values;             /* [tokens, kv_heads, value_head_size] */
  uint64_t slots;              /* int64 [tokens] */
  uint64_t bad_token;          /* int32, or 0: -1 before, and then the first token whose slot is outside of the cache */
  int64_t keys_token_stride;
  int64_t values_token_stride;
} pa_append_call;
PA_API pa_status pa_append(const pa_kernel *kernel, const pa_append_call *call, void *stream);

/* Pages of a cache to other pages of it, or to another cache. */
typedef struct pa_copy_pages_call {
  uint32_t size;
  int32_t count; /* of pairs, or of pages */
  const pa_paged_cache *source;
  const pa_paged_cache *target; /* may be the same */
  uint64_t pairs;               /* int64 [count, 2]: source page, target page; 0 for a variant without pairs */
  uint64_t bad_pair;            /* int32, or 0: -1 before, and then the first pair with a page outside of its cache */
} pa_copy_pages_call;
PA_API pa_status pa_copy_pages(const pa_kernel *kernel, const pa_copy_pages_call *call, void *stream);

/* Two results of the same queries over different keys become one, which may take the place of either. */
typedef struct pa_merge_states_call {
  uint32_t size;
  int32_t tokens;
  uint64_t a;     /* [tokens, heads, head_size], a token's heads dense */
  uint64_t a_lse; /* f32 [tokens, heads], natural log */
  uint64_t b;
  uint64_t b_lse;
  uint64_t output;
  uint64_t lse;
  int64_t a_token_stride;
  int64_t b_token_stride;
  int64_t output_token_stride;
} pa_merge_states_call;
PA_API pa_status pa_merge_states(const pa_kernel *kernel, const pa_merge_states_call *call, void *stream);

#ifdef __cplusplus
}
#endif

#endif

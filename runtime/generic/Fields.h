// What the launch of a generic kernel passes behind its argument block: which variant it is to be, as numbers. Host and
// device see the same struct; 0 stands for what an op has not. The numbers are those of compiler/variant/Variant.h.
#ifndef PA_RUNTIME_GENERIC_FIELDS_H
#define PA_RUNTIME_GENERIC_FIELDS_H

#include <stdint.h>

namespace pa::generic {

enum Type : uint32_t { bf16, f16, fp8E4m3fn, fp8E4m3fnuz, int8 };
enum Layout : uint32_t { nhd, hnd, classic, shuffled };
enum Scales : uint32_t { noScales, ofTensor, ofHead, ofToken, ofPage };

// Of a cache, or of the source that pages are copied from.
struct CacheFields {
  Type type;
  Layout layout;
  Scales scales;
  uint32_t headSize, valueHeadSize, heads, pageSize;
  uint32_t reserved; // 0
};

struct Fields {
  CacheFields cache;
  CacheFields source;                                       // copy_pages
  Type type;                                                // of queries, of new tokens, of results that are merged
  Type outputType;                                          // decode
  uint32_t queryHeads;                                      // decode; merge_states: heads
  uint32_t queryTokens;                                     // decode, the most of a sequence
  uint32_t window;                                          // decode, 0: all keys
  uint32_t ragged, csr, causal, softCap, alibi, sinks, lse; // decode, 0 or 1
  uint32_t headSize;                                        // merge_states
  uint32_t pairs;                                           // copy_pages, 0 or 1
};
static_assert(sizeof(Fields) == 120, "its size is a multiple of 8, as those of the argument blocks are");

// Sizes that the kernels have room for.
constexpr uint32_t mostHeadSize = 256, mostMergedHeadSize = 512;
constexpr uint32_t laneCount = 64, workgroupWaves = 4, workgroupThreads = laneCount * workgroupWaves;

} // namespace pa::generic

#endif

// What a decode kernel computes, as data: the description that pa-compile and libpa take, and that a code object
// carries. Kernels beside decode: AnyVariant.h. Plain C++ without LLVM, for compiler and runtime alike. docs/variant.md
// is the reference of the JSON form.
#ifndef PA_COMPILER_VARIANT_VARIANT_H
#define PA_COMPILER_VARIANT_VARIANT_H

#include "compiler/variant/FieldError.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pa {

enum class ElementType { bf16, f16, fp8E4m3fn, fp8E4m3fnuz, int8 };
// Order of a page's elements; x = 16 / element bytes.
//   nhd       K, V [token][head][d]
//   hnd       K, V [head][token][d]
//   classic   K [head][d/x][token][x], V [head][d][token]
//   shuffled  K as classic,            V [head][token/x][d][x]
enum class CacheLayout { nhd, hnd, classic, shuffled };
// What one float32 scale belongs to; keys and values have their own. A scale multiplies what the cache's code says.
enum class Scales { none, tensor, head, token, page }; // [1], [kv_heads], [pages, kv_heads, page], [pages, kv_heads]
enum class Tables { block, csr };             // block_tables and context_lens, or kv_indptr, indices, last_page_len
enum class Mask { causal, none };             // causal inside the new tokens; none: every token sees all keys
enum class SplitKv { none, balanced, fixed }; // fixed: parts of split_tokens, whatever else is in the batch
enum class PTerms { single, split };          // softmax weights rounded once, or kept as two terms
enum class Products { wide, fp8 };            // of an FP8 cache: in the query's type, or with Q and P as FP8

const char *toString(ElementType type);
const char *toString(CacheLayout layout);
const char *toString(Scales scales);
const char *toString(Tables tables);
const char *toString(Mask mask);
const char *toString(SplitKv split);
const char *toString(PTerms p);
const char *toString(Products products);

constexpr uint32_t elementBytes(ElementType type) {
  return type == ElementType::bf16 || type == ElementType::f16 ? 2 : 1;
}
constexpr bool isFp8(ElementType type) { return type == ElementType::fp8E4m3fn || type == ElementType::fp8E4m3fnuz; }

// The cache that a kernel reads or writes.
struct VariantCache {
  ElementType cacheType = ElementType::bf16;
  uint32_t headSize = 0;      // of keys and queries
  uint32_t valueHeadSize = 0; // of values and output
  uint32_t kvHeads = 0;
  uint32_t pageSize = 0; // tokens
  CacheLayout layout = CacheLayout::nhd;
  Scales scales = Scales::none;

  uint32_t pieceElements() const { return 16 / elementBytes(cacheType); } // x of the layouts
  bool isLinear() const { return layout == CacheLayout::nhd || layout == CacheLayout::hnd; }
  // Bytes of one page of keys (values) if it is dense.
  uint64_t keyPageBytes() const { return uint64_t(pageSize) * kvHeads * headSize * elementBytes(cacheType); }
  uint64_t valuePageBytes() const { return uint64_t(pageSize) * kvHeads * valueHeadSize * elementBytes(cacheType); }
};

struct Variant : VariantCache {
  ElementType queryType = ElementType::bf16;
  ElementType outputType = ElementType::bf16;
  uint32_t queryHeads = 0;
  uint32_t queryTokens = 1; // of every sequence, or the most of one where they are ragged
  bool ragged = false;      // qo_indptr says how many
  Tables tables = Tables::block;
  Mask mask = Mask::causal;
  uint32_t window = 0; // keys that a token sees, its own included; 0: all
  bool softCap = false;
  bool alibi = false;
  bool sinks = false;
  bool userScore = false; // a score region that this description does not show
  bool lse = false;
  Products products = Products::wide;
  PTerms p = PTerms::single;
  SplitKv split = SplitKv::balanced;
  uint32_t splitTokens = 0; // of a fixed split

  uint32_t group() const { return queryHeads / kvHeads; }
  uint64_t queryTokenBytes() const { return uint64_t(queryHeads) * headSize * elementBytes(queryType); }
  uint64_t outputTokenBytes() const { return uint64_t(queryHeads) * valueHeadSize * elementBytes(outputType); }
};

// A variant or everything that is wrong with it.
template <class V> struct Parsed {
  V variant;
  std::vector<FieldError> errors;
};
using ParsedVariant = Parsed<Variant>;

// From a JSON object's text. head_size, q_heads, kv_heads, page_size, cache_type and layout must be there, other fields
// have the defaults above (output_type and query_type: the cache's if that is of 16 bits, else bf16; value_head_size:
// head_size). An unknown field is an error: it could change what the kernel means.
ParsedVariant parseVariant(std::string_view json);
// All fields, in the order of docs/variant.md.
std::string printVariant(const Variant &variant);

} // namespace pa

#endif

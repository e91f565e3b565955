// One paged-attention decode call as the reference sees it: what is computed, the inputs, and how to find one's way in
// them. Plain C++, shares no code with the compiler, the runtime or the emulated device.
#ifndef PA_TEST_REFERENCE_CALL_H
#define PA_TEST_REFERENCE_CALL_H

#include "test/reference/Formats.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace pa::reference {

// Element order inside a page; x = 16 / element bytes.
//   nhd:      K and V [token][head][d]
//   hnd:      K and V [head][token][d]
//   classic:  K [head][d/x][token][x], V [head][d][token]
//   shuffled: K [head][d/x][token][x], V [head][token/x][d][x]
enum class Layout { nhd, hnd, classic, shuffled };
bool parseLayout(std::string_view name, Layout &layout);

// What one scale belongs to: [1], [kv_heads], [pages, kv_heads, page_size], [pages, kv_heads].
enum class Scales { none, tensor, head, token, page };

struct Shape {
  Type queryType = Type::bf16;
  Type cacheType = Type::bf16;
  Type outputType = Type::bf16;
  Layout layout = Layout::nhd;
  int headSize = 0;      // of keys and queries
  int valueHeadSize = 0; // of values and the output
  int queryHeads = 0;
  int kvHeads = 0;
  int pageSize = 0; // tokens
  Scales scales = Scales::none;
  int queryTokens = 1; // of every sequence, unless qoIndptr says how many
  bool causal = true;  // else every token sees all keys
  int window = 0;      // the last so many keys that a token sees, its own included; 0: all
  // Whether a kernel has the queries and the weights in the cache's FP8 for its products. The truth does not change,
  // but the best possible result does.
  bool fp8Products = false;

  int group() const { return queryHeads / kvHeads; }
  int cacheBytes() const { return facts(cacheType).bytes; } // of an element
  int pieceElements() const { return 16 / cacheBytes(); }   // x
};

// Bytes from one page, head or token to the next. Only nhd and hnd have a step from token to token.
struct Strides {
  int64_t page = 0, head = 0, token = 0;
};
Strides denseKeys(const Shape &shape);
Strides denseValues(const Shape &shape);
// Of scales; 0 where there is no such step. A head's scales of tokens are dense.
Strides denseScales(const Shape &shape);

// Byte offset of (token in page, head, d) from the start of its page.
int64_t keyOffset(const Shape &shape, const Strides &strides, int token, int head, int d);
int64_t valueOffset(const Shape &shape, const Strides &strides, int token, int head, int d);
int64_t scaleOffset(const Shape &shape, const Strides &strides, int64_t page, int token, int head);

struct Inputs {
  const uint16_t *query = nullptr;     // [tokens][queryHeads][headSize]
  const uint8_t *keyCache = nullptr;   // pages
  const uint8_t *valueCache = nullptr; // pages
  Strides keys, values;
  const float *keyScales = nullptr;
  const float *valueScales = nullptr;
  Strides keyScaleStrides, valueScaleStrides;
  const int32_t *blockTables = nullptr; // [sequences][tableWidth], or all sequences' pages where kvIndptr says
  const int32_t *contextLens = nullptr; // [sequences], the new tokens counted; with kvIndptr: of the last page alone
  const int32_t *kvIndptr = nullptr;    // [sequences + 1], null: blockTables has rows
  const int32_t *qoIndptr = nullptr;    // [sequences + 1], null: all sequences have queryTokens
  int sequences = 0;
  int tableWidth = 0;
  int64_t pages = 0;
  double softmaxScale = 1.0;
  double softCap = 0;                 // 0: none
  const float *alibiSlopes = nullptr; // [queryHeads]
  const float *sinks = nullptr;       // [queryHeads]
  double outputScale = 1.0;           // the output is the result over it
};

// A sequence's new tokens: how many, and the first one's number among all.
int queryTokens(const Shape &shape, const Inputs &inputs, int sequence);
int64_t firstToken(const Shape &shape, const Inputs &inputs, int sequence);
inline int64_t allTokens(const Shape &shape, const Inputs &inputs) {
  return firstToken(shape, inputs, inputs.sequences);
}

// Tokens in the cache. A context is clamped to [0, tableWidth * pageSize].
int contextOf(const Shape &shape, const Inputs &inputs, int sequence);
// The page table's entry for the position-th page of a sequence, and where it stands in blockTables.
size_t entryIndex(const Inputs &inputs, int sequence, int position);

// Keys from `first` to before `end`.
struct KeyRange {
  int first = 0, end = 0;
  int count() const { return end - first; }
  bool operator==(const KeyRange &other) const { return first == other.first && end == other.end; }
};
// What query token `token` of `tokens` sees of `context` keys.
KeyRange visibleKeys(const Shape &shape, int context, int tokens, int token);
// What any token of the sequence sees: nothing before or behind is needed.
KeyRange neededKeys(const Shape &shape, const Inputs &inputs, int sequence);

// A used table entry outside the cache; sequence < 0 when there is none.
struct BadPage {
  int sequence = -1;
  int position = -1; // in the sequence's row of the table
  int32_t entry = 0;
};
BadPage findBadPage(const Shape &shape, const Inputs &inputs);

// The first position at which an indptr starts below zero or decreases; -1 when there is none.
int findDecrease(const int32_t *indptr, int sequences);

} // namespace pa::reference

#endif

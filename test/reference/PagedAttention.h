// Paged-attention decode in float64 on the exact quantised inputs: the truth that results are measured against.
// Plain C++, shares no code with the compiler, the runtime or the emulated device.
#ifndef PA_TEST_REFERENCE_PAGEDATTENTION_H
#define PA_TEST_REFERENCE_PAGEDATTENTION_H

#include "test/reference/Formats.h"

#include <cstddef>
#include <cstdint>
#include <string>
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

struct Shape {
  Type queryType = Type::bf16; // and the output's
  Type cacheType = Type::bf16;
  Layout layout = Layout::nhd;
  int headSize = 0;
  int queryHeads = 0;
  int kvHeads = 0;
  int pageSize = 0;    // tokens
  int queryTokens = 1; // of every sequence

  int group() const { return queryHeads / kvHeads; }
  int tokensPerPiece() const { return 8; } // x of two-byte elements
  size_t pageElements() const { return static_cast<size_t>(pageSize) * kvHeads * headSize; }
};

// Element offset of (token in page, head, d) from the start of its page, dense.
size_t keyOffset(const Shape &shape, int token, int head, int d);
size_t valueOffset(const Shape &shape, int token, int head, int d);

struct Inputs {
  const uint16_t *query = nullptr;      // [sequences * queryTokens][queryHeads][headSize]
  const uint16_t *keyCache = nullptr;   // `pages` pages of pageElements()
  const uint16_t *valueCache = nullptr; // the same
  const int32_t *blockTables = nullptr; // [sequences][tableWidth]
  const int32_t *contextLens = nullptr; // [sequences], the new tokens counted
  int sequences = 0;
  int tableWidth = 0;
  int64_t pages = 0;
  double softmaxScale = 1.0;
};

// Visible keys of a query token: p <= context - queryTokens + token. Contexts are clamped to [0, tableWidth*pageSize].
int clampedContext(const Shape &shape, const Inputs &inputs, int sequence);
int visibleKeys(const Shape &shape, int context, int token);

struct Result {
  std::vector<double> output; // [sequences * queryTokens][queryHeads][headSize]
  std::vector<double> best;   // output rounded to the query's type: the best result a kernel can give
  std::vector<double> lse;    // [sequences * queryTokens][queryHeads], natural log, -inf for a row without keys
};

// A used table entry outside the cache; sequence < 0 when there is none.
struct BadPage {
  int sequence = -1;
  int position = -1; // in the sequence's row of the table
  int32_t entry = 0;
};
BadPage findBadPage(const Shape &shape, const Inputs &inputs);

// Precondition: findBadPage found none. Uses up to `threads` threads.
Result pagedAttention(const Shape &shape, const Inputs &inputs, unsigned threads = 2);

} // namespace pa::reference

#endif

// What the kernels beside decode should write: a token's head put into a cache, a page's numbers in another cache's
// type, two results merged. By docs/cache-kernels.md; as independent of the compiler as the rest of this folder.
#ifndef PA_TEST_REFERENCE_CACHEWRITES_H
#define PA_TEST_REFERENCE_CACHEWRITES_H

#include "test/reference/Call.h"

namespace pa::reference {

// One head of a token, keys or values, as a cache holds it.
struct StoredRow {
  std::vector<uint16_t> codes;
  float scale = 1; // with scales by token the one that was made, else the caller's
};
// `row` has `size` codes of `type`, of 16 bits.
StoredRow storeRow(Type type, const uint16_t *row, int size, const Shape &cache, float callersScale);

// A code of a page that is copied, and its scale.
uint16_t convertCode(Type from, Type to, uint16_t code);
float convertScale(Type from, Type to, float scale);

// Whether two codes say the same: a NaN's sign means nothing.
bool sameNumber(Type type, uint16_t one, uint16_t other);

// One row of two results. The errors are those that rounding may make.
struct MergedRow {
  std::vector<double> values, allowed;
  double lse = 0, allowedLse = 0;
};
MergedRow mergeRow(Type type, const uint16_t *a, float lseA, const uint16_t *b, float lseB, int size);

} // namespace pa::reference

#endif

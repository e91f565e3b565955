// Paged-attention decode in float64 on the exact quantised inputs: the truth that results are measured against.
#ifndef PA_TEST_REFERENCE_PAGEDATTENTION_H
#define PA_TEST_REFERENCE_PAGEDATTENTION_H

#include "test/reference/Call.h"

namespace pa::reference {

// Rows are [tokens][queryHeads], a row of output has valueHeadSize elements. An FP8 output is what is stored: divided
// by the output's scale and saturated. A visible key that is NaN makes its rows NaN, a NaN in a visible value its
// column of them, also with a weight of 0.
struct Result {
  std::vector<double> output;
  std::vector<double> best;    // the best result a kernel can give: rounded to the output's type
  std::vector<double> lse;     // natural log; -inf for a row without keys, or its sink
  std::vector<double> bestLse; // differs with FP8 products only
  std::vector<double>
      queryErrors; // of each row the largest that a query rounded to FP8 leaves, 0 without such products
  std::vector<int64_t> firstTokens; // [sequences + 1]: of which sequence a row is
};

// Precondition: findBadPage found none, and findDecrease neither. Uses up to `threads` threads.
Result pagedAttention(const Shape &shape, const Inputs &inputs, unsigned threads = 2);

} // namespace pa::reference

#endif

// How far a result is from the reference, and how far the best possible one is: more than a pass within a tolerance.
#ifndef PA_TEST_REFERENCE_ERRORS_H
#define PA_TEST_REFERENCE_ERRORS_H

#include "test/reference/PagedAttention.h"

namespace pa::reference {

struct Place {
  int sequence = 0;
  int token = 0; // query token of the sequence
  int head = 0;
  int d = 0;
};

struct Errors {
  double largest = 0; // absolute; infinite when a result is not finite where the reference is
  Place where;
  double got = 0, expected = 0; // there
  double relativeL2 = 0;        // |result - reference| / |reference|, 0/0 is 0 and x/0 infinite
  double bestRelativeL2 = 0;    // the same of the reference rounded to the output's type
  double ratio = 1;             // relativeL2 / bestRelativeL2; 0/0 is 1 and x/0 infinite
  double worstSequenceRatio =
      1; // `ratio` of one sequence alone: short contexts, with their large values, hide no long one
  int worstSequence = 0;
  double largestOfRow =
      0; // the largest error over the largest value of its row, or over the type's least normal number
  Place whereOfRow;
  // The same of what the row's largest error has over the best possible result's, or over that of a query rounded to
  // FP8.
  double largestExcessOfRow = 0;
  Place whereOfExcess;
  int64_t inexactRows = 0; // rows that have an error although the best possible result has none
  Place firstInexact;
  int64_t expectedNaN = 0; // elements
};

// `output` as the kernel wrote it: [tokens][queryHeads][valueHeadSize], codes of the output's type. Two NaNs have no
// error; where both are, nothing counts.
Errors measure(const Shape &shape, const Result &reference, const uint16_t *output);

struct LseErrors {
  double largest = 0; // absolute; two equal infinities have no error, nor have two NaNs
  Place where;        // d is 0
  double got = 0, expected = 0;
  double largestOfBest = 0; // of the best possible result
};
LseErrors measureLse(const Shape &shape, const Result &reference, const float *lse);

} // namespace pa::reference

#endif

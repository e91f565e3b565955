#include "test/reference/Errors.h"

#include <cmath>
#include <limits>

namespace pa::reference {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

double distance(double got, double expected) {
  if (got == expected)
    return 0;
  double error = std::fabs(got - expected);
  return std::isnan(error) ? infinite : error;
}

double quotient(double numerator, double denominator, double zeroOverZero) {
  if (denominator == 0)
    return numerator == 0 ? zeroOverZero : infinite;
  return numerator / denominator;
}

Place placeOf(const Shape &shape, size_t index) {
  auto rest = static_cast<int64_t>(index);
  Place place;
  place.d = static_cast<int>(rest % shape.headSize);
  rest /= shape.headSize;
  place.head = static_cast<int>(rest % shape.queryHeads);
  rest /= shape.queryHeads;
  place.token = static_cast<int>(rest % shape.queryTokens);
  place.sequence = static_cast<int>(rest / shape.queryTokens);
  return place;
}

} // namespace

Errors measure(const Shape &shape, const Result &reference, const uint16_t *output) {
  Errors errors;
  double square = 0, squareBest = 0, squareReference = 0;
  double sequenceSquare = 0, sequenceBest = 0;
  size_t rowsOfSequence = size_t(shape.queryTokens) * shape.queryHeads;
  size_t rows = reference.lse.size(), headSize = shape.headSize;
  for (size_t row = 0; row < rows; ++row) {
    double rowError = 0, rowBest = 0, rowLargest = 0;
    for (size_t i = row * headSize; i < (row + 1) * headSize; ++i) {
      double expected = reference.output[i], got = decode(shape.queryType, output[i]);
      double error = distance(got, expected), best = distance(reference.best[i], expected);
      if (error > errors.largest || i == 0) { // a result without any error still names a place
        errors.largest = error;
        errors.where = placeOf(shape, i);
        errors.got = got;
        errors.expected = expected;
      }
      rowError = std::fmax(rowError, error);
      rowBest = std::fmax(rowBest, best);
      rowLargest = std::fmax(rowLargest, std::fabs(expected));
      sequenceSquare += error * error;
      sequenceBest += best * best;
      squareReference += expected * expected;
    }
    double relative = quotient(rowError, rowLargest, 0);
    if (relative > errors.largestOfRow) {
      errors.largestOfRow = relative;
      errors.whereOfRow = placeOf(shape, row * headSize);
    }
    if (rowBest == 0 && rowError != 0 && errors.inexactRows++ == 0)
      errors.firstInexact = placeOf(shape, row * headSize);
    if ((row + 1) % rowsOfSequence)
      continue;
    double ratio = quotient(std::sqrt(sequenceSquare), std::sqrt(sequenceBest), 1);
    if (ratio > errors.worstSequenceRatio || row + 1 == rowsOfSequence) {
      errors.worstSequenceRatio = ratio;
      errors.worstSequence = static_cast<int>(row / rowsOfSequence);
    }
    square += sequenceSquare;
    squareBest += sequenceBest;
    sequenceSquare = sequenceBest = 0;
  }
  errors.relativeL2 = quotient(std::sqrt(square), std::sqrt(squareReference), 0);
  errors.bestRelativeL2 = quotient(std::sqrt(squareBest), std::sqrt(squareReference), 0);
  errors.ratio = quotient(std::sqrt(square), std::sqrt(squareBest), 1);
  return errors;
}

LseErrors measureLse(const Shape &shape, const Result &reference, const float *lse) {
  LseErrors errors;
  for (size_t row = 0; row < reference.lse.size(); ++row) {
    double error = distance(lse[row], reference.lse[row]);
    if (row != 0 && error <= errors.largest)
      continue;
    errors = {error, placeOf(shape, row * shape.headSize), lse[row], reference.lse[row]};
  }
  return errors;
}

} // namespace pa::reference

#include "test/reference/Errors.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pa::reference {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

double distance(double got, double expected) {
  if (got == expected || (std::isnan(got) && std::isnan(expected)))
    return 0;
  double error = std::fabs(got - expected);
  return std::isnan(error) ? infinite : error;
}

double quotient(double numerator, double denominator, double zeroOverZero) {
  if (denominator == 0)
    return numerator == 0 ? zeroOverZero : infinite;
  return numerator / denominator;
}

Place placeOf(const Shape &shape, const Result &reference, size_t row, int d) {
  auto token = static_cast<int64_t>(row / shape.queryHeads);
  // The last sequence that starts at or before the token: sequences without tokens start where the next one does.
  auto next = std::upper_bound(reference.firstTokens.begin(), reference.firstTokens.end(), token);
  Place place;
  place.sequence = static_cast<int>(next - reference.firstTokens.begin()) - 1;
  place.token = static_cast<int>(token - next[-1]);
  place.head = static_cast<int>(row % shape.queryHeads);
  place.d = d;
  return place;
}

// What the elements of one row say together.
struct Row {
  double error = 0, best = 0, largest = 0;                // largest error, the best possible result's, largest value
  double square = 0, squareBest = 0, squareReference = 0; // sums
};

} // namespace

Errors measure(const Shape &shape, const Result &reference, const uint16_t *output) {
  Errors errors;
  std::vector<double> decoded = decodeTable(shape.outputType);
  double square = 0, squareBest = 0, squareReference = 0;
  double sequenceSquare = 0, sequenceBest = 0;
  bool anySequence = false;
  size_t rows = reference.lse.size();
  for (size_t index = 0; index < rows; ++index) {
    Row row;
    for (int d = 0; d < shape.valueHeadSize; ++d) {
      size_t i = index * shape.valueHeadSize + d;
      double expected = reference.output[i], got = decoded[output[i]];
      double error = distance(got, expected), best = distance(reference.best[i], expected);
      if (error > errors.largest || i == 0) { // a result without any error still names a place
        errors.largest = error;
        errors.where = placeOf(shape, reference, index, d);
        errors.got = got;
        errors.expected = expected;
      }
      errors.expectedNaN += std::isnan(expected);
      row.error = std::fmax(row.error, error);
      row.best = std::fmax(row.best, best);
      row.largest = std::fmax(row.largest, std::fabs(expected));
      row.square += error * error;
      row.squareBest += best * best;
      row.squareReference += std::isnan(expected) ? 0 : expected * expected;
    }
    // Weights that are kept better than the best result's leave what the query's rounding has done.
    row.best = std::fmax(row.best, reference.queryErrors[index]);
    // Below the normal numbers an error is no part of a value any more; a row of zeros has none all the same.
    if (row.largest != 0)
      row.largest = std::fmax(row.largest, leastNormal(shape.outputType));
    double relative = quotient(row.error, row.largest, 0);
    if (relative > errors.largestOfRow) {
      errors.largestOfRow = relative;
      errors.whereOfRow = placeOf(shape, reference, index, 0);
    }
    double excess = quotient(std::fmax(row.error - row.best, 0), row.largest, 0);
    if (excess > errors.largestExcessOfRow) {
      errors.largestExcessOfRow = excess;
      errors.whereOfExcess = placeOf(shape, reference, index, 0);
    }
    if (row.best == 0 && row.error != 0 && errors.inexactRows++ == 0)
      errors.firstInexact = placeOf(shape, reference, index, 0);
    square += row.square;
    squareBest += row.squareBest;
    squareReference += row.squareReference;
    sequenceSquare += row.square;
    sequenceBest += row.squareBest;
    int sequence = placeOf(shape, reference, index, 0).sequence;
    if (index + 1 != size_t(reference.firstTokens[sequence + 1]) * shape.queryHeads)
      continue;
    double ratio = quotient(std::sqrt(sequenceSquare), std::sqrt(sequenceBest), 1);
    if (ratio > errors.worstSequenceRatio || !anySequence) {
      errors.worstSequenceRatio = ratio;
      errors.worstSequence = sequence;
    }
    anySequence = true;
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
    errors.largestOfBest = std::fmax(errors.largestOfBest, distance(reference.bestLse[row], reference.lse[row]));
    if (row != 0 && error <= errors.largest)
      continue;
    errors.largest = error;
    errors.where = placeOf(shape, reference, row, 0);
    errors.got = lse[row];
    errors.expected = reference.lse[row];
  }
  return errors;
}

} // namespace pa::reference

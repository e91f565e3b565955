#include "test/reference/PagedAttention.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <limits>
#include <thread>

namespace pa::reference {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

// All codes of a format as doubles: decoding a cache is then a table look-up.
struct Tables {
  std::vector<double> query, cache;
};

// The keys and values of one (sequence, KV head), gathered once for all of its rows. Keys lie transposed, so that
// scores are sums over d of whole vectors of tokens: no reduction that a compiler would have to reorder.
struct Gathered {
  KeyRange range;
  std::vector<double> keys;        // [d][tokens]
  std::vector<double> values;      // [tokens][d]
  std::vector<double> valueScales; // [tokens]
};

// Where the results of one row go.
struct Target {
  double *output;
  double &lse;
};

class Worker {
public:
  Worker(const Shape &shape, const Inputs &inputs, const Tables &tables, Result &result)
      : shape(shape), inputs(inputs), tables(tables), result(result), query(shape.headSize) {}

  void run(int sequence, int kvHead) {
    int tokens = queryTokens(shape, inputs, sequence), context = contextOf(shape, inputs, sequence);
    gather(sequence, kvHead);
    for (int token = 0; token < tokens; ++token)
      for (int member = 0; member < shape.group(); ++member) {
        int head = kvHead * shape.group() + member;
        size_t index = (firstToken(shape, inputs, sequence) + token) * shape.queryHeads + head;
        KeyRange visible = visibleKeys(shape, context, tokens, token);
        int own = context - tokens + token;
        loadQuery(index);
        row(head, own, visible, {&result.output[index * shape.valueHeadSize], result.lse[index]}, false);
        result.bestLse[index] = result.lse[index];
        if (!shape.fp8Products)
          continue;
        roundQuery();
        result.queryErrors[index] = errorOfQuery(head, own, visible, index);
        row(head, own, visible, {&result.best[index * shape.valueHeadSize], result.bestLse[index]}, true);
      }
  }

private:
  double element(const uint8_t *address) const {
    uint16_t code = *address;
    if (shape.cacheBytes() == 2)
      std::memcpy(&code, address, sizeof code);
    return tables.cache[code];
  }

  double scale(const float *scales, const Strides &strides, int64_t page, int token, int head) const {
    if (!scales)
      return 1;
    return scales[scaleOffset(shape, strides, page, token, head) / int64_t(sizeof(float))];
  }

  void gather(int sequence, int kvHead) {
    KeyRange range = gathered.range = neededKeys(shape, inputs, sequence);
    size_t count = range.count(), headSize = shape.headSize, valueSize = shape.valueHeadSize;
    gathered.keys.resize(headSize * count);
    gathered.values.resize(valueSize * count);
    gathered.valueScales.resize(count);
    for (size_t i = 0; i < count; ++i) {
      int position = range.first + static_cast<int>(i), token = position % shape.pageSize;
      int64_t page = inputs.blockTables[entryIndex(inputs, sequence, position / shape.pageSize)];
      const uint8_t *keys = inputs.keyCache + page * inputs.keys.page;
      const uint8_t *values = inputs.valueCache + page * inputs.values.page;
      double keyScale = scale(inputs.keyScales, inputs.keyScaleStrides, page, token, kvHead);
      double valueScale = scale(inputs.valueScales, inputs.valueScaleStrides, page, token, kvHead);
      gathered.valueScales[i] = valueScale;
      for (size_t d = 0; d < headSize; ++d)
        gathered.keys[d * count + i] =
            keyScale * element(keys + keyOffset(shape, inputs.keys, token, kvHead, static_cast<int>(d)));
      for (size_t d = 0; d < valueSize; ++d)
        gathered.values[i * valueSize + d] =
            valueScale * element(values + valueOffset(shape, inputs.values, token, kvHead, static_cast<int>(d)));
    }
  }

  void loadQuery(size_t rowIndex) {
    for (int d = 0; d < shape.headSize; ++d)
      query[d] = tables.query[inputs.query[rowIndex * shape.headSize + d]];
  }

  // As FP8, over the least power of two, of float32's, that brings the row's largest element within the format.
  void roundQuery() {
    double largest = 0;
    for (double element : query)
      largest = std::fmax(largest, std::fabs(element));
    double most = largestFinite(shape.cacheType);
    int power = largest == 0 ? -126 : std::max(-126, std::ilogb(largest) - std::ilogb(most));
    if (std::ldexp(most, power) < largest)
      ++power;
    double scale = std::isinf(largest) ? largest : std::ldexp(1, power);
    for (double &element : query)
      element = rounded(shape.cacheType, element / scale) * scale;
  }

  // The largest error of a row that has the rounded query, and its weights exact.
  double errorOfQuery(int head, int own, KeyRange visible, size_t rowIndex) {
    std::vector<double> output(shape.valueHeadSize);
    double lse, largest = 0;
    row(head, own, visible, {output.data(), lse}, false);
    for (int d = 0; d < shape.valueHeadSize; ++d)
      largest = std::fmax(largest, std::fabs(output[d] - result.output[rowIndex * shape.valueHeadSize + d]));
    return largest;
  }

  // The scores of the visible keys, in `weights`.
  void score(int head, int own, KeyRange visible) {
    weights.assign(visible.count(), 0.0);
    size_t skipped = visible.first - gathered.range.first, count = gathered.range.count();
    for (int d = 0; d < shape.headSize; ++d) {
      double factor = query[d] * inputs.softmaxScale;
      const double *key = &gathered.keys[d * count + skipped];
      for (size_t i = 0; i < weights.size(); ++i)
        weights[i] += factor * key[i];
    }
    if (inputs.softCap != 0)
      for (double &score : weights)
        score = inputs.softCap * std::tanh(score / inputs.softCap);
    if (inputs.alibiSlopes)
      for (size_t i = 0; i < weights.size(); ++i)
        weights[i] += double(inputs.alibiSlopes[head]) * (visible.first + static_cast<int>(i) - own);
  }

  static double total(const std::vector<double> &numbers) {
    double sum = 0;
    for (double number : numbers)
      sum += number;
    return sum;
  }

  // The weights as FP8, with a scale that makes the largest the format's largest number, and their sum. Scales of
  // single tokens and pages stand in the weights, since a product adds tokens up: rounded is what has them, and a
  // weight that vanishes with its scale stays in the sum.
  double roundedSum(KeyRange visible) {
    bool carried = inputs.valueScales && (shape.scales == Scales::token || shape.scales == Scales::page);
    const double *scales = &gathered.valueScales[visible.first - gathered.range.first];
    double most = largestFinite(shape.cacheType), largest = 0, sum = 0;
    for (size_t i = 0; i < weights.size(); ++i)
      largest = std::fmax(largest, weights[i] * std::fabs(scales[i]));
    for (size_t i = 0; i < weights.size(); ++i) {
      double factor = carried ? std::fabs(scales[i]) / largest : 1, exact = weights[i];
      if (!(factor > 0)) {
        sum += exact;
        continue;
      }
      weights[i] = rounded(shape.cacheType, exact * factor * most) / most / factor;
      sum += carried && weights[i] == 0 ? exact : weights[i];
    }
    return sum;
  }

  void row(int head, int own, KeyRange visible, Target target, bool roundWeights) {
    double sink = inputs.sinks ? double(inputs.sinks[head]) : -infinite;
    std::fill(target.output, target.output + shape.valueHeadSize, 0.0);
    target.lse = sink;
    if (visible.count() <= 0)
      return;
    score(head, own, visible);
    double largest = sink;
    for (double score : weights)
      largest = score > largest ? score : largest; // NaN is never larger, and gives a NaN weight below
    for (double &weight : weights)
      weight = std::exp(weight - largest);
    double sum = std::exp(sink - largest) + (roundWeights ? roundedSum(visible) : total(weights));
    target.lse = largest + std::log(sum);
    for (size_t i = 0; i < weights.size(); ++i) {
      const double *value = &gathered.values[(visible.first - gathered.range.first + i) * size_t(shape.valueHeadSize)];
      for (int d = 0; d < shape.valueHeadSize; ++d)
        target.output[d] += weights[i] * value[d];
    }
    for (int d = 0; d < shape.valueHeadSize; ++d)
      target.output[d] = stored(target.output[d] / sum);
  }

  // What an output of unlimited precision but the type's range holds.
  double stored(double value) const {
    if (!isFp8(shape.outputType))
      return value;
    double most = largestFinite(shape.outputType);
    return std::clamp(value / inputs.outputScale, -most, most); // NaN stays
  }

  const Shape &shape;
  const Inputs &inputs;
  const Tables &tables;
  Result &result;
  Gathered gathered;
  std::vector<double> query, weights;
};

} // namespace

Result pagedAttention(const Shape &shape, const Inputs &inputs, unsigned threads) {
  Result result;
  size_t rows = allTokens(shape, inputs) * shape.queryHeads;
  result.output.resize(rows * shape.valueHeadSize);
  result.best.resize(result.output.size());
  result.lse.resize(rows);
  result.bestLse.resize(rows);
  result.queryErrors.resize(rows);
  for (int sequence = 0; sequence <= inputs.sequences; ++sequence)
    result.firstTokens.push_back(firstToken(shape, inputs, sequence));
  Tables tables{decodeTable(shape.queryType), decodeTable(shape.cacheType)};

  std::atomic<int> next{0};
  auto work = [&] {
    Worker worker(shape, inputs, tables, result);
    for (int item; (item = next++) < inputs.sequences * shape.kvHeads;)
      worker.run(item / shape.kvHeads, item % shape.kvHeads);
  };
  std::vector<std::thread> helpers;
  for (unsigned i = 1; i < threads; ++i)
    helpers.emplace_back(work);
  work();
  for (std::thread &helper : helpers)
    helper.join();

  for (size_t i = 0; i < result.best.size(); ++i)
    result.best[i] = rounded(shape.outputType, shape.fp8Products ? result.best[i] : result.output[i]);
  return result;
}

} // namespace pa::reference

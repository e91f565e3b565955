#include "test/reference/PagedAttention.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <thread>

namespace pa::reference {
namespace {

constexpr const char *layoutNames[] = {"nhd", "hnd", "classic", "shuffled"};

// All codes of a format as doubles: decoding a cache is then a table look-up.
std::vector<double> decodeTable(Type type) {
  std::vector<double> table(65536);
  for (unsigned code = 0; code < table.size(); ++code)
    table[code] = decode(type, static_cast<uint16_t>(code));
  return table;
}

struct Tables {
  std::vector<double> query, cache;
};

// The keys and values of one (sequence, KV head), gathered once for all of its rows. Keys lie transposed, so that
// scores are sums over d of whole vectors of tokens: no reduction that a compiler would have to reorder.
struct Gathered {
  std::vector<double> keys;   // [d][tokens]
  std::vector<double> values; // [tokens][d]
};

class Worker {
public:
  Worker(const Shape &shape, const Inputs &inputs, const Tables &tables, Result &result)
      : shape(shape), inputs(inputs), tables(tables), result(result) {}

  void run(int sequence, int kvHead) {
    int context = clampedContext(shape, inputs, sequence);
    int keys = visibleKeys(shape, context, shape.queryTokens - 1);
    gather(sequence, kvHead, keys);
    for (int token = 0; token < shape.queryTokens; ++token)
      for (int member = 0; member < shape.group(); ++member)
        row(static_cast<size_t>(sequence) * shape.queryTokens + token, kvHead * shape.group() + member, keys,
            visibleKeys(shape, context, token));
  }

private:
  void gather(int sequence, int kvHead, int keys) {
    size_t headSize = shape.headSize;
    gathered.keys.resize(headSize * keys);
    gathered.values.resize(headSize * keys);
    const int32_t *table = inputs.blockTables + static_cast<size_t>(sequence) * inputs.tableWidth;
    for (int key = 0; key < keys; ++key) {
      size_t page = table[key / shape.pageSize] * shape.pageElements();
      int token = key % shape.pageSize;
      for (size_t d = 0; d < headSize; ++d) {
        gathered.keys[d * keys + key] =
            tables.cache[inputs.keyCache[page + keyOffset(shape, token, kvHead, static_cast<int>(d))]];
        gathered.values[key * headSize + d] =
            tables.cache[inputs.valueCache[page + valueOffset(shape, token, kvHead, static_cast<int>(d))]];
      }
    }
  }

  void row(size_t token, int head, int keys, int visible) {
    size_t rowIndex = token * shape.queryHeads + head;
    double *output = &result.output[rowIndex * shape.headSize];
    std::fill(output, output + shape.headSize, 0.0);
    result.lse[rowIndex] = -std::numeric_limits<double>::infinity();
    if (visible <= 0)
      return;
    scores.assign(visible, 0.0);
    for (int d = 0; d < shape.headSize; ++d) {
      double query = tables.query[inputs.query[rowIndex * shape.headSize + d]] * inputs.softmaxScale;
      const double *key = &gathered.keys[static_cast<size_t>(d) * keys];
      for (int p = 0; p < visible; ++p)
        scores[p] += query * key[p];
    }
    double largest = *std::max_element(scores.begin(), scores.end());
    double sum = 0;
    for (double &score : scores) {
      score = std::exp(score - largest);
      sum += score;
    }
    for (int p = 0; p < visible; ++p) {
      const double *value = &gathered.values[static_cast<size_t>(p) * shape.headSize];
      for (int d = 0; d < shape.headSize; ++d)
        output[d] += scores[p] * value[d];
    }
    for (int d = 0; d < shape.headSize; ++d)
      output[d] /= sum;
    result.lse[rowIndex] = largest + std::log(sum);
  }

  const Shape &shape;
  const Inputs &inputs;
  const Tables &tables;
  Result &result;
  Gathered gathered;
  std::vector<double> scores;
};

} // namespace

bool parseLayout(std::string_view name, Layout &layout) {
  for (Layout candidate : {Layout::nhd, Layout::hnd, Layout::classic, Layout::shuffled})
    if (name == layoutNames[static_cast<int>(candidate)]) {
      layout = candidate;
      return true;
    }
  return false;
}

size_t keyOffset(const Shape &shape, int token, int head, int d) {
  size_t x = shape.tokensPerPiece(), heads = shape.kvHeads, headSize = shape.headSize, page = shape.pageSize;
  if (shape.layout == Layout::nhd)
    return (token * heads + head) * headSize + d;
  if (shape.layout == Layout::hnd)
    return (head * page + token) * headSize + d;
  return ((head * (headSize / x) + d / x) * page + token) * x + d % x;
}

size_t valueOffset(const Shape &shape, int token, int head, int d) {
  size_t x = shape.tokensPerPiece(), heads = shape.kvHeads, headSize = shape.headSize, page = shape.pageSize;
  switch (shape.layout) {
  case Layout::nhd:
    return (token * heads + head) * headSize + d;
  case Layout::hnd:
    return (head * page + token) * headSize + d;
  case Layout::classic:
    return (head * headSize + d) * page + token;
  case Layout::shuffled:
    return ((head * (page / x) + token / x) * headSize + d) * x + token % x;
  }
  return 0;
}

int clampedContext(const Shape &shape, const Inputs &inputs, int sequence) {
  int64_t most = static_cast<int64_t>(inputs.tableWidth) * shape.pageSize;
  return static_cast<int>(std::clamp<int64_t>(inputs.contextLens[sequence], 0, most));
}

int visibleKeys(const Shape &shape, int context, int token) {
  return std::max(0, context - shape.queryTokens + token + 1);
}

BadPage findBadPage(const Shape &shape, const Inputs &inputs) {
  for (int sequence = 0; sequence < inputs.sequences; ++sequence) {
    int used = (clampedContext(shape, inputs, sequence) + shape.pageSize - 1) / shape.pageSize;
    for (int position = 0; position < used; ++position) {
      int32_t entry = inputs.blockTables[static_cast<size_t>(sequence) * inputs.tableWidth + position];
      if (entry < 0 || entry >= inputs.pages)
        return {sequence, position, entry};
    }
  }
  return {};
}

Result pagedAttention(const Shape &shape, const Inputs &inputs, unsigned threads) {
  Result result;
  size_t rows = static_cast<size_t>(inputs.sequences) * shape.queryTokens * shape.queryHeads;
  result.output.resize(rows * shape.headSize);
  result.lse.resize(rows);
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

  result.best.resize(result.output.size());
  for (size_t i = 0; i < result.best.size(); ++i)
    result.best[i] = rounded(shape.queryType, result.output[i]);
  return result;
}

} // namespace pa::reference

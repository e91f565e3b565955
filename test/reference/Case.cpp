#include "test/reference/Case.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pa::reference {

int Case::longest() const { return std::max(1, *std::max_element(contexts.begin(), contexts.end())); }

size_t Case::tokens() const {
  size_t sum = 0;
  for (size_t s = 0; s < contexts.size(); ++s)
    sum += qlen(s);
  return sum;
}

void Case::build(unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  size_t slots = contexts.size() * longest() * shape.kvHeads;
  double spread = shape.scales == Scales::none ? 1 : 4;
  auto fill = [&](std::vector<uint16_t> &codes, Type type, size_t count, double deviation) {
    codes.resize(count);
    for (uint16_t &code : codes)
      code = encode(type, deviation * normal(random));
  };
  fill(query, shape.queryType, tokens() * shape.queryHeads * shape.headSize, 1);
  fill(keys, shape.cacheType, slots * shape.headSize, spread);
  fill(values, shape.cacheType, slots * shape.valueHeadSize, spread);
  std::uniform_real_distribution<float> nearQuarter(0.2f, 0.3f);
  for (std::vector<float> *scales : {&keyScales, &valueScales}) {
    scales->resize(slots);
    for (float &value : *scales)
      value = nearQuarter(random);
  }
  scale = 1 / std::sqrt(shape.headSize);
}

int32_t Case::pageOf(size_t sequence, int position) const {
  return csr ? tables[kvIndptr[sequence] + position] : tables[sequence * tableWidth + position];
}

void Case::putElement(bool key, int32_t page, int token, int head, int d, uint16_t code) {
  const Strides &strides = key ? keyStrides : valueStrides;
  int64_t D = key ? shape.headSize : shape.valueHeadSize, P = shape.pageSize, E = facts(shape.cacheType).bytes;
  int64_t x = 16 / E, at = page * strides.page + head * strides.head;
  if (shape.layout == Layout::nhd || shape.layout == Layout::hnd)
    at += token * strides.token + d * E;
  else if (key)
    at += (d / x * P * x + token * x + d % x) * E;
  else if (shape.layout == Layout::classic)
    at += (d * P + token) * E;
  else
    at += (token / x * D * x + d * x + token % x) * E;
  auto &pool = key ? keyPool : valuePool;
  for (int64_t byte = 0; byte < E; ++byte)
    pool.at(at + byte) = static_cast<uint8_t>(code >> (8 * byte));
}

void Case::place(unsigned seed) {
  std::mt19937 random(seed);
  int64_t H = shape.kvHeads, P = shape.pageSize, E = facts(shape.cacheType).bytes;
  tableWidth = (longest() + shape.pageSize - 1) / shape.pageSize + 1;
  pages = tableWidth * static_cast<int>(contexts.size());
  tables.resize(pages);
  std::iota(tables.begin(), tables.end(), 0);
  std::shuffle(tables.begin(), tables.end(), random);
  lens = contexts;
  kvIndptr = qoIndptr = {0};
  for (size_t s = 0; s < contexts.size(); ++s) {
    int used = (contexts[s] + shape.pageSize - 1) / shape.pageSize;
    kvIndptr.push_back(kvIndptr.back() + used);
    qoIndptr.push_back(qoIndptr.back() + qlen(s));
    if (csr && used)
      lens[s] = contexts[s] - (used - 1) * shape.pageSize;
  }

  int64_t gap = oddStrides ? 16 : 0;
  auto stridesOf = [&](int64_t D) {
    Strides strides;
    bool tokenOuter = shape.layout == Layout::nhd;
    int64_t inner = D * E + gap, outer = (tokenOuter ? H : P) * inner + gap;
    strides.head = tokenOuter ? inner : outer;
    strides.token = tokenOuter ? outer : inner;
    strides.page = (tokenOuter ? P : H) * outer + 2 * gap;
    return strides;
  };
  keyStrides = stridesOf(shape.headSize);
  valueStrides = stridesOf(shape.valueHeadSize);
  auto poisoned = [&](const Strides &strides) {
    std::vector<uint8_t> pool(pages * strides.page);
    uint16_t poison = poisonCode(shape.cacheType);
    for (size_t i = 0; i < pool.size(); ++i)
      pool[i] = static_cast<uint8_t>(E == 2 && i % 2 ? poison >> 8 : poison);
    return pool;
  };
  keyPool = poisoned(keyStrides);
  valuePool = poisoned(valueStrides);

  // Scales: of a head and a page the first token's stands for all.
  int64_t perHead = (shape.scales == Scales::token ? P : 1) + gap / 16, perPage = H * perHead + gap / 16;
  bool paged = shape.scales == Scales::token || shape.scales == Scales::page;
  scaleStrides = {paged ? perPage * 4 : 0, shape.scales == Scales::tensor ? 0 : perHead * 4, 0};
  keyScalePool.assign(pages * perPage, NAN);
  valueScalePool = keyScalePool;
  for (size_t s = 0; s < contexts.size(); ++s)
    for (int p = 0; p < contexts[s]; ++p)
      for (int h = 0; h < shape.kvHeads; ++h) {
        size_t slot = (s * longest() + p) * H + h;
        int32_t page = pageOf(s, p / shape.pageSize);
        int token = p % shape.pageSize;
        int64_t at = 0;
        if (shape.scales == Scales::head)
          at = h * perHead;
        if (paged)
          at = page * perPage + h * perHead + (shape.scales == Scales::token ? token : 0);
        if (std::isnan(keyScalePool[at])) {
          keyScalePool[at] = keyScales[slot];
          valueScalePool[at] = valueScales[slot];
        }
        keyScales[slot] = keyScalePool[at];
        valueScales[slot] = valueScalePool[at];
        for (int d = 0; d < shape.headSize; ++d)
          putElement(true, page, token, h, d, keys[slot * shape.headSize + d]);
        for (int d = 0; d < shape.valueHeadSize; ++d)
          putElement(false, page, token, h, d, values[slot * shape.valueHeadSize + d]);
      }
}

Inputs Case::inputs() const {
  Inputs inputs;
  inputs.query = query.data();
  inputs.keyCache = keyPool.data();
  inputs.valueCache = valuePool.data();
  inputs.keys = keyStrides;
  inputs.values = valueStrides;
  if (shape.scales != Scales::none) {
    inputs.keyScales = keyScalePool.data();
    inputs.valueScales = valueScalePool.data();
    inputs.keyScaleStrides = inputs.valueScaleStrides = scaleStrides;
  }
  inputs.blockTables = tables.data();
  inputs.contextLens = lens.data();
  inputs.kvIndptr = csr ? kvIndptr.data() : nullptr;
  inputs.qoIndptr = qlens.empty() ? nullptr : qoIndptr.data();
  inputs.sequences = static_cast<int>(contexts.size());
  inputs.tableWidth = tableWidth;
  inputs.pages = pages;
  inputs.softmaxScale = scale;
  inputs.softCap = softCap;
  inputs.alibiSlopes = slopes.empty() ? nullptr : slopes.data();
  inputs.sinks = sinks.empty() ? nullptr : sinks.data();
  inputs.outputScale = outputScale;
  return inputs;
}

void Case::check() const {
  Result result = run();
  size_t token = 0;
  for (size_t s = 0; s < contexts.size(); ++s)
    for (int q = 0; q < qlen(s); ++q, ++token)
      for (int head = 0; head < shape.queryHeads; ++head) {
        size_t row = token * shape.queryHeads + head;
        int kvHead = head / (shape.queryHeads / shape.kvHeads), own = contexts[s] - qlen(s) + q;
        std::vector<long double> weights(contexts[s], 0);
        long double sum = sinks.empty() ? 0 : std::exp((long double)sinks[head]);
        for (int p = 0; p < contexts[s]; ++p) {
          if ((shape.causal && p > own) || (shape.window && p <= own - shape.window))
            continue;
          size_t slot = (s * longest() + p) * shape.kvHeads + kvHead;
          long double dot = 0;
          for (int d = 0; d < shape.headSize; ++d)
            dot += (long double)decode(shape.queryType, query[row * shape.headSize + d]) *
                   decode(shape.cacheType, keys[slot * shape.headSize + d]);
          dot *= scale * (shape.scales == Scales::none ? 1 : (long double)keyScales[slot]);
          if (softCap)
            dot = softCap * (1 - 2 / (std::exp(2 * dot / softCap) + 1));
          if (!slopes.empty())
            dot += (long double)slopes[head] * (p - own);
          weights[p] = std::exp(dot);
          sum += weights[p];
        }
        if (sum == 0)
          ASSERT_EQ(-INFINITY, result.lse[row]);
        else
          ASSERT_NEAR((double)std::log(sum), result.lse[row], 1e-12);
        for (int d = 0; d < shape.valueHeadSize; ++d) {
          long double expected = 0;
          for (int p = 0; p < contexts[s]; ++p) {
            size_t slot = (s * longest() + p) * shape.kvHeads + kvHead;
            long double value = decode(shape.cacheType, values[slot * shape.valueHeadSize + d]);
            if (weights[p] != 0)
              expected +=
                  weights[p] / sum * value * (shape.scales == Scales::none ? 1 : (long double)valueScales[slot]);
          }
          size_t i = row * shape.valueHeadSize + d;
          ASSERT_NEAR((double)(expected / outputScale), result.output[i], 1e-12)
              << "sequence " << s << " token " << q << " head " << head << " d " << d;
          if (!shape.fp8Products)
            ASSERT_EQ(rounded(shape.outputType, result.output[i]), result.best[i]);
        }
      }
  ASSERT_EQ(token * shape.queryHeads, result.lse.size());
}

} // namespace pa::reference

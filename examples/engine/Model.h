// A model of one attention layer with made-up weights: small enough that a plain float64 version of it can say which
// tokens are right.
#ifndef PA_EXAMPLES_ENGINE_MODEL_H
#define PA_EXAMPLES_ENGINE_MODEL_H

#include <cmath>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

constexpr int queryHeads = 8, kvHeads = 2, headSize = 64, vocabulary = 32;
constexpr int queryElements = queryHeads * headSize, kvElements = kvHeads * headSize;
const float softmaxScale = 1 / std::sqrt(float(headSize));

using Row = std::vector<uint16_t>; // bf16

inline uint16_t toBf16(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return uint16_t((bits + 0x7fff + (bits >> 16 & 1)) >> 16); // to nearest, ties to even
}
inline float fromBf16(uint16_t value) {
  uint32_t bits = uint32_t(value) << 16;
  float result;
  std::memcpy(&result, &bits, sizeof result);
  return result;
}

class Model {
public:
  Model() {
    auto fill = [&](std::vector<float> &table, int elements) {
      table.resize(size_t(vocabulary) * elements);
      for (float &weight : table)
        weight = normal(random);
    };
    fill(queries, queryElements);
    fill(keys, kvElements);
    fill(values, kvElements);
    fill(head, queryElements);
  }

  // Rows of a token at a position, as the kernel gets them.
  Row query(int token, int position) const { return row(queries, queryElements, token, position); }
  Row key(int token, int position) const { return row(keys, kvElements, token, position); }
  Row value(int token, int position) const { return row(values, kvElements, token, -position); }

  // The next token, for the attention's output of the last one.
  template <class Element> int choose(const std::vector<Element> &output) const {
    int best = 0;
    double most = -INFINITY;
    for (int token = 0; token < vocabulary; ++token) {
      double logit = 0;
      for (int i = 0; i < queryElements; ++i)
        logit += output[i] * double(head[size_t(token) * queryElements + i]);
      if (logit > most) {
        most = logit;
        best = token;
      }
    }
    return best;
  }

private:
  // A position turns neighbouring elements by an angle, so that the order of tokens matters.
  static Row row(const std::vector<float> &table, int elements, int token, int position) {
    Row result(elements);
    for (int i = 0; i < elements; i += 2) {
      const float *pair = &table[size_t(token) * elements + i];
      float angle = float(position) / float(1 + i % headSize), c = std::cos(angle), s = std::sin(angle);
      result[i] = toBf16(c * pair[0] - s * pair[1]);
      result[i + 1] = toBf16(s * pair[0] + c * pair[1]);
    }
    return result;
  }

  // For the requests of engine.cpp the best token is always ahead of the second by 7 % of the logits' size or more, so
  // that rounding decides nothing.
  std::mt19937 random{370};
  std::normal_distribution<float> normal;
  std::vector<float> queries, keys, values, head;
};

// Attention of the last token over all, in float64, without pages.
inline std::vector<double> attend(const Model &model, const std::vector<int> &tokens) {
  int length = int(tokens.size());
  Row query = model.query(tokens.back(), length - 1);
  std::vector<Row> keys, values;
  for (int p = 0; p < length; ++p) {
    keys.push_back(model.key(tokens[p], p));
    values.push_back(model.value(tokens[p], p));
  }
  std::vector<double> output(queryElements);
  for (int h = 0; h < queryHeads; ++h) {
    int kv = h / (queryHeads / kvHeads) * headSize;
    double sum = 0;
    for (int p = 0; p < length; ++p) {
      double score = 0;
      for (int d = 0; d < headSize; ++d)
        score += double(fromBf16(query[h * headSize + d])) * fromBf16(keys[p][kv + d]);
      double weight = std::exp(score * softmaxScale);
      sum += weight;
      for (int d = 0; d < headSize; ++d)
        output[h * headSize + d] += weight * fromBf16(values[p][kv + d]);
    }
    for (int d = 0; d < headSize; ++d)
      output[h * headSize + d] /= sum;
  }
  return output;
}

inline std::vector<int> generate(const Model &model, std::vector<int> tokens, int count) {
  for (int i = 0; i < count; ++i)
    tokens.push_back(model.choose(attend(model, tokens)));
  return tokens;
}

#endif

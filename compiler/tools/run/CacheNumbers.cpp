#include "compiler/tools/run/CacheNumbers.h"

#include <cmath>

namespace pa::run {
namespace {

// Channels of keys that are so much larger than the others, as in trained models.
constexpr int outlierChannels = 37; // every so many-th
constexpr double outlierFactor = 12;

// Half of the constants' scales are half of the others.
constexpr float lesser = 0.5f;

double rootMeanSquare(reference::Type type, const std::vector<uint16_t> &codes) {
  double sum = 0;
  for (uint16_t code : codes)
    sum += std::pow(reference::decode(type, code), 2);
  return std::sqrt(sum / double(codes.size()));
}

} // namespace

CacheNumbers::CacheNumbers(const InputOptions &options, const Problem &problem, Tensor tensor)
    : options(options), problem(problem), tensor(tensor),
      size(tensor == Tensor::keys ? problem.shape.headSize : problem.shape.valueHeadSize),
      constant(tensor == Tensor::values && options.distribution == Distribution::constantV) {
  const reference::Shape &shape = problem.shape;
  bool outliers = tensor == Tensor::keys && options.distribution == Distribution::outliers;
  bool scaled = shape.scales != reference::Scales::none;
  // Quantised so that four deviations are the largest number of the format.
  if (scaled)
    base = static_cast<float>((outliers ? 4 * outlierFactor : 4) / reference::largestFinite(shape.cacheType));
  if (options.distribution == Distribution::everyCode) {
    for (unsigned code = 0; code < reference::codesOf(shape.cacheType); ++code)
      if (std::isnan(reference::decode(shape.cacheType, static_cast<uint16_t>(code))))
        codeOfNaN.push_back(static_cast<uint16_t>(code));
    if (scaled)
      base = static_cast<float>(1 / rootMeanSquare(shape.cacheType, finiteCodes()));
    table = Quantiles::of(finiteCodes());
  } else if (constant) {
    // P times the value's scale is rounded before it meets the values, and the sum of P is not scaled: only with powers
    // of two do the roundings agree, and the constant comes out exactly.
    base = scaled ? std::exp2(std::ceil(std::log2(base))) : 1;
    table = exactCodes();
  } else {
    table = normalCodes();
  }
}

Quantiles CacheNumbers::normalCodes() const {
  if (tensor == Tensor::values && options.distribution == Distribution::uniform)
    return Quantiles::uniform(problem.shape.cacheType, 0.5 / base, 1.5 / base);
  return Quantiles::normal(problem.shape.cacheType, 1 / base);
}

// Codes whose value is a number of the output's type, and with half of the scale has a code too.
Quantiles CacheNumbers::exactCodes() const {
  reference::Type cache = problem.shape.cacheType, output = problem.shape.outputType;
  Quantiles normal = normalCodes();
  std::vector<uint16_t> exact;
  for (uint16_t code : normal.codes()) {
    double number = reference::decode(cache, code), result = number * base / problem.outputScale;
    if (reference::rounded(cache, number / lesser) == number / lesser && reference::rounded(output, result) == result)
      exact.push_back(code);
  }
  if (exact.empty())
    exact.push_back(reference::encode(cache, 0));
  return Quantiles::of(exact);
}

std::vector<uint16_t> CacheNumbers::finiteCodes() const {
  std::vector<uint16_t> codes;
  for (unsigned code = 0; code < reference::codesOf(problem.shape.cacheType); ++code)
    if (std::isfinite(reference::decode(problem.shape.cacheType, static_cast<uint16_t>(code))))
      codes.push_back(static_cast<uint16_t>(code));
  return codes;
}

float CacheNumbers::scaleOf(int sequence, int part, int head) const {
  if (problem.shape.scales == reference::Scales::none)
    return 1;
  Tensor scales = tensor == Tensor::keys ? Tensor::keyScales : Tensor::valueScales;
  Stream stream = streamOf(options, scales, sequence, part, head);
  if (constant)
    return stream.below(2) ? base : base * lesser;
  return base * (0.75f + static_cast<float>(stream.below(1 << 16)) / float(1 << 17));
}

void CacheNumbers::fill(std::vector<uint16_t> &codes, int sequence, int position, int head, float scale) const {
  reference::Type type = problem.shape.cacheType;
  codes.resize(size);
  if (constant) {
    table.fill(codes.data(), size, streamOf(options, tensor, 0, 0, head));
    if (scale != base)
      for (uint16_t &code : codes)
        code = reference::encode(type, reference::decode(type, code) * base / scale);
    return;
  }
  Stream stream = streamOf(options, tensor, sequence, position, head);
  table.fill(codes.data(), size, stream);
  if (tensor == Tensor::keys && options.distribution == Distribution::outliers)
    for (int d = 5; d < size; d += outlierChannels)
      codes[d] = reference::encode(type, reference::decode(type, codes[d]) * outlierFactor);
  if (options.distribution == Distribution::everyCode && !codeOfNaN.empty())
    placeNaN(codes, sequence, position, stream);
}

// One sequence in three has a NaN in a value that all of its rows see, one in a key that only the last tokens see.
void CacheNumbers::placeNaN(std::vector<uint16_t> &codes, int sequence, int position, Stream stream) const {
  const reference::Shape &shape = problem.shape;
  reference::Inputs inputs = problem.inputs();
  int tokens = queryTokens(shape, inputs, sequence), context = contextOf(shape, inputs, sequence);
  if (sequence % 3 != (tensor == Tensor::values ? 1 : 2) || tokens == 0)
    return;
  int least = visibleKeys(shape, context, tokens, tokens - 1).first, end = visibleKeys(shape, context, tokens, 0).end;
  int place = tensor == Tensor::keys ? context - 1 : least < end ? (least + end) / 2 : -1;
  if (position == place)
    codes[stream.below(size)] = codeOfNaN[stream.below(codeOfNaN.size())];
}

std::vector<uint16_t> CacheNumbers::constantOutput(int head) const {
  std::vector<uint16_t> codes;
  fill(codes, 0, 0, head, base);
  for (uint16_t &code : codes) {
    double value = reference::decode(problem.shape.cacheType, code) * base / problem.outputScale;
    code = reference::encode(problem.shape.outputType, value + 0.0); // a sum of negative zeros and a zero is a zero
  }
  return codes;
}

} // namespace pa::run

#include "test/reference/Call.h"

#include <algorithm>

namespace pa::reference {
namespace {

constexpr const char *layoutNames[] = {"nhd", "hnd", "classic", "shuffled"};

bool hasTokenStride(const Shape &shape) { return shape.layout == Layout::nhd || shape.layout == Layout::hnd; }

Strides dense(const Shape &shape, int64_t headSize) {
  int64_t row = headSize * shape.cacheBytes(), page = shape.pageSize * shape.kvHeads * row;
  if (shape.layout == Layout::nhd)
    return {page, row, shape.kvHeads * row};
  return {page, shape.pageSize * row, row};
}

} // namespace

bool parseLayout(std::string_view name, Layout &layout) {
  for (Layout candidate : {Layout::nhd, Layout::hnd, Layout::classic, Layout::shuffled})
    if (name == layoutNames[static_cast<int>(candidate)]) {
      layout = candidate;
      return true;
    }
  return false;
}

Strides denseKeys(const Shape &shape) { return dense(shape, shape.headSize); }
Strides denseValues(const Shape &shape) { return dense(shape, shape.valueHeadSize); }

Strides denseScales(const Shape &shape) {
  constexpr int64_t one = sizeof(float);
  switch (shape.scales) {
  case Scales::none:
  case Scales::tensor:
    return {};
  case Scales::head:
    return {0, one, 0};
  case Scales::token:
    return {shape.kvHeads * shape.pageSize * one, shape.pageSize * one, one};
  case Scales::page:
    return {shape.kvHeads * one, one, 0};
  }
  return {};
}

int64_t keyOffset(const Shape &shape, const Strides &strides, int token, int head, int d) {
  int64_t base = head * strides.head;
  int bytes = shape.cacheBytes(), x = shape.pieceElements();
  if (hasTokenStride(shape))
    return base + token * strides.token + d * bytes;
  return base + ((int64_t(d / x) * shape.pageSize + token) * x + d % x) * bytes;
}

int64_t valueOffset(const Shape &shape, const Strides &strides, int token, int head, int d) {
  int64_t base = head * strides.head;
  int bytes = shape.cacheBytes(), x = shape.pieceElements();
  if (hasTokenStride(shape))
    return base + token * strides.token + d * bytes;
  if (shape.layout == Layout::classic)
    return base + (int64_t(d) * shape.pageSize + token) * bytes;
  return base + ((int64_t(token / x) * shape.valueHeadSize + d) * x + token % x) * bytes;
}

int64_t scaleOffset(const Shape &shape, const Strides &strides, int64_t page, int token, int head) {
  switch (shape.scales) {
  case Scales::none:
  case Scales::tensor:
    return 0;
  case Scales::head:
    return head * strides.head;
  case Scales::token:
    return page * strides.page + head * strides.head + token * int64_t(sizeof(float));
  case Scales::page:
    return page * strides.page + head * strides.head;
  }
  return 0;
}

int64_t firstToken(const Shape &shape, const Inputs &inputs, int sequence) {
  return inputs.qoIndptr ? inputs.qoIndptr[sequence] : int64_t(sequence) * shape.queryTokens;
}

int queryTokens(const Shape &shape, const Inputs &inputs, int sequence) {
  return static_cast<int>(firstToken(shape, inputs, sequence + 1) - firstToken(shape, inputs, sequence));
}

int contextOf(const Shape &shape, const Inputs &inputs, int sequence) {
  if (inputs.kvIndptr) {
    int64_t pages = inputs.kvIndptr[sequence + 1] - inputs.kvIndptr[sequence];
    return pages ? static_cast<int>((pages - 1) * shape.pageSize + inputs.contextLens[sequence]) : 0;
  }
  int64_t most = static_cast<int64_t>(inputs.tableWidth) * shape.pageSize;
  return static_cast<int>(std::clamp<int64_t>(inputs.contextLens[sequence], 0, most));
}

size_t entryIndex(const Inputs &inputs, int sequence, int position) {
  return (inputs.kvIndptr ? size_t(inputs.kvIndptr[sequence]) : size_t(sequence) * inputs.tableWidth) + position;
}

KeyRange visibleKeys(const Shape &shape, int context, int tokens, int token) {
  int own = context - tokens + token; // the position of the token itself
  KeyRange range;
  range.end = shape.causal ? std::clamp(own + 1, 0, context) : context;
  if (shape.window)
    range.first = std::clamp(own - shape.window + 1, 0, range.end);
  return range;
}

KeyRange neededKeys(const Shape &shape, const Inputs &inputs, int sequence) {
  int tokens = queryTokens(shape, inputs, sequence), context = contextOf(shape, inputs, sequence);
  if (tokens == 0)
    return {};
  return {visibleKeys(shape, context, tokens, 0).first, visibleKeys(shape, context, tokens, tokens - 1).end};
}

BadPage findBadPage(const Shape &shape, const Inputs &inputs) {
  for (int sequence = 0; sequence < inputs.sequences; ++sequence) {
    KeyRange needed = neededKeys(shape, inputs, sequence);
    int end = (needed.end + shape.pageSize - 1) / shape.pageSize;
    for (int position = needed.first / shape.pageSize; position < end; ++position) {
      int32_t entry = inputs.blockTables[entryIndex(inputs, sequence, position)];
      if (entry < 0 || entry >= inputs.pages)
        return {sequence, position, entry};
    }
  }
  return {};
}

int findDecrease(const int32_t *indptr, int sequences) {
  for (int i = 0; i <= sequences; ++i)
    if (indptr[i] < (i ? indptr[i - 1] : 0))
      return i;
  return -1;
}

} // namespace pa::reference

#include "runtime/device/CacheStrides.h"

#include <cstdio>

namespace pa {
namespace {

// Bytes from one head (token) of a page to the next if the page is dense.
struct DenseSteps {
  int64_t head, token;
};
DenseSteps denseSteps(const VariantCache &cache, int64_t row) {
  if (cache.layout == CacheLayout::nhd)
    return {row, cache.kvHeads * row};
  return {cache.pageSize * row, row};
}

// Bytes from one page (head) to the next in dense scales; 0 where the scales have no such step.
struct ScaleSteps {
  int64_t page, head;
};
ScaleSteps scaleSteps(const VariantCache &cache) {
  int64_t one = sizeof(float);
  switch (cache.scales) {
  case Scales::none:
  case Scales::tensor:
    return {0, 0};
  case Scales::head:
    return {0, one};
  case Scales::token:
    return {int64_t(cache.kvHeads) * cache.pageSize * one, cache.pageSize * one};
  case Scales::page:
    return {cache.kvHeads * one, one};
  }
  return {0, 0};
}

struct Stride {
  const char *name;
  int64_t given, dense, least, unit;
  int64_t *target;
};

// What lies around something with gaps is not as far apart as if it were dense, so it has to be said.
std::optional<Error> checkOuter(const char *prefix, const Stride &inner, const Stride &outer) {
  if (inner.given == 0 || inner.given == inner.dense || outer.given != 0)
    return std::nullopt;
  return refused(std::string(prefix) + outer.name, "0 bytes",
                 "the bytes there are, since " + std::string(prefix) + inner.name + " is " +
                     std::to_string(inner.given) + " and not the dense " + std::to_string(inner.dense));
}

std::optional<Error> checkGaps(const VariantCache &cache, const char *prefix, const Stride (&strides)[5]) {
  const auto &[page, head, token, scalePage, scaleHead] = strides;
  bool nhd = cache.layout == CacheLayout::nhd;
  if (cache.isLinear()) {
    if (auto error = checkOuter(prefix, nhd ? head : token, nhd ? token : head))
      return error;
    if (auto error = checkOuter(prefix, token, page))
      return error;
  }
  if (auto error = checkOuter(prefix, head, page))
    return error;
  return scalePage.dense ? checkOuter(prefix, scaleHead, scalePage) : std::nullopt;
}

} // namespace

Error refused(const std::string &field, const std::string &got, const std::string &allowed) {
  return {ErrorCode::invalidArgument, field + " is " + got + ", allowed: " + allowed, {}};
}

std::string hex(uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

std::optional<Error> completeStride(const char *prefix, const char *name, int64_t dense, int64_t least, int64_t unit,
                                    int64_t &value) {
  if (value != 0 && (value < least || value % unit))
    return refused(std::string(prefix) + name, std::to_string(value) + " bytes",
                   "0 for the dense " + std::to_string(dense) + ", or a multiple of " + std::to_string(unit) +
                       " from " + std::to_string(least));
  if (value == 0)
    value = dense;
  return std::nullopt;
}

std::optional<Error> completeStrides(const VariantCache &cache, const char *prefix, CacheStrides &all) {
  constexpr int64_t vector = vectorBytes, number = sizeof(float);
  ScaleSteps scale = scaleSteps(cache);
  for (int kind : {0, 1}) { // keys, values
    auto name = [&](const char *key, const char *value) { return kind == 0 ? key : value; };
    // Heads, tokens and pages of a cache may be interleaved in any order: only a row of one head is dense.
    int64_t row = int64_t(kind == 0 ? cache.headSize : cache.valueHeadSize) * elementBytes(cache.cacheType);
    DenseSteps dense = denseSteps(cache, row);
    const Stride strides[] = {
        {name("key_page_stride", "value_page_stride"), all.page[kind],
         int64_t(kind == 0 ? cache.keyPageBytes() : cache.valuePageBytes()), row, vector, &all.page[kind]},
        {name("key_head_stride", "value_head_stride"), all.head[kind], dense.head, row, vector, &all.head[kind]},
        {name("key_token_stride", "value_token_stride"), all.token[kind], dense.token, row, vector, &all.token[kind]},
        {name("key_scale_page_stride", "value_scale_page_stride"), all.scalePage[kind], scale.page, number, number,
         &all.scalePage[kind]},
        {name("key_scale_head_stride", "value_scale_head_stride"), all.scaleHead[kind], scale.head, number, number,
         &all.scaleHead[kind]},
    };
    for (const Stride &stride : strides)
      if (auto error = completeStride(prefix, stride.name, stride.dense, stride.least, stride.unit, *stride.target))
        return error;
    if (auto error = checkGaps(cache, prefix, strides))
      return error;
  }
  return std::nullopt;
}

std::optional<Error> checkAddress(const char *prefix, const Address &address) {
  if (address.presence == Address::needed && address.value == 0)
    return refused(std::string(prefix) + address.name, "a null address",
                   "a device address, since this variant needs it");
  if (address.presence == Address::none && address.value != 0)
    return refused(std::string(prefix) + address.name, hex(address.value), "null, since this variant has none");
  if (address.value % address.alignment)
    return refused(std::string(prefix) + address.name, hex(address.value),
                   "a multiple of " + std::to_string(address.alignment));
  return std::nullopt;
}

} // namespace pa

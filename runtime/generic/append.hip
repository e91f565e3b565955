// The generic kernel that writes new keys and values into a cache. A wave does a head of a token, first its key and
// then its value; a lane the numbers lane, lane + 64, ...
#include "runtime/generic/Pages.h"

using namespace pa::generic;

namespace {

GENERIC_KERNEL_OF("append");

constexpr uint32_t numbersOfLane = mostHeadSize / laneCount;

// Where a row goes.
struct Slot {
  int64_t page;
  uint32_t head, token;
};

// Of 8 bits: the scale that numbers are divided by; one by token is made from them here, and stored.
device float scaleFor(const CacheFields &cache, const Part &part, const Slot &slot, const float *numbers) {
  if (cache.scales != ofToken)
    return scaleOf(cache, part, slot.page, slot.head, slot.token);
  float largest = 0;
  for (uint32_t i = 0; i < numbersOfLane; ++i)
    largest = __builtin_fmaxf(largest, __builtin_fabsf(numbers[i]));
  largest = overLanes(largest, [](float a, float b) { return __builtin_fmaxf(a, b); });
  float scale = largest == 0 ? 1 : largest / largestOf(cache.type);
  if (lane() == 0)
    write(scaleAddress(cache, part, slot.page, slot.head, slot.token), scale);
  return scale;
}

// `element`: where a number is in its page, from the head's begin on.
template <class Element>
device void writeRow(const Fields &variant, const Part &part, const Slot &slot, uint64_t row, uint32_t size,
                     Element element) {
  const CacheFields &cache = variant.cache;
  uint64_t head = headOf(part, slot.page, slot.head);
  uint32_t codes[numbersOfLane];
  float numbers[numbersOfLane];
  for (uint32_t i = 0; i < numbersOfLane; ++i) {
    uint32_t d = i * laneCount + lane();
    codes[i] = d < size ? read<uint16_t>(row + d * 2) : 0;
    numbers[i] = decodeAny(variant.type, codes[i]);
  }
  if (bytesOf(cache.type) == 1) {
    float scale = scaleFor(cache, part, slot, numbers);
    for (uint32_t i = 0; i < numbersOfLane; ++i)
      codes[i] = encode8(cache.type, numbers[i] / scale);
  }
  for (uint32_t i = 0; i < numbersOfLane; ++i)
    if (uint32_t d = i * laneCount + lane(); d < size)
      writeCode(cache.type, head + element(d), codes[i]);
}

device void writeKey(const Slot &slot, uint64_t token) {
  const auto &[args, variant] = launched<pa_append_args>();
  const CacheFields &cache = variant.cache;
  Part keys = keysOf(args.cache);
  uint64_t row = args.keys + token * args.keys_token_stride + slot.head * (cache.headSize * 2ul);
  writeRow(variant, keys, slot, row, cache.headSize,
           [&](uint32_t d) { return keyElement(cache, keys, slot.token, d); });
}

device void writeValue(const Slot &slot, uint64_t token) {
  const auto &[args, variant] = launched<pa_append_args>();
  const CacheFields &cache = variant.cache;
  Part values = valuesOf(args.cache);
  uint64_t row = args.values + token * args.values_token_stride + slot.head * (cache.valueHeadSize * 2ul);
  writeRow(variant, values, slot, row, cache.valueHeadSize,
           [&](uint32_t d) { return valueElement(cache, values, slot.token, d); });
}

} // namespace

kernel void append_generic(pa_append_args, Fields) {
  const auto &[args, variant] = launched<pa_append_args>();
  uint32_t row = workgroup() * workgroupWaves + wave(), token = row / variant.cache.heads;
  if (token >= uint32_t(args.num_tokens))
    return;
  uint64_t slot = read<uint64_t>(args.slots + token * 8ul), page = variant.cache.pageSize;
  // As unsigned numbers, what is below 0 is past the end, too.
  if (slot < uint64_t(args.cache.num_pages) * page) {
    Slot place = {int64_t(slot / page), row % variant.cache.heads, uint32_t(slot % page)};
    writeKey(place, token);
    writeValue(place, token);
  } else if (slot != ~0ul && lane() == 0) {
    noteLowest(args.bad_token, token);
  }
}

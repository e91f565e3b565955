#include "test/cache/NewTokens.h"
#include "test/reference/CacheWrites.h"

#include <cstring>
#include <random>

namespace pa::cachetest {

reference::Type NewTokens::format() const { return type == "bf16" ? reference::Type::bf16 : reference::Type::f16; }

NewTokens randomTokens(const CacheShape &shape, const std::string &type, int tokens, unsigned seed, bool ordinary) {
  NewTokens made;
  made.type = type;
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  for (Kind kind : {keys, values})
    for (int row = 0; row < tokens * shape.heads; ++row) {
      int kindOfRow = ordinary ? 0 : row % 7;
      double scale = kindOfRow == 3 ? 0 : kindOfRow == 5 ? 1e-4 : 1;
      for (int d = 0; d < shape.headSize[kind]; ++d) {
        double outlier = kindOfRow == 6 && d == 13 ? 500 : 1;
        made.codes[kind].push_back(reference::encode(made.format(), normal(random) * scale * outlier));
      }
    }
  return made;
}

void layOut(const CacheShape &shape, NewTokens &made) {
  size_t tokens = made.slots.size();
  for (Kind kind : {keys, values}) {
    size_t row = size_t(shape.heads) * shape.headSize[kind] * 2;
    made.strides[kind] = row + (shape.padded ? 16 * (2 + kind) : 0);
    made.padded[kind].assign(tokens * made.strides[kind], 0xee);
    for (size_t token = 0; token < tokens; ++token)
      std::memcpy(&made.padded[kind][token * made.strides[kind]],
                  reinterpret_cast<const uint8_t *>(made.codes[kind].data()) + token * row, row);
  }
}

namespace {

float scaleAt(const CachePart &part, size_t offset) {
  float scale;
  std::memcpy(&scale, &part.scaleBytes[offset], sizeof scale);
  return scale;
}

void appendRow(Cache &cache, const NewTokens &made, Kind kind, size_t token, int head) {
  const CacheShape &shape = cache.shape;
  CachePart &part = cache.parts[kind];
  int size = shape.headSize[kind], page = int(made.slots[token] / shape.page),
      place = int(made.slots[token] % shape.page);
  size_t row = (token * shape.heads + head) * size;
  bool made8 = shape.elementBytes() == 1, byToken = made8 && shape.scales == "token";
  float callers = made8 && shape.scales != "none" && !byToken ? scaleAt(part, part.scaleOffset(page, head, place)) : 1;
  reference::StoredRow stored =
      reference::storeRow(made.format(), &made.codes[kind][row], size, shape.reference(), callers);
  if (byToken)
    std::memcpy(&part.scaleBytes[part.scaleOffset(page, head, place)], &stored.scale, sizeof stored.scale);
  for (int d = 0; d < size; ++d)
    std::memcpy(&part.bytes[part.offset(page, head, place, d)], &stored.codes[d], shape.elementBytes());
}

} // namespace

void giveScales(Cache &cache, unsigned seed) {
  if (cache.shape.scales == "none" || cache.shape.scales == "token")
    return;
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> draw(0.004f, 0.05f);
  for (CachePart &part : cache.parts)
    for (int page = 0; page < cache.shape.pages; ++page)
      for (int head = 0; head < cache.shape.heads; ++head) {
        float scale = draw(random);
        std::memcpy(&part.scaleBytes[part.scaleOffset(page, head, 0)], &scale, sizeof scale);
      }
}

void append(Cache &cache, const NewTokens &made) {
  int64_t all = int64_t(cache.shape.pages) * cache.shape.page;
  for (size_t token = 0; token < made.slots.size(); ++token)
    if (made.slots[token] >= 0 && made.slots[token] < all)
      for (Kind kind : {keys, values})
        for (int head = 0; head < cache.shape.heads; ++head)
          appendRow(cache, made, kind, token, head);
}

} // namespace pa::cachetest

// New keys and values, and what a cache should be with them: pa.append on the host.
#ifndef PA_TEST_CACHE_NEWTOKENS_H
#define PA_TEST_CACHE_NEWTOKENS_H

#include "test/cache/CacheModel.h"

namespace pa::cachetest {

struct NewTokens {
  std::string type;               // bf16 or f16
  std::vector<uint16_t> codes[2]; // [tokens][heads][head size], dense
  std::vector<int64_t> slots;     // a token each
  std::vector<uint8_t> padded[2]; // as the kernel gets them: tokens apart by the strides
  size_t strides[2] = {0, 0};

  reference::Type format() const;
};

// Normally distributed; not `ordinary`: with rows of zeros and of tiny numbers, and rows with an outlier. Slots are not
// drawn yet.
NewTokens randomTokens(const CacheShape &shape, const std::string &type, int tokens, unsigned seed,
                       bool ordinary = false);
// Fills `padded` and `strides`.
void layOut(const CacheShape &shape, NewTokens &made);

// Scales that are the caller's, which the kernel only reads.
void giveScales(Cache &cache, unsigned seed);
// Every token with a slot in the cache goes there.
void append(Cache &cache, const NewTokens &made);

} // namespace pa::cachetest

#endif

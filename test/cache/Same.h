// Whether memory is as expected.
#ifndef PA_TEST_CACHE_SAME_H
#define PA_TEST_CACHE_SAME_H

#include "test/cache/CacheModel.h"

#include <gtest/gtest.h>

namespace pa::cachetest {

// Every byte alike, or the first that is not.
testing::AssertionResult sameBytes(const std::vector<uint8_t> &expected, const std::vector<uint8_t> &got);
testing::AssertionResult sameCache(const Cache &expected, const Cache &got);

} // namespace pa::cachetest

#endif

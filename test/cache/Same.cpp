#include "test/cache/Same.h"

namespace pa::cachetest {

testing::AssertionResult sameBytes(const std::vector<uint8_t> &expected, const std::vector<uint8_t> &got) {
  if (expected.size() != got.size())
    return testing::AssertionFailure() << expected.size() << " bytes expected, got " << got.size();
  size_t different = 0, first = 0;
  for (size_t i = expected.size(); i-- > 0;)
    if (expected[i] != got[i]) {
      ++different;
      first = i;
    }
  if (different == 0)
    return testing::AssertionSuccess();
  return testing::AssertionFailure() << different << " of " << got.size() << " bytes differ, the first at " << first
                                     << ": expected " << int(expected[first]) << ", got " << int(got[first]);
}

testing::AssertionResult sameCache(const Cache &expected, const Cache &got) {
  for (Kind kind : {keys, values}) {
    const char *name = kind == keys ? "keys: " : "values: ";
    if (auto same = sameBytes(expected.parts[kind].bytes, got.parts[kind].bytes); !same)
      return testing::AssertionFailure() << name << same.message();
    if (auto same = sameBytes(expected.parts[kind].scaleBytes, got.parts[kind].scaleBytes); !same)
      return testing::AssertionFailure() << "scales of " << name << same.message();
  }
  return testing::AssertionSuccess();
}

} // namespace pa::cachetest

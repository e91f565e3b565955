#include "compiler/tools/run/Strided.h"

#include <gtest/gtest.h>

using namespace pa::run;

namespace {

using Bytes = std::vector<uint8_t>;

TEST(Strided, byHand) {
  Strided layout{/*outer=*/2, /*inner=*/2, /*pieceBytes=*/2, /*outerStride=*/7, /*innerStride=*/3};
  Bytes dense = {1, 2, 3, 4, 5, 6, 7, 8};
  Bytes spreadOut = {1, 2, 0, 3, 4, 0, 0, 5, 6, 0, 7, 8, 0, 0};
  EXPECT_FALSE(layout.isDense());
  EXPECT_EQ(spreadOut, spread(layout, dense.data(), 0));
  size_t touched = 0;
  EXPECT_EQ(dense, gather(layout, spreadOut, 0, touched));
}

TEST(Strided, everyTouchedGapByteIsFound) {
  Strided layout{2, 2, 2, 7, 3};
  Bytes dense(8, 1), good = spread(layout, dense.data(), 0xff);
  for (size_t i : {2, 5, 6, 9, 12, 13}) {
    Bytes bytes = good;
    bytes[i] = 0;
    size_t touched = 0;
    EXPECT_FALSE(gather(layout, bytes, 0xff, touched));
    EXPECT_EQ(i, touched);
  }
}

TEST(Strided, denseIsItself) {
  Strided layout{3, 2, 4, 8, 4};
  EXPECT_TRUE(layout.isDense());
  Bytes dense(24, 9);
  EXPECT_EQ(dense, spread(layout, dense.data(), 0));
}

} // namespace

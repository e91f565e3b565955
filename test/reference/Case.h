// Calls for the reference's tests: keys and values as a user sees them, by (sequence, position, head, d), put into
// pages by formulas of the tests' own, and the definition of attention on them in long double, a row at a time.
#ifndef PA_TEST_REFERENCE_CASE_H
#define PA_TEST_REFERENCE_CASE_H

#include "test/reference/PagedAttention.h"

#include <gtest/gtest.h>

#include <random>

namespace pa::reference {

struct Case {
  Shape shape;
  std::vector<int32_t> contexts, qlens; // qlens may be empty: shape.queryTokens each
  bool csr = false;
  bool oddStrides = false; // gaps everywhere
  double scale = 1, softCap = 0, outputScale = 1;
  std::vector<float> slopes, sinks;

  // Made by build(), to be changed before place().
  std::vector<uint16_t> query, keys, values; // keys and values: [sequence * longest + position][head][d]
  std::vector<float> keyScales, valueScales; // of the same [..][head]
  // Made by place().
  std::vector<int32_t> tables, lens, kvIndptr, qoIndptr;
  std::vector<uint8_t> keyPool, valuePool;
  std::vector<float> keyScalePool, valueScalePool;
  Strides keyStrides, valueStrides, scaleStrides;
  int tableWidth = 0, pages = 0;

  int longest() const;
  int qlen(size_t sequence) const { return qlens.empty() ? shape.queryTokens : qlens[sequence]; }
  size_t tokens() const;
  void build(unsigned seed); // random normal numbers, scales near 1/4
  void place(unsigned seed); // pages in random order, poison wherever no token is
  Inputs inputs() const;
  Result run() const { return pagedAttention(shape, inputs()); }
  void check() const; // against the definition

private:
  int32_t pageOf(size_t sequence, int position) const;
  void putElement(bool key, int32_t page, int token, int head, int d, uint16_t code);
};

} // namespace pa::reference

#endif

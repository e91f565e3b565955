// A paged cache in host memory, by the formulas of docs/abi.md and nothing else: what kernels that write one are judged
// by.
#ifndef PA_TEST_CACHE_CACHEMODEL_H
#define PA_TEST_CACHE_CACHEMODEL_H

#include "pa/append_abi.h"
#include "test/reference/Call.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace pa::cachetest {

enum Kind { keys = 0, values = 1 };

struct CacheShape {
  std::string type = "bf16"; // as in MLIR
  std::string layout = "nhd";
  std::string scales = "none";
  int heads = 2;
  int headSize[2] = {64, 64}; // of keys, of values
  int page = 16;
  int pages = 5;
  bool padded = false; // pages, heads and tokens farther apart than they need be

  reference::Shape reference() const;
  size_t elementBytes() const { return reference().cacheBytes(); }
  std::string mlirType(const std::string &owner = "caller") const;
  std::string variant() const;   // the fields of a description
  std::string scaleType() const; // of its scales' tensors in MLIR, "" if there are none
  std::string name() const;      // for messages
};

// One of the two tensors with its scales.
class CachePart {
public:
  CachePart(const CacheShape &shape, Kind kind);

  // Where an element and where a scale is, in bytes.
  size_t offset(int page, int head, int token, int d) const;
  size_t scaleOffset(int page, int head, int token) const;

  std::vector<uint8_t> bytes, scaleBytes; // unwritten memory has a pattern of its own
  reference::Strides strides, scaleStrides;

private:
  reference::Shape shape;
  Kind kind;
};

struct Cache {
  explicit Cache(const CacheShape &shape) : shape(shape), parts{{shape, keys}, {shape, values}} {}
  CacheShape shape;
  CachePart parts[2];
};

// Those of f8E4M3FN, which has NaNs of both signs: a NaN's sign means nothing.
void dropNanSigns(Cache &cache);

} // namespace pa::cachetest

#endif

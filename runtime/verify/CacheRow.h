// What a head of a cache's page should hold, and whether it does.
#ifndef PA_RUNTIME_VERIFY_CACHEROW_H
#define PA_RUNTIME_VERIFY_CACHEROW_H

#include "runtime/verify/Reader.h"
#include "test/reference/Call.h"

namespace pa::checked {

// A head of one page of keys or values in host memory.
class HeadPage {
public:
  HeadPage(Reader &reader, const VariantCache &shape, const pa_cache &cache, bool keys, int64_t page, uint32_t head);

  int size() const; // of the head
  uint16_t code(int token, int d) const;
  bool hasScales() const { return !scales.empty(); }
  float scale(int token) const { return scales[scales.size() == 1 ? 0 : size_t(token)]; }

private:
  size_t offset(int token, int d) const;

  reference::Shape shape; // with one head
  bool keys;
  std::vector<uint8_t> bytes;
  std::vector<float> scales;
};

// "" or what differs: "d 5: got 1.5 (code 0x3c), expected 1.25 (code 0x3a)".
std::string codeDiffers(reference::Type type, int d, uint16_t got, uint16_t expected);
std::string scaleDiffers(float got, float expected);

} // namespace pa::checked

#endif

// Device memory as numbers of the host.
#ifndef PA_RUNTIME_VERIFY_READER_H
#define PA_RUNTIME_VERIFY_READER_H

#include "runtime/device/Device.h"
#include "runtime/verify/CacheShape.h"

namespace pa::checked {

// Reads are done in order; after the first that fails none is.
class Reader {
public:
  explicit Reader(Device &device) : device(device) {}

  template <class T> std::vector<T> read(uint64_t address, size_t count) {
    std::vector<T> numbers(count);
    read(numbers.data(), address, count * sizeof(T));
    return numbers;
  }
  void read(void *target, uint64_t address, size_t bytes) {
    if (status && bytes)
      status = device.copyFrom(target, address, bytes);
  }
  // So many codes of 8 or 16 bits.
  std::vector<uint16_t> codes(uint64_t address, size_t count, ElementType type);
  // One head of one page, as a cache of that head alone has it if it is dense.
  void head(const VariantCache &shape, const CachePart &part, int64_t page, uint32_t head, uint8_t *dense);
  // Its scales there: one for each token, or one.
  static size_t scalesOfHead(const VariantCache &shape);
  void scales(const VariantCache &shape, const CachePart &part, int64_t page, uint32_t head, float *scales);

  // How many pages from the address on lie in its allocation: as many as there can be where the device does not know.
  int64_t pagesFrom(const VariantCache &shape, const CachePart &part);

  Status status;

private:
  int64_t pagesIn(uint64_t address, uint64_t pageBytes, int64_t stride);

  Device &device;
};

} // namespace pa::checked

#endif

// Host memory of a cache or its scales. Only what is touched takes room, so that a pool may be larger than the machine.
#ifndef PA_COMPILER_TOOLS_RUN_POOL_H
#define PA_COMPILER_TOOLS_RUN_POOL_H

#include "runtime/device/Status.h"

#include <cstddef>
#include <cstdint>

namespace pa::run {

class Pool {
public:
  Pool() = default;
  static Expected<Pool> make(uint64_t bytes); // zeros
  Pool(Pool &&other) noexcept;
  Pool &operator=(Pool &&other) noexcept;
  ~Pool();

  uint8_t *data() { return memory; }
  const uint8_t *data() const { return memory; }
  uint64_t bytes() const { return size; }
  bool empty() const { return size == 0; }
  // `code` in little-endian order again and again, `codeBytes` 1 or 2.
  void fill(uint64_t offset, uint64_t bytes, uint16_t code, int codeBytes);

private:
  uint8_t *memory = nullptr;
  uint64_t size = 0;
};

} // namespace pa::run

#endif

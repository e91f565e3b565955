#include "compiler/tools/run/Pool.h"

#include <cstring>
#include <sys/mman.h>
#include <utility>

namespace pa::run {

Expected<Pool> Pool::make(uint64_t bytes) {
  Pool pool;
  if (bytes == 0)
    return pool;
  void *memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED)
    return Error{ErrorCode::memory, "the host cannot reserve " + std::to_string(bytes) + " bytes for a cache", {}};
  pool.memory = static_cast<uint8_t *>(memory);
  pool.size = bytes;
  return pool;
}

Pool::Pool(Pool &&other) noexcept { *this = std::move(other); }

Pool &Pool::operator=(Pool &&other) noexcept {
  std::swap(memory, other.memory);
  std::swap(size, other.size);
  return *this;
}

Pool::~Pool() {
  if (memory)
    munmap(memory, size);
}

void Pool::fill(uint64_t offset, uint64_t bytes, uint16_t code, int codeBytes) {
  uint8_t low = static_cast<uint8_t>(code), high = codeBytes == 2 ? static_cast<uint8_t>(code >> 8) : low;
  if (low == high) {
    std::memset(memory + offset, low, bytes);
    return;
  }
  for (uint64_t i = 0; i < bytes; ++i)
    memory[offset + i] = i % 2 ? high : low;
}

} // namespace pa::run

// Records of what was done to memory, one for 2^Shift bytes, in pages of 2^CountShift records that exist once touched.
#ifndef PA_RUNTIME_EMULATOR_OBSERVE_SHADOWPAGES_H
#define PA_RUNTIME_EMULATOR_OBSERVE_SHADOWPAGES_H

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace pa::emu {

// A record of zero bytes is an empty one.
template <class Record, unsigned Shift, unsigned CountShift> class ShadowPages {
  static_assert(std::is_trivial_v<Record>, "pages come from the host as zeros");

public:
  static constexpr uint64_t span = uint64_t(1) << (Shift + CountShift); // bytes of memory to a page

  Record *find(uint64_t address) {
    Known &k = lookup(address);
    return k.records ? k.records + index(address) : nullptr;
  }
  Record &make(uint64_t address) {
    Known &k = lookup(address);
    if (!k.records)
      k.records = pages[k.page] = fresh();
    return k.records[index(address)];
  }

private:
  static constexpr size_t count = size_t(1) << CountShift, mostAtOnce = 1u << 20;
  static size_t index(uint64_t address) { return address >> Shift & (count - 1); }
  struct Known { // of the pages looked for last, those that were not found too
    uint64_t page = ~0ull;
    Record *records = nullptr;
  };
  struct Free {
    void operator()(void *p) const { std::free(p); }
  };

  Known &lookup(uint64_t address) {
    uint64_t page = address >> (Shift + CountShift);
    Known &k = known[page % known.size()];
    if (k.page != page) {
      auto found = pages.find(page);
      k = {page, found == pages.end() ? nullptr : found->second};
    }
    return k;
  }
  // Many at a time, and more each time.
  Record *fresh() {
    if (left == 0) {
      size_t more = std::min(mostAtOnce / (count * sizeof(Record)), size_t(4) << blocks.size());
      std::unique_ptr<Record, Free> block(static_cast<Record *>(std::calloc(more * count, sizeof(Record))));
      if (!block)
        throw std::bad_alloc();
      blocks.push_back(std::move(block));
      next = blocks.back().get();
      left = more;
    }
    --left;
    return std::exchange(next, next + count);
  }

  std::array<Known, 256> known;
  std::unordered_map<uint64_t, Record *> pages;
  std::vector<std::unique_ptr<Record, Free>> blocks;
  Record *next = nullptr;
  size_t left = 0;
};

} // namespace pa::emu

#endif

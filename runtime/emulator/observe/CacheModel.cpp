// A simple model of the caches between compute units and memory: the L2 of each XCD. Vector accesses go to it line by
// line; the first-level caches, which rarely hold what streams through them, are left out.
#include "runtime/emulator/observe/Observers.h"

namespace pa::emu {
namespace {

// CDNA3 white paper: 4 MiB of L2 an XCD, 16 ways, lines of 128 bytes; CDNA4 keeps them.
constexpr unsigned lineShift = 7, ways = 16, sets = (4u << 20) / ((1u << lineShift) * ways);

class Cache {
public:
  // Whether the line was there; `evictedDirty`: another one had to be written back for it.
  bool touch(uint64_t line, bool writes, bool &evictedDirty) {
    Way *set = &entries[line % sets * ways], *oldest = set;
    evictedDirty = false;
    ++clock;
    for (Way *w = set; w < set + ways; ++w) {
      if (w->used && w->line == line) {
        w->used = clock;
        w->dirty |= writes;
        return true;
      }
      oldest = w->used < oldest->used ? w : oldest;
    }
    evictedDirty = oldest->dirty;
    *oldest = {line, clock, writes};
    return false;
  }
  uint64_t dirtyLines() const {
    uint64_t count = 0;
    for (const Way &w : entries)
      count += w.dirty;
    return count;
  }

private:
  struct Way {
    uint64_t line = 0, used = 0; // used 0: empty
    bool dirty = false;
  };
  std::vector<Way> entries = std::vector<Way>(size_t(sets) * ways);
  uint64_t clock = 0;
};

class CacheModel : public RunObserver {
public:
  explicit CacheModel(const Chip &chip) : caches(chip.xcds) {}
  Wants wants() const override { return {false, true}; }
  void access(Wave &w, const Inst &, const AccessEvent &e) override {
    if (e.lds || e.scratch)
      return;
    Cache &cache = caches[w.group->linear % caches.size()];
    uint64_t last = ~0ull;
    for (uint64_t left = e.lanes; left; left &= left - 1) {
      uint64_t address = e.addresses[__builtin_ctzll(left)];
      for (uint64_t line = address >> lineShift; line <= (address + e.bytes - 1) >> lineShift; ++line)
        if (line != last) {
          request(cache, line, e.access != Access::load, e.access == Access::store);
          last = line;
        }
    }
  }
  void finish(const Machine &, Report &report) override {
    constexpr uint64_t lineBytes = 1u << lineShift;
    for (const Cache &c : caches)
      written += c.dirtyLines(); // at the end of the kernel all go to memory
    report.counters.l2 = {requests, hits, fetched * lineBytes, written * lineBytes};
  }

private:
  // A store that misses allocates without fetching: it mostly writes whole lines.
  void request(Cache &cache, uint64_t line, bool writes, bool storeOnly) {
    bool evictedDirty = false, hit = cache.touch(line, writes, evictedDirty);
    ++requests;
    hits += hit;
    fetched += !hit && !storeOnly;
    written += evictedDirty;
  }

  std::vector<Cache> caches;
  uint64_t requests = 0, hits = 0, fetched = 0, written = 0;
};

} // namespace

std::unique_ptr<RunObserver> makeCacheModel(const Chip &chip) { return std::make_unique<CacheModel>(chip); }

} // namespace pa::emu

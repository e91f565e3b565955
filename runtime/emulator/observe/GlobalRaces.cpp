// Races in global memory: between workgroups without release and acquire at agent scope, and data that a wave of the
// same workgroup wrote and has not waited for.
//
// Kept: of each dword the last write; of each 64 bytes who has read which dwords. Where that is too coarse to be sure,
// nothing is reported. Most memory is only read: until the first write to an allocation its reads are a list.
#include "runtime/emulator/core/MemoryImpl.h"
#include "runtime/emulator/core/Text.h"
#include "runtime/emulator/observe/GlobalClocks.h"
#include "runtime/emulator/observe/Observers.h"
#include "runtime/emulator/observe/PerWave.h"
#include "runtime/emulator/observe/ShadowPages.h"

#include <string_view>
#include <unordered_map>

namespace pa::emu {
namespace {

struct WriteRecord {
  uint64_t group; // plus one; 0: none
  uint32_t number, instruction;
  uint8_t wave, slot, bytes;
  bool atomic; // or a store with sc1: other XCDs see it once it is complete
};

struct ReadRecord {
  uint32_t group; // plus one, the first one; 0: none
  uint32_t number;
  uint16_t dwords, dwordsOfFirst; // read by anyone; by the first workgroup
  uint16_t dwordsOfSeveral;       // by the first workgroup and another; of two others nothing is known
  uint16_t wave : 8, slot : 1, severalWaves : 1, severalGroups : 1;
};

struct SeenValue {
  uint64_t number; // of the atomic or load
  uint8_t slot;
  SharedClocks clocks;
};

struct WaveState {
  Outstanding outstanding;
  GroupClock known;            // of the wave's own workgroup
  SharedClocks acquired;       // of others
  std::vector<SeenValue> seen; // not waited for yet
  SharedClocks arrived;        // of values waited for, and not yet invalidated for
  uint64_t writeBack = 0;      // number of the last buffer_wbl2; 0: none is under way
  GroupClock::Entries atWriteBack{};
};

constexpr uint64_t granule = 64;         // of read records
constexpr size_t runsInBlock = 1u << 10; // of listed reads

MemoryClass classAt(unsigned slot) { return slot ? MemoryClass::flat : MemoryClass::vmem; }

class GlobalRaces : public RunObserver {
public:
  explicit GlobalRaces(Memory::Impl &memory) : memory(memory) {}
  Wants wants() const override { return {true, true}; }
  bool wantsInstruction(const Inst &i) const override {
    return i.row->kind == Kind::vmem || i.row->kind == Kind::other || i.row->kind == Kind::waitcnt;
  }
  void waveStarts(Wave &w) override { waves.start(w) = WaveState(); }
  void instruction(Wave &w, const Inst &i) override;
  void barrierOpens(Workgroup &g) override;
  void access(Wave &w, const Inst &i, const AccessEvent &e) override;

private:
  struct Touch { // what one access does to one dword
    uint64_t address;
    uint8_t bytes;
    bool atomic, reads, writes;
  };
  bool check(Wave &w, const Inst &i, WaveState &s, const Touch &t);
  bool checkReaders(Wave &w, const Inst &i, const WaveState &s, const Touch &t);
  bool orderedAfter(const Wave &w, const WaveState &s, const WriteRecord &r) const;
  void record(Wave &w, const Inst &i, WaveState &s, const Touch &t);
  void load(Wave &w, const Inst &i, WaveState &s, const AccessEvent &e);
  struct Reader {
    uint32_t group, number;
    uint8_t wave, slot;
  };
  struct ReadRun {
    uint64_t begin;
    uint32_t bytes;
    Reader by;
  };
  // An allocation: its reads in their order, as long as nothing has been written.
  struct Area {
    std::vector<std::vector<ReadRun>> runs;
    uint64_t most; // blocks of runs
    bool listed = true;
  };
  Area &areaOf(const Wave &w, uint64_t address);
  void list(Area &a, const ReadRun &run);
  void endList(Area &a);
  void recordRun(const ReadRun &run);
  void recordRead(const Reader &by, uint64_t address, uint16_t dwords);
  void publish(Wave &w, WaveState &s, const Touch &t, uint64_t number, unsigned slot);
  void see(WaveState &s, uint64_t address, uint64_t number, unsigned slot);
  void wait(WaveState &s, const Wave &w, const Inst &i);
  void finding(Wave &w, const Inst &i, const Touch &t, const std::string &text);

  Memory::Impl &memory;
  PerWave<WaveState> waves;
  ShadowPages<WriteRecord, 2, 8> writes;
  ShadowPages<ReadRecord, 6, 8> reads;
  std::unordered_map<uint32_t, Area> areas; // by the window's number
  std::pair<uint32_t, Area *> lastArea{0, nullptr};
  std::unordered_map<uint64_t, SharedClocks> published; // by dword
};

void GlobalRaces::wait(WaveState &s, const Wave &w, const Inst &i) {
  s.outstanding.wait(i);
  for (unsigned slot = 0; slot < 2; ++slot)
    s.known.complete[slot][w.index] = uint32_t(s.outstanding.covered(classAt(slot)));
  if (s.writeBack && s.writeBack <= s.outstanding.covered(MemoryClass::vmem)) {
    GroupClock::raise(s.known.visible, s.atWriteBack);
    s.writeBack = 0;
  }
  auto covered = [&](const SeenValue &v) { return v.number <= s.outstanding.covered(classAt(v.slot)); };
  for (const SeenValue &v : s.seen)
    if (covered(v)) {
      s.arrived = joined(s.arrived, v.clocks);
      // Within a workgroup no cache needs to be invalidated.
      if (auto own = v.clocks->groups.find(w.group->linear); own != v.clocks->groups.end())
        s.known.join(own->second);
    }
  s.seen.erase(std::remove_if(s.seen.begin(), s.seen.end(), covered), s.seen.end());
}

void GlobalRaces::instruction(Wave &w, const Inst &i) {
  if (i.row->kind == Kind::waitcnt)
    return wait(waves.of(w), w, i);
  WaveState &s = waves.of(w);
  std::string_view name = i.row->name;
  bool agent = i.has(Modifier::sc1);
  if (MemoryClass c = classOf(*i.row); c != MemoryClass::none)
    s.outstanding.issue(c);
  if (name == "buffer_wbl2" && agent) {
    s.writeBack = s.outstanding.issued(MemoryClass::vmem);
    s.atWriteBack = s.known.complete;
    for (unsigned slot = 0; slot < 2; ++slot)
      s.atWriteBack[slot][w.index] = uint32_t(s.outstanding.issued(classAt(slot)));
  }
  if (name == "buffer_inv" && agent)
    s.acquired = joined(s.acquired, s.arrived);
}

void GlobalRaces::barrierOpens(Workgroup &g) {
  GroupClock known;
  SharedClocks acquired, arrived;
  for (Wave *w : g.waves) {
    WaveState &s = waves.of(*w);
    known.join(s.known);
    acquired = joined(acquired, s.acquired);
    arrived = joined(arrived, s.arrived);
  }
  for (Wave *w : g.waves) {
    WaveState &s = waves.of(*w);
    s.known = known;
    s.acquired = acquired;
    s.arrived = arrived; // what one wave saw, the others have heard of
  }
}

bool GlobalRaces::orderedAfter(const Wave &w, const WaveState &s, const WriteRecord &r) const {
  uint64_t group = r.group - 1;
  if (group == w.group->linear)
    return r.wave == w.index || r.number <= s.known.complete[r.slot][r.wave];
  if (!s.acquired)
    return false;
  if (s.acquired->everything)
    return true;
  auto found = s.acquired->groups.find(group);
  if (found == s.acquired->groups.end())
    return false;
  const GroupClock &c = found->second;
  return r.number <= (r.atomic ? c.complete : c.visible)[r.slot][r.wave];
}

void GlobalRaces::finding(Wave &w, const Inst &i, const Touch &t, const std::string &text) {
  const Allocation *a = memory.find(t.address);
  const char *does = t.writes ? t.reads ? "changes" : "writes" : "reads";
  std::string place = a ? format("0x%llx ('%s' + %llu)", (unsigned long long)t.address, a->name.c_str(),
                                 (unsigned long long)(t.address - a->window.base))
                        : std::string();
  Error e =
      findingAt(w, i, ErrorKind::race, -1, format("race: %s memory at %s that %s", does, place.c_str(), text.c_str()));
  e.address = t.address;
  e.allocation = a ? a->name : "";
  stopWave(w, std::move(e));
}

bool GlobalRaces::checkReaders(Wave &w, const Inst &i, const WaveState &s, const Touch &t) {
  const ReadRecord *r = reads.find(t.address);
  uint16_t bit = uint16_t(1u << (t.address / 4 % 16));
  if (!r || !(r->dwords & bit))
    return true;
  uint64_t group = uint64_t(r->group) - 1;
  bool known = s.acquired && s.acquired->everything;
  if (r->severalGroups) {
    if (!(r->dwordsOfSeveral & bit) || s.acquired)
      return true;
  } else if (uint32_t(group) == uint32_t(w.group->linear)) {
    return true;
  } else if (s.acquired && !known) {
    auto found = s.acquired->groups.find(group);
    known =
        found != s.acquired->groups.end() && (r->severalWaves || r->number <= found->second.complete[r->slot][r->wave]);
  }
  if (known)
    return true;
  finding(w, i, t,
          format("workgroup number %llu%s read, with no release and acquire at agent scope in between",
                 (unsigned long long)group, r->severalGroups ? " and others" : ""));
  return false;
}

bool GlobalRaces::check(Wave &w, const Inst &i, WaveState &s, const Touch &t) {
  const WriteRecord *r = writes.find(t.address);
  bool own = r && r->group == w.group->linear + 1;
  // Two waves of a workgroup that write the same place mostly write the same value.
  if (r && r->group && (r->bytes & t.bytes) && !(t.atomic && r->atomic) && !(own && !t.reads) &&
      !orderedAfter(w, s, *r)) {
    const Program &p = w.machine->program;
    std::string writer = "'" + p.textOf(p.instructions[r->instruction]) + "'";
    finding(w, i, t,
            own ? format("wave %u of the workgroup wrote, %s, without its own wait and a barrier in between", r->wave,
                         writer.c_str())
                : format("workgroup number %llu wrote, %s, with no release and acquire at agent scope in between",
                         (unsigned long long)(r->group - 1), writer.c_str()));
    return false;
  }
  return !t.writes || t.atomic || checkReaders(w, i, s, t);
}

// What the wave knows goes with the value to whoever sees it. Relaxed atomics of waves that never wrote back carry
// nothing.
void GlobalRaces::publish(Wave &w, WaveState &s, const Touch &t, uint64_t number, unsigned slot) {
  const GroupClock::Entries none{};
  if (t.reads && s.known.visible == none && !s.acquired)
    return;
  auto clocks = std::make_shared<Clocks>();
  if (s.acquired)
    clocks->join(*s.acquired);
  GroupClock mine = s.known;
  mine.complete[slot][w.index] = uint32_t(number);
  clocks->groups[w.group->linear].join(mine);
  SharedClocks &here = published[t.address / 4];
  here = t.reads ? joined(here, clocks) : SharedClocks(clocks);
}

void GlobalRaces::see(WaveState &s, uint64_t address, uint64_t number, unsigned slot) {
  auto found = published.find(address / 4);
  if (found == published.end())
    return;
  // A loop that polls sees the same value again and again.
  if (!s.seen.empty() && s.seen.back().clocks == found->second && s.seen.back().slot == slot)
    s.seen.back().number = number;
  else
    s.seen.push_back({number, uint8_t(slot), found->second});
}

// Of the 64 bytes that hold the address.
void GlobalRaces::recordRead(const Reader &by, uint64_t address, uint16_t dwords) {
  ReadRecord &r = reads.make(address);
  if (r.group == 0)
    r.group = by.group, r.wave = uint8_t(by.wave), r.slot = uint8_t(by.slot);
  if (r.group != by.group) {
    r.dwordsOfSeveral |= uint16_t(r.dwordsOfFirst & dwords);
    r.severalGroups = true;
  } else {
    r.dwordsOfSeveral |= uint16_t(r.dwords & ~r.dwordsOfFirst & dwords);
    r.dwordsOfFirst |= dwords;
    r.severalWaves |= r.wave != by.wave || r.slot != by.slot;
  }
  r.dwords |= dwords;
  r.slot = uint8_t(by.slot);
  r.number = by.number;
}

void GlobalRaces::record(Wave &w, const Inst &i, WaveState &s, const Touch &t) {
  MemoryClass c = classOf(*i.row);
  unsigned slot = GroupClock::slotOf(c);
  uint64_t number = s.outstanding.issued(c);
  if (t.atomic && t.writes)
    publish(w, s, t, number, slot);
  WriteRecord &r = writes.make(t.address);
  bool same = r.group == w.group->linear + 1 && r.wave == w.index && r.number == uint32_t(number) && r.slot == slot;
  r.bytes = uint8_t(same ? r.bytes | t.bytes : t.bytes);
  r.group = w.group->linear + 1;
  r.number = uint32_t(number);
  r.instruction = i.index;
  r.wave = uint8_t(w.index);
  r.slot = uint8_t(slot);
  r.atomic = t.atomic;
}

GlobalRaces::Area &GlobalRaces::areaOf(const Wave &w, uint64_t address) {
  constexpr uint64_t fewest = 1u << 12, most = 1u << 22; // runs
  const Allocation *a = w.window.holds(address, 1) ? nullptr : memory.find(address);
  const Window &window = a ? a->window : w.window;
  if (!lastArea.second || lastArea.first != window.id) {
    auto [found, isNew] = areas.try_emplace(window.id);
    if (isNew)
      found->second.most = std::clamp(window.size / 128, fewest, most) / runsInBlock;
    lastArea = {window.id, &found->second};
  }
  return *lastArea.second;
}

void GlobalRaces::list(Area &a, const ReadRun &run) {
  if (a.runs.empty() || a.runs.back().size() == runsInBlock) {
    if (a.runs.size() == a.most) {
      endList(a);
      return recordRun(run);
    }
    a.runs.emplace_back().reserve(runsInBlock);
  }
  a.runs.back().push_back(run);
}

void GlobalRaces::endList(Area &a) {
  a.listed = false;
  for (const std::vector<ReadRun> &block : a.runs)
    for (const ReadRun &run : block)
      recordRun(run);
  a.runs = {};
}

void GlobalRaces::recordRun(const ReadRun &run) {
  uint64_t end = run.begin + run.bytes;
  for (uint64_t at = run.begin & ~3ull; at < end;) {
    uint64_t next = std::min((at & ~(granule - 1)) + granule, end);
    unsigned first = unsigned(at / 4 % 16), count = unsigned((next - at + 3) / 4);
    recordRead(run.by, at, uint16_t(((1u << count) - 1) << first));
    at = next;
  }
}

// Plain loads, most of what a kernel does: neighbouring lanes together, and dword by dword only where something has
// been written.
void GlobalRaces::load(Wave &w, const Inst &i, WaveState &s, const AccessEvent &e) {
  MemoryClass c = classOf(*i.row);
  const Reader by = {uint32_t(w.group->linear + 1), uint32_t(s.outstanding.issued(c)), uint8_t(w.index),
                     uint8_t(GroupClock::slotOf(c))};
  for (uint64_t left = e.lanes; left;) {
    unsigned lane = unsigned(__builtin_ctzll(left));
    uint64_t begin = e.addresses[lane], end = begin;
    for (; lane < 64 && (left >> lane & 1) && e.addresses[lane] == end; ++lane)
      end += e.bytes;
    left = lane < 64 ? left & (~0ull << lane) : 0;
    Area &area = areaOf(w, begin);
    const ReadRun run = {begin, uint32_t(end - begin), by};
    if (area.listed) {
      if (!e.scalar)
        list(area, run);
      continue;
    }
    for (uint64_t d = begin & ~3ull; d < end; d += 4) {
      if (!writes.find(d)) {
        d |= writes.span - 4; // the last one of its page
        continue;
      }
      uint8_t bytes = uint8_t((d + 4 > end ? (1u << (end - d)) - 1 : 15) & (d < begin ? 15u << (begin - d) : 15u));
      if (!check(w, i, s, {d, bytes, false, true, false}))
        return;
    }
    if (!e.scalar)
      recordRun(run);
  }
}

void GlobalRaces::access(Wave &w, const Inst &i, const AccessEvent &e) {
  if (e.lds || e.scratch)
    return;
  if (e.access == Access::load && w.window.readOnly)
    return;
  WaveState &s = waves.of(w);
  bool agent = i.has(Modifier::sc1), atomic = e.access == Access::atomic || (agent && !e.scalar);
  if (e.access == Access::load && !atomic)
    return load(w, i, s, e);
  MemoryClass c = classOf(*i.row);
  for (uint64_t left = e.lanes; left; left &= left - 1) {
    uint64_t address = e.addresses[__builtin_ctzll(left)];
    if (e.access != Access::load)
      if (Area &a = areaOf(w, address); a.listed)
        endList(a);
    for (uint64_t at = address & ~3ull; at < address + e.bytes; at += 4) {
      unsigned first = at < address ? unsigned(address - at) : 0;
      unsigned end = at + 4 > address + e.bytes ? unsigned(address + e.bytes - at) : 4;
      Touch t{at, uint8_t((1u << end) - (1u << first)), atomic, e.access != Access::store, e.access != Access::load};
      // What an atomic read orders comes first: two atomics on one place never race.
      if (!check(w, i, s, t))
        return;
      if (atomic && t.reads)
        see(s, at, s.outstanding.issued(c), GroupClock::slotOf(c));
      if (t.writes)
        record(w, i, s, t);
    }
  }
}

} // namespace

std::unique_ptr<RunObserver> makeGlobalRaces(Memory::Impl &memory) { return std::make_unique<GlobalRaces>(memory); }

} // namespace pa::emu

// Races in LDS: two waves of a workgroup use the same bytes, one of them writes, and nothing orders the two.
//
// What orders them is a barrier that comes after the writer's own wait for its write (a barrier waits for nothing), or
// a chain of atomics on one dword. Loads straight to LDS are writes whose wait is one on vmcnt; a wave's own use of
// such bytes before that wait is a finding too.
#include "runtime/emulator/core/Text.h"
#include "runtime/emulator/observe/Observers.h"
#include "runtime/emulator/observe/Outstanding.h"
#include "runtime/emulator/observe/PerWave.h"

#include <map>

namespace pa::emu {
namespace {

constexpr unsigned mostWaves = 16, classCount = 5;

struct Dword {
  uint32_t number = 0; // of the last write in its wave and class; 0: none
  uint32_t instruction = 0;
  uint32_t readEpoch = 0; // barriers so far, plus one, when `readers` read
  uint16_t readers = 0;
  uint8_t writer = 0;
  MemoryClass kind = MemoryClass::none;
  uint8_t bytes = 0; // written ones
  uint8_t readBytes = 0;
  bool atomic = false;
};

// For each wave, the last entry of each class that is known to be complete.
struct Clock {
  uint32_t done[classCount][mostWaves] = {};
  void join(const Clock &o) {
    for (unsigned c = 0; c < classCount; ++c)
      for (unsigned w = 0; w < mostWaves; ++w)
        done[c][w] = std::max(done[c][w], o.done[c][w]);
  }
};

struct GroupState {
  bool checked = false;
  uint32_t barriers = 0;
  std::vector<Dword> dwords;
  Outstanding outstanding[mostWaves];
  Clock known[mostWaves];
  uint32_t issuedAtBarrier[classCount][mostWaves] = {};
  std::map<uint32_t, Clock> atomics; // by dword: what is known to who uses it next
};

class LdsRaces : public RunObserver {
public:
  explicit LdsRaces(const Program &program) {
    for (const Inst &i : program.instructions)
      loadsStraightToLds |= i.row->kind == Kind::vmem && (i.row->flags & flag::readsM0);
  }
  Wants wants() const override { return {true, true}; }
  bool wantsInstruction(const Inst &i) const override {
    return classOf(*i.row) != MemoryClass::none || i.row->kind == Kind::waitcnt;
  }
  void groupStarts(Workgroup &g) override {
    GroupState &s = groups.start(g);
    std::vector<Dword> dwords = std::move(s.dwords);
    s = GroupState();
    s.dwords = std::move(dwords);
    s.checked = !g.lds.empty() && (g.waveCount > 1 || loadsStraightToLds);
    if (s.checked)
      s.dwords.assign(g.lds.size() / 4 + 1, Dword());
  }
  void instruction(Wave &w, const Inst &i) override {
    Outstanding &o = groups.of(*w.group).outstanding[w.index];
    if (i.row->kind == Kind::waitcnt)
      o.wait(i);
    else
      o.issue(classOf(*i.row));
  }
  void barrierOpens(Workgroup &g) override;
  void access(Wave &w, const Inst &i, const AccessEvent &e) override;

private:
  // The first finding of an instruction ends it.
  bool checkDword(Wave &w, const Inst &i, GroupState &s, uint32_t dword, uint8_t bytes, Access access);
  static void completeOwn(GroupState &s, unsigned wave);
  static void synchronise(GroupState &s, unsigned wave, uint32_t dword);
  static void finding(Wave &w, const Inst &i, uint32_t dword, const std::string &text);

  bool loadsStraightToLds = false;
  PerGroup<GroupState> groups;
};

void LdsRaces::completeOwn(GroupState &s, unsigned wave) {
  for (unsigned c = 0; c < classCount; ++c)
    s.known[wave].done[c][wave] = uint32_t(s.outstanding[wave].covered(MemoryClass(c)));
}

void LdsRaces::barrierOpens(Workgroup &g) {
  GroupState &s = groups.of(g);
  ++s.barriers;
  Clock all;
  for (unsigned w = 0; w < g.waveCount; ++w) {
    completeOwn(s, w);
    all.join(s.known[w]);
    for (unsigned c = 0; c < classCount; ++c)
      s.issuedAtBarrier[c][w] = uint32_t(s.outstanding[w].issued(MemoryClass(c)));
  }
  for (unsigned w = 0; w < g.waveCount; ++w)
    s.known[w] = all;
}

// An atomic sees what was complete in the waves that used its dword before.
void LdsRaces::synchronise(GroupState &s, unsigned wave, uint32_t dword) {
  completeOwn(s, wave);
  Clock &here = s.atomics[dword];
  s.known[wave].join(here);
  here = s.known[wave];
}

void LdsRaces::finding(Wave &w, const Inst &i, uint32_t dword, const std::string &text) {
  Error e = findingAt(w, i, ErrorKind::race, -1, text);
  e.address = uint64_t(dword) * 4;
  e.allocation = "LDS";
  stopWave(w, std::move(e));
}

bool LdsRaces::checkDword(Wave &w, const Inst &i, GroupState &s, uint32_t dword, uint8_t bytes, Access access) {
  Dword &d = s.dwords[dword];
  const Program &p = w.machine->program;
  const char *does = access == Access::load ? "reads" : access == Access::store ? "writes" : "changes";
  auto writerText = [&] { return "'" + p.textOf(p.instructions[d.instruction]) + "'"; };
  if (d.number && (d.bytes & bytes)) {
    unsigned kind = unsigned(d.kind);
    if (d.writer == w.index) {
      if (d.kind == MemoryClass::vmem && d.number > s.outstanding[w.index].covered(d.kind) &&
          !(access == Access::store && classOf(*i.row) == MemoryClass::vmem)) {
        Error e = findingAt(w, i, ErrorKind::useBeforeWait, -1,
                            format("%s LDS bytes at %u before a wait on vmcnt covers the load to them, %s", does,
                                   dword * 4, writerText().c_str()));
        e.address = uint64_t(dword) * 4;
        e.allocation = "LDS";
        stopWave(w, std::move(e));
        return false;
      }
    } else if (!(d.atomic && access == Access::atomic) && d.number > s.known[w.index].done[kind][d.writer]) {
      bool handedOver = d.number <= s.issuedAtBarrier[kind][d.writer];
      finding(w, i, dword,
              format("race: %s LDS bytes at %u that wave %u wrote, %s, %s", does, dword * 4, d.writer,
                     writerText().c_str(),
                     handedOver ? "without its own wait before the barrier" : "with no barrier in between"));
      return false;
    }
  }
  bool readHere = d.readEpoch == s.barriers + 1;
  if (access != Access::load && readHere && (d.readBytes & bytes) && (d.readers & ~(1u << w.index))) {
    finding(w, i, dword,
            format("race: %s LDS bytes at %u that wave %u read, with no barrier in between", does, dword * 4,
                   unsigned(__builtin_ctz(d.readers & ~(1u << w.index)))));
    return false;
  }
  return true;
}

void LdsRaces::access(Wave &w, const Inst &i, const AccessEvent &e) {
  GroupState &s = groups.of(*w.group);
  if (!e.lds || !s.checked)
    return;
  MemoryClass kind = classOf(*i.row);
  uint32_t number = uint32_t(s.outstanding[w.index].issued(kind));
  for (uint64_t left = e.lanes; left; left &= left - 1) {
    uint64_t address = e.addresses[__builtin_ctzll(left)];
    if (address + e.bytes > w.ldsBytes)
      continue;
    for (uint64_t at = address & ~3ull; at < address + e.bytes; at += 4) {
      unsigned first = at < address ? unsigned(address - at) : 0;
      unsigned end = at + 4 > address + e.bytes ? unsigned(address + e.bytes - at) : 4;
      uint8_t bytes = uint8_t((1u << end) - (1u << first));
      uint32_t dword = uint32_t(at / 4);
      if (e.access == Access::atomic)
        synchronise(s, w.index, dword);
      if (!checkDword(w, i, s, dword, bytes, e.access))
        return;
      Dword &d = s.dwords[dword];
      if (e.access == Access::load) {
        bool readHere = d.readEpoch == s.barriers + 1;
        d.readers = uint16_t((readHere ? d.readers : 0) | 1u << w.index);
        d.readBytes = uint8_t((readHere ? d.readBytes : 0) | bytes);
        d.readEpoch = s.barriers + 1;
      } else {
        bool same = d.number == number && d.writer == w.index && d.kind == kind;
        d.bytes = uint8_t(same ? d.bytes | bytes : bytes);
        d.number = number;
        d.writer = uint8_t(w.index);
        d.kind = kind;
        d.instruction = i.index;
        d.atomic = e.access == Access::atomic;
        d.readEpoch = 0;
      }
    }
  }
}

} // namespace

std::unique_ptr<RunObserver> makeLdsRaces(const Program &program) { return std::make_unique<LdsRaces>(program); }

} // namespace pa::emu

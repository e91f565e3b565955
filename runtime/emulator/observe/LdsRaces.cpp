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
  uint32_t number; // of the last write in its wave and class; 0: none
  uint32_t instruction;
  uint32_t readEpoch; // barriers so far, plus one, when `readers` read
  uint16_t readers;
  uint8_t who;                      // wrote: wave in bits 3:0, class in 6:4, whether by an atomic in 7
  uint8_t bytes : 4, readBytes : 4; // written and read ones

  unsigned writer() const { return who & 15; }
  MemoryClass kind() const { return MemoryClass(who >> 4 & 7); }
  bool atomic() const { return who >> 7; }
};
static_assert(sizeof(Dword) == 16 && classCount <= 8 && mostWaves <= 16, "four dwords to a host's cache line");

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
  struct Use { // what one instruction does
    Access access;
    uint32_t number, epoch, instruction;
    uint8_t who;
    uint16_t wave;        // its bit
    const uint32_t *done; // by other waves, known to this one, as `who` counts
  };
  bool use(Wave &w, const Inst &i, GroupState &s, const Use &u, uint32_t dword, uint8_t bytes);
  [[gnu::noinline]] bool checkDword(Wave &w, const Inst &i, GroupState &s, uint32_t dword, uint8_t bytes,
                                    Access access);
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
    unsigned kind = unsigned(d.kind()), writer = d.writer();
    if (writer == w.index) {
      if (d.kind() == MemoryClass::vmem && d.number > s.outstanding[w.index].covered(MemoryClass::vmem) &&
          !(access == Access::store && classOf(*i.row) == MemoryClass::vmem)) {
        Error e = findingAt(w, i, ErrorKind::useBeforeWait, -1,
                            format("%s LDS bytes at %u before a wait on vmcnt covers the load to them, %s", does,
                                   dword * 4, writerText().c_str()));
        e.address = uint64_t(dword) * 4;
        e.allocation = "LDS";
        stopWave(w, std::move(e));
        return false;
      }
    } else if (!(d.atomic() && access == Access::atomic) && d.number > s.known[w.index].done[kind][writer]) {
      bool handedOver = d.number <= s.issuedAtBarrier[kind][writer];
      finding(w, i, dword,
              format("race: %s LDS bytes at %u that wave %u wrote, %s, %s", does, dword * 4, writer,
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

inline bool LdsRaces::use(Wave &w, const Inst &i, GroupState &s, const Use &u, uint32_t dword, uint8_t bytes) {
  Dword &d = s.dwords[dword];
  // Most often no look at the bytes is needed: nothing else uses the dword, or what did is known to be complete.
  bool own = d.writer() == (u.who & 15u) && d.kind() != MemoryClass::vmem;
  bool written = d.number > u.done[d.who & 127] && !own, readHere = d.readEpoch == u.epoch;
  bool quiet = !written && (u.access == Access::load || !readHere || !(d.readers & ~u.wave));
  if (!quiet && !checkDword(w, i, s, dword, bytes, u.access))
    return false;
  if (u.access == Access::load) {
    d.readers = uint16_t((readHere ? d.readers : 0) | u.wave);
    d.readBytes = uint8_t((readHere ? d.readBytes : 0) | bytes);
    d.readEpoch = u.epoch;
    return true;
  }
  bool same = d.number == u.number && (d.who & 127) == (u.who & 127);
  d.bytes = uint8_t(same ? d.bytes | bytes : bytes);
  d.number = u.number;
  d.who = u.who;
  d.instruction = u.instruction;
  d.readEpoch = 0;
  return true;
}

void LdsRaces::access(Wave &w, const Inst &i, const AccessEvent &e) {
  GroupState &s = groups.of(*w.group);
  if (!e.lds || !s.checked)
    return;
  MemoryClass kind = classOf(*i.row);
  const Use u = {e.access,
                 uint32_t(s.outstanding[w.index].issued(kind)),
                 s.barriers + 1,
                 i.index,
                 uint8_t(w.index | unsigned(kind) << 4 | unsigned(e.access == Access::atomic) << 7),
                 uint16_t(1u << w.index),
                 &s.known[w.index].done[0][0]};
  for (uint64_t left = e.lanes; left; left &= left - 1) {
    uint64_t address = e.addresses[__builtin_ctzll(left)], past = address + e.bytes;
    if (past > w.ldsBytes)
      continue;
    if (e.access != Access::atomic && (address | e.bytes) % 4 == 0) {
      for (uint32_t dword = uint32_t(address / 4); dword < past / 4; ++dword)
        if (!use(w, i, s, u, dword, 15))
          return;
      continue;
    }
    for (uint64_t at = address & ~3ull; at < past; at += 4) {
      unsigned first = at < address ? unsigned(address - at) : 0, end = at + 4 > past ? unsigned(past - at) : 4;
      if (e.access == Access::atomic)
        synchronise(s, w.index, uint32_t(at / 4));
      if (!use(w, i, s, u, uint32_t(at / 4), uint8_t((1u << end) - (1u << first))))
        return;
    }
  }
}

} // namespace

std::unique_ptr<RunObserver> makeLdsRaces(const Program &program) { return std::make_unique<LdsRaces>(program); }

} // namespace pa::emu

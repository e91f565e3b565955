// Use before wait: a load's destination is pending from its issue until a wait that surely covers it. Finding: any read
// of a pending register, and any write of one except by a later load of the same in-order class.
#include "runtime/emulator/core/Indexing.h"
#include "runtime/emulator/core/Names.h"
#include "runtime/emulator/core/Text.h"
#include "runtime/emulator/observe/Observers.h"
#include "runtime/emulator/observe/Outstanding.h"
#include "runtime/emulator/observe/PerWave.h"

namespace pa::emu {
namespace {

struct PendingLoad {
  uint64_t number = 0;
  uint32_t instruction = 0;
  MemoryClass kind = MemoryClass::none;
};

struct WaveState {
  Outstanding outstanding;
  PendingLoad vgprs[512], sgprs[sreg::count];
  bool pending(const PendingLoad &p) const { return p.number > outstanding.covered(p.kind); }
};

class WaitChecker : public RunObserver {
public:
  Wants wants() const override { return {true, false}; }
  void waveStarts(Wave &w) override { states.start(w) = WaveState(); }
  void instruction(Wave &w, const Inst &i) override;

private:
  bool check(Wave &w, const Inst &i, WaveState &s, const Operand &o, bool write, MemoryClass own);
  bool checkOperands(Wave &w, const Inst &i, WaveState &s, MemoryClass own);
  bool checkImplicit(Wave &w, const Inst &i, WaveState &s);
  bool checkOne(Wave &w, const Inst &i, WaveState &s, const PendingLoad &p, bool write, MemoryClass own, bool vector,
                unsigned reg);
  void issue(WaveState &s, const Inst &i, MemoryClass own);
  void setPending(WaveState &s, const Inst &i, const Operand &o, MemoryClass own);

  PerWave<WaveState> states;
};

bool WaitChecker::checkOne(Wave &w, const Inst &i, WaveState &s, const PendingLoad &p, bool write, MemoryClass own,
                           bool vector, unsigned reg) {
  if (!s.pending(p) || (write && own == p.kind && (own == MemoryClass::vmem || own == MemoryClass::lds)))
    return true;
  const Program &program = w.machine->program;
  const Inst &load = program.instructions[p.instruction];
  std::string name = registerName(w, vector ? Place::vgpr : Place::sgpr, reg);
  Error e = findingAt(w, i, ErrorKind::useBeforeWait, -1,
                      format("%s is %s before a wait on %s covers the load into it, '%s' (+0x%llx)", name.c_str(),
                             write ? "overwritten" : "read", counterOf(p.kind), program.textOf(load).c_str(),
                             (unsigned long long)program.offsetOf(load)));
  e.registerName = name;
  stopWave(w, std::move(e));
  return false;
}

bool WaitChecker::check(Wave &w, const Inst &i, WaveState &s, const Operand &o, bool write, MemoryClass own) {
  if (o.place != Place::vgpr && o.place != Place::sgpr)
    return true;
  bool vector = o.place == Place::vgpr;
  const PendingLoad *file = vector ? s.vgprs : s.sgprs;
  for (unsigned r = o.reg; r < unsigned(o.reg) + o.dwords; ++r)
    if (!checkOne(w, i, s, file[r], write, own, vector, r))
      return false;
  return true;
}

bool WaitChecker::checkImplicit(Wave &w, const Inst &i, WaveState &s) {
  Operand o;
  o.place = Place::sgpr;
  o.dwords = 2;
  if (i.row->flags & flag::readsVcc) {
    o.reg = sreg::vcc;
    if (!check(w, i, s, o, false, MemoryClass::none))
      return false;
  }
  if (i.row->flags & flag::readsM0) {
    o.reg = sreg::m0;
    o.dwords = 1;
    return check(w, i, s, o, false, MemoryClass::none);
  }
  return true;
}

void WaitChecker::setPending(WaveState &s, const Inst &i, const Operand &o, MemoryClass own) {
  if (o.place != Place::vgpr && o.place != Place::sgpr)
    return;
  PendingLoad *file = o.place == Place::vgpr ? s.vgprs : s.sgprs;
  for (unsigned r = o.reg; r < unsigned(o.reg) + o.dwords; ++r)
    file[r] = {s.outstanding.issued(own), i.index, own};
}

void WaitChecker::issue(WaveState &s, const Inst &i, MemoryClass own) {
  s.outstanding.issue(own);
  for (const Operand &o : i.dst)
    setPending(s, i, o, own);
  if ((i.row->flags & flag::dataIsResult) && i.has(Modifier::sc0))
    setPending(s, i, i.src[0], own);
}

bool WaitChecker::checkOperands(Wave &w, const Inst &i, WaveState &s, MemoryClass own) {
  for (const Operand &o : i.src)
    if (o.place != Place::none && !check(w, i, s, o, false, own))
      return false;
  for (const Operand &o : i.dst)
    if (o.place != Place::none && !check(w, i, s, o, true, own))
      return false;
  return checkImplicit(w, i, s);
}

void WaitChecker::instruction(Wave &w, const Inst &i) {
  WaveState &s = states.of(w);
  if (i.row->kind == Kind::waitcnt)
    return s.outstanding.wait(i);
  MemoryClass own = classOf(*i.row);
  if (s.outstanding.anything()) {
    std::optional<Inst> moved;
    if (isIndexed(w, i))
      moved = indexed(w, i);
    if (!checkOperands(w, moved ? *moved : i, s, own))
      return;
  }
  if (own != MemoryClass::none)
    issue(s, i, own);
}

} // namespace

std::unique_ptr<RunObserver> makeWaitChecker() { return std::make_unique<WaitChecker>(); }

} // namespace pa::emu

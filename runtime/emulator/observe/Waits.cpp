// Use before wait: a load's destination is pending from its issue until a wait that surely covers it.
//
// VMEM (with stores and atomics) is in order and counted by vmcnt; LDS is in order, and SMEM out of order, both counted
// by lgkmcnt. A wait `count <= n` covers an in-order entry iff at most n entries of its own class were issued after it;
// SMEM only n = 0. FLAT is covered once each counter has been waited to 0 since its issue. Finding: any read of a
// pending register, and any write of one except by a later load of the same in-order class.
#include "runtime/emulator/core/Text.h"
#include "runtime/emulator/observe/Observers.h"

#include <algorithm>
#include <map>

namespace pa::emu {
namespace {

enum class Class : uint8_t { none, vmem, lds, smem, flat };

Class classOf(const Row &row) {
  if (!(row.flags & (flag::load | flag::store | flag::atomic)))
    return Class::none;
  switch (row.kind) {
  case Kind::vmem:
    return row.flags & flag::flat ? Class::flat : Class::vmem;
  case Kind::lds:
    return Class::lds;
  case Kind::smem:
    return Class::smem;
  default:
    return Class::none;
  }
}
const char *counterOf(Class c) {
  return c == Class::vmem ? "vmcnt" : c == Class::flat ? "vmcnt and lgkmcnt" : "lgkmcnt";
}

// Issue numbers begin at 1; a register is pending while the number of the load into it is above its class's `covered`.
struct ClassState {
  uint64_t issued = 0, covered = 0;
  void wait(uint64_t atMost) { covered = issued > atMost ? std::max(covered, issued - atMost) : covered; }
};

struct PendingLoad {
  uint64_t number = 0;
  uint32_t instruction = 0;
  Class kind = Class::none;
};

struct WaveState {
  ClassState classes[5];
  uint64_t flatVm = 0, flatLgkm = 0; // flat entries issued before the last wait for none, of either counter
  PendingLoad vgprs[512], sgprs[sreg::count];
  bool anything() const {
    for (const ClassState &c : classes)
      if (c.issued != c.covered)
        return true;
    return false;
  }
  bool pending(const PendingLoad &p) const { return p.number > classes[unsigned(p.kind)].covered; }
};

class WaitChecker : public RunObserver {
public:
  Wants wants() const override { return {true, false}; }
  void waveStarts(Wave &w) override {
    states[&w] = std::make_unique<WaveState>();
    lastWave = nullptr;
  }
  void waveEnds(Wave &w) override {
    states.erase(&w);
    lastWave = nullptr;
  }
  void instruction(Wave &w, const Inst &i) override;

private:
  WaveState &stateOf(Wave &w) {
    if (&w != lastWave) {
      lastWave = &w;
      lastState = states[&w].get();
    }
    return *lastState;
  }
  bool check(Wave &w, const Inst &i, WaveState &s, const Operand &o, bool write, Class own);
  bool checkImplicit(Wave &w, const Inst &i, WaveState &s);
  bool checkOne(Wave &w, const Inst &i, WaveState &s, const PendingLoad &p, bool write, Class own, char file,
                unsigned reg);
  void issue(WaveState &s, const Inst &i, Class own);
  void setPending(WaveState &s, const Inst &i, const Operand &o, Class own);

  std::map<Wave *, std::unique_ptr<WaveState>> states;
  Wave *lastWave = nullptr;
  WaveState *lastState = nullptr;
};

bool WaitChecker::checkOne(Wave &w, const Inst &i, WaveState &s, const PendingLoad &p, bool write, Class own, char file,
                           unsigned reg) {
  if (!s.pending(p) || (write && own == p.kind && (own == Class::vmem || own == Class::lds)))
    return true;
  const Program &program = w.machine->program;
  const Inst &load = program.instructions[p.instruction];
  stopWave(w, findingAt(w, i, ErrorKind::useBeforeWait, -1,
                        format("%c%u is %s before a wait on %s covers the load into it, '%s' (+0x%llx)", file, reg,
                               write ? "overwritten" : "read", counterOf(p.kind), program.textOf(load).c_str(),
                               (unsigned long long)program.offsetOf(load))));
  return false;
}

bool WaitChecker::check(Wave &w, const Inst &i, WaveState &s, const Operand &o, bool write, Class own) {
  if (o.place != Place::vgpr && o.place != Place::sgpr)
    return true;
  bool vector = o.place == Place::vgpr;
  const PendingLoad *file = vector ? s.vgprs : s.sgprs;
  for (unsigned r = o.reg; r < unsigned(o.reg) + o.dwords; ++r)
    if (!checkOne(w, i, s, file[r], write, own, vector ? 'v' : 's', r))
      return false;
  return true;
}

bool WaitChecker::checkImplicit(Wave &w, const Inst &i, WaveState &s) {
  Operand o;
  o.place = Place::sgpr;
  o.dwords = 2;
  if (i.row->flags & flag::readsVcc) {
    o.reg = sreg::vcc;
    if (!check(w, i, s, o, false, Class::none))
      return false;
  }
  if (i.row->flags & flag::readsM0) {
    o.reg = sreg::m0;
    o.dwords = 1;
    return check(w, i, s, o, false, Class::none);
  }
  return true;
}

void WaitChecker::setPending(WaveState &s, const Inst &i, const Operand &o, Class own) {
  if (o.place != Place::vgpr && o.place != Place::sgpr)
    return;
  PendingLoad *file = o.place == Place::vgpr ? s.vgprs : s.sgprs;
  for (unsigned r = o.reg; r < unsigned(o.reg) + o.dwords; ++r)
    file[r] = {s.classes[unsigned(own)].issued, i.index, own};
}

void WaitChecker::issue(WaveState &s, const Inst &i, Class own) {
  ++s.classes[unsigned(own)].issued;
  for (const Operand &o : i.dst)
    setPending(s, i, o, own);
  if ((i.row->flags & flag::dataIsResult) && i.has(Modifier::sc0))
    setPending(s, i, i.src[0], own);
}

void WaitChecker::instruction(Wave &w, const Inst &i) {
  WaveState &s = stateOf(w);
  Class own = classOf(*i.row);
  if (i.row->kind == Kind::waitcnt) {
    s.classes[unsigned(Class::vmem)].wait(i.vmcnt < 63 ? i.vmcnt : ~0ull);
    s.classes[unsigned(Class::lds)].wait(i.lgkmcnt < 15 ? i.lgkmcnt : ~0ull);
    if (i.lgkmcnt == 0)
      s.classes[unsigned(Class::smem)].wait(0);
    ClassState &flat = s.classes[unsigned(Class::flat)];
    s.flatVm = i.vmcnt == 0 ? flat.issued : s.flatVm;
    s.flatLgkm = i.lgkmcnt == 0 ? flat.issued : s.flatLgkm;
    flat.covered = std::min(s.flatVm, s.flatLgkm);
    return;
  }
  if (s.anything()) {
    for (const Operand &o : i.src)
      if (o.place != Place::none && !check(w, i, s, o, false, own))
        return;
    for (const Operand &o : i.dst)
      if (o.place != Place::none && !check(w, i, s, o, true, own))
        return;
    if (!checkImplicit(w, i, s))
      return;
  }
  if (own != Class::none)
    issue(s, i, own);
}

} // namespace

std::unique_ptr<RunObserver> makeWaitChecker() { return std::make_unique<WaitChecker>(); }

} // namespace pa::emu

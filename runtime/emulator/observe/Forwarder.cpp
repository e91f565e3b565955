// Hands a run's instructions to a user's observer, with the registers that they read and wrote where it asks for them.
#include "runtime/emulator/core/Indexing.h"
#include "runtime/emulator/core/Names.h"
#include "runtime/emulator/observe/Observers.h"

namespace pa::emu {
namespace {

using Values = std::vector<RegisterValue>;

void add(Values &values, const Wave &w, Place place, unsigned reg) {
  if (place == Place::vgpr && reg >= w.vgprs)
    return; // beyond the kernel's allocation: the wave is about to fault
  RegisterValue v{registerName(w, place, reg), {}};
  if (place == Place::vgpr)
    v.words.assign(w.v[reg], w.v[reg] + 64);
  else
    v.words = {w.s[reg]};
  for (const RegisterValue &known : values)
    if (known.name == v.name)
      return;
  values.push_back(std::move(v));
}

void add(Values &values, const Wave &w, const Operand &o) {
  if (o.place == Place::vgpr || o.place == Place::sgpr)
    for (unsigned d = 0; d < o.dwords; ++d)
      add(values, w, o.place, o.reg + d);
}

class Forwarder : public RunObserver {
public:
  explicit Forwarder(Observer &observer) : observer(observer) {}
  Wants wants() const override { return {true, false, true}; }
  void instruction(Wave &w, const Inst &i) override {
    const Program &p = w.machine->program;
    event = {{w.group->id[0], w.group->id[1], w.group->id[2]},
             w.index,
             uint64_t(p.offsetOf(i)),
             p.textOf(i),
             w.exec(),
             toString(i.row->kind)};
    observer.instruction(event);
    wanted = observer.wantsRegisters(event);
    if (!wanted)
      return;
    read.clear();
    moved = isIndexed(w, i) ? indexed(w, i) : std::nullopt;
    for (const Operand &o : (moved ? *moved : i).src)
      add(read, w, o);
    if (i.row->flags & flag::readsVcc)
      add(read, w, vcc());
    if (i.row->flags & flag::readsM0)
      add(read, w, Place::sgpr, sreg::m0);
    scc = w.s[sreg::scc];
    exec = w.exec();
  }
  void executed(Wave &w, const Inst &i) override {
    if (!wanted)
      return;
    Values written;
    for (const Operand &o : (moved ? *moved : i).dst)
      add(written, w, o);
    if ((i.row->flags & flag::dataIsResult) && i.has(Modifier::sc0))
      add(written, w, i.src[0]);
    if (w.s[sreg::scc] != scc)
      add(written, w, Place::sgpr, sreg::scc);
    if (w.exec() != exec)
      for (unsigned r : {sreg::exec, sreg::exec + 1})
        add(written, w, Place::sgpr, r);
    observer.registers(event, read, written);
  }

private:
  static Operand vcc() {
    Operand o;
    o.place = Place::sgpr;
    o.dwords = 2;
    o.reg = sreg::vcc;
    return o;
  }

  Observer &observer;
  InstructionEvent event{};
  Values read;
  std::optional<Inst> moved; // where registers are indexed
  bool wanted = false;
  uint32_t scc = 0;
  uint64_t exec = 0;
};

} // namespace

std::unique_ptr<RunObserver> makeForwarder(Observer &observer) { return std::make_unique<Forwarder>(observer); }

} // namespace pa::emu

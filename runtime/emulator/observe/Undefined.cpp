// Undefined values: definedness is tracked for each bit of the registers and each byte of LDS, scratch and global
// memory, and travels with the values. A finding is its use as an address, in a branch, in EXEC or as a scalar; the
// host's copying it out is one of Memory::read.
#include "runtime/emulator/observe/Undefined.h"

#include "runtime/emulator/core/Indexing.h"
#include "runtime/emulator/observe/Observers.h"
#include "runtime/emulator/observe/PerWave.h"

namespace pa::emu {
namespace {

constexpr unsigned lanes = 64;

struct WaveMemory {
  RegisterShadow registers;
  std::unique_ptr<SparseBits> scratch; // defined bytes, of all lanes one after the other
  unsigned event = 0;                  // accesses of the instruction so far
  uint32_t carried[lanes] = {};        // of a load straight to LDS, on its way
};

struct GroupMemory {
  std::vector<uint64_t> lds; // undefined bytes
};

template <class F> void forEach(uint64_t mask, F f) {
  for (; mask; mask &= mask - 1)
    f(unsigned(__builtin_ctzll(mask)));
}

class UndefinedChecker : public RunObserver {
public:
  UndefinedChecker(const Program &program, Memory::Impl &memory)
      : plans(plansOf(program)), memory(memory), memoryHasUndefined(memory.mayBeUndefined()) {}
  Wants wants() const override { return {true, true}; }
  void groupStarts(Workgroup &g) override { groups.start(g).lds.assign(g.lds.size() / 64 + 2, ~0ull); }
  void waveStarts(Wave &w) override {
    WaveMemory &s = waves.start(w);
    s.registers.reset(w.machine->initialScalars, w.exec());
    s.scratch.reset();
  }
  void instruction(Wave &w, const Inst &i) override {
    WaveMemory &state = waves.of(w);
    const Plan &p = plans[i.index];
    state.event = 0;
    if (!isDefined(p, state.registers) || w.gprIndexing)
      follow(w, i, p, state);
  }
  void access(Wave &w, const Inst &i, const AccessEvent &e) override;

private:
  static bool isDefined(const Plan &p, const RegisterShadow &s) {
    uint32_t any = 0;
    for (unsigned n = 0; n < p.vectorCount; ++n)
      for (unsigned r = 0; r < p.vectors[n].count; ++r)
        any |= s.vectorMarks[p.vectors[n].reg + r];
    for (unsigned n = 0; n < p.scalarCount; ++n)
      for (unsigned r = 0; r < p.scalars[n].count; ++r)
        any |= s.scalar[p.scalars[n].reg + r];
    return any == 0;
  }
  static void follow(Wave &w, const Inst &i, const Plan &p, WaveMemory &state);
  static void memoryStep(ShadowStep step);

  template <class Get, class Put>
  void move(Wave &w, const Inst &i, const Plan &p, const AccessEvent &e, Get get, Put put);
  template <class Get> void load(const Inst &i, const Plan &p, const AccessEvent &e, WaveMemory &s, Get get);
  static uint32_t stored(const Inst &i, const Plan &p, const AccessEvent &e, const WaveMemory &s, unsigned lane);
  static bool storesUndefined(const Inst &i, const Plan &p, const WaveMemory &s);
  void transposed(const Inst &i, const AccessEvent &e, RegisterShadow &s, const uint32_t *bits) const;
  Allocation *allocationOf(uint64_t address);

  std::vector<Plan> plans;
  Memory::Impl &memory;
  bool memoryHasUndefined;
  Allocation *last = nullptr;
  PerWave<WaveMemory> waves;
  PerGroup<GroupMemory> groups;
};

void UndefinedChecker::follow(Wave &w, const Inst &i, const Plan &p, WaveMemory &state) {
  std::optional<Inst> moved = isIndexed(w, i) ? indexed(w, i) : i;
  if (!moved)
    return; // the wave is about to fault
  ShadowStep step(w, *moved, p, state.registers);
  if (p.rule == Rule::memory)
    memoryStep(step);
  else
    step.run();
}

// Addresses must be defined. A load's destination is defined but for what `access` then adds.
void UndefinedChecker::memoryStep(ShadowStep step) {
  const Inst &i = step.inst;
  const Plan &p = step.plan;
  uint64_t exec = step.wave.exec();
  bool scalar = i.row->kind == Kind::smem;
  if (exec == 0 && !scalar)
    return;
  for (unsigned n = 0; n < 5; ++n)
    if ((p.addresses >> n & 1) && !step.use(i.src[n], exec, "is an address"))
      return;
  if (p.toLds && !step.useScalar(sreg::m0, step.shadow.scalar[sreg::m0], "is an address"))
    return;
  auto define = [&](const Operand &o) {
    for (unsigned d = 0; d < o.dwords; ++d)
      if (o.place == Place::sgpr) {
        step.shadow.scalar[o.reg + d] = 0;
      } else if (o.place == Place::vgpr) {
        step.shadow.put(o.reg + d, {}, exec);
      }
  };
  define(i.dst[0]);
  if ((i.row->flags & flag::dataIsResult) && i.has(Modifier::sc0) && p.dataSource[0] == 15)
    define(i.src[0]);
}

Allocation *UndefinedChecker::allocationOf(uint64_t address) {
  if (!last || !last->window.holds(address, 1))
    last = const_cast<Allocation *>(memory.find(address));
  return last;
}

// The bits of the stored bytes of a lane.
uint32_t UndefinedChecker::stored(const Inst &i, const Plan &p, const AccessEvent &e, const WaveMemory &s,
                                  unsigned lane) {
  const Operand &data = i.src[p.dataSource[p.twoAddress ? s.event : 0]];
  uint32_t bits = 0;
  for (unsigned b = 0; b < e.bytes && data.place == Place::sgpr; ++b)
    bits |= (s.registers.scalar[data.reg + b / 4] >> b % 4 * 8 & 0xff ? 1u : 0) << b;
  for (unsigned b = 0; b < e.bytes && data.place == Place::vgpr; ++b) {
    unsigned from = b + (p.highHalf ? 2 : 0);
    bits |= uint32_t(s.registers.vector(data.reg + from / 4).byte[from % 4] >> lane & 1) << b;
  }
  return bits;
}

bool UndefinedChecker::storesUndefined(const Inst &i, const Plan &p, const WaveMemory &s) {
  for (unsigned source : p.dataSource)
    for (unsigned d = 0; source != 15 && d < i.src[source].dwords; ++d)
      if (const Operand &o = i.src[source]; o.place == Place::vgpr   ? s.registers.vectorMarks[o.reg + d]
                                            : o.place == Place::sgpr ? s.registers.scalar[o.reg + d] != 0
                                                                     : false)
        return true;
  return false;
}

// Element e of lane t of 16 comes from the bytes that lane (step e + t / width) addresses.
void UndefinedChecker::transposed(const Inst &i, const AccessEvent &e, RegisterShadow &s, const uint32_t *bits) const {
  std::string_view name = i.row->name;
  bool halves = name == "ds_read_b64_tr_b16", bytes = name == "ds_read_b64_tr_b8";
  unsigned size = halves ? 2 : 1, width = 8 / size, step = 16 / width;
  for (unsigned l = 0; l < lanes; ++l)
    for (unsigned b = 0; b < e.bytes; ++b) {
      unsigned group = l / 16 * 16, t = l % 16;
      bool undefined = false;
      if (halves || bytes)
        undefined = bits[group + step * (b / size) + t / width] >> (t % width * size + b % size) & 1;
      else
        for (unsigned from = group; from < group + 16; ++from)
          undefined |= bits[from] != 0;
      s.add(i.dst[0].reg + b / 4, b % 4, uint64_t(undefined) << l);
    }
}

template <class Get>
void UndefinedChecker::load(const Inst &i, const Plan &p, const AccessEvent &e, WaveMemory &s, Get get) {
  uint32_t bits[lanes] = {}, any = 0;
  forEach(e.lanes, [&](unsigned l) { any |= bits[l] = get(l); });
  if (p.toLds) {
    std::memcpy(s.carried, bits, sizeof bits);
    return;
  }
  if (any == 0)
    return;
  if (p.transposes)
    return transposed(i, e, s.registers, bits);
  const Operand &target = i.dst[0].place == Place::none ? i.src[0] : i.dst[0];
  if (target.place == Place::sgpr) {
    for (unsigned b = 0; b < e.bytes; ++b)
      s.registers.scalar[target.reg + (e.bytes == 4 ? s.event : 0) + b / 4] |= (bits[0] >> b & 1 ? 0xffu : 0)
                                                                               << b % 4 * 8;
    return;
  }
  unsigned reg = target.reg + (p.twoAddress ? s.event * e.bytes / 4 : 0), first = p.highHalf ? 2 : 0;
  unsigned end = e.bytes >= 4 ? e.bytes : p.half ? 2 : 4; // of what has the value
  forEach(e.lanes, [&](unsigned l) {
    for (unsigned b = 0; b < end && bits[l]; ++b) {
      bool extended = b >= e.bytes,
           undefined = extended ? p.extendsSign && bits[l] >> (e.bytes - 1) & 1 : bits[l] >> b & 1;
      s.registers.add(reg + (first + b) / 4, (first + b) % 4, uint64_t(undefined) << l);
    }
  });
}

template <class Get, class Put>
void UndefinedChecker::move(Wave &w, const Inst &i, const Plan &p, const AccessEvent &e, Get get, Put put) {
  WaveMemory &s = waves.of(w);
  if (e.access == Access::load)
    return load(i, p, e, s, get);
  if (p.toLds)
    return forEach(e.lanes, [&](unsigned l) { put(l, s.carried[l]); });
  bool undefined = storesUndefined(i, p, s);
  if (e.access == Access::store)
    return forEach(e.lanes, [&](unsigned l) { put(l, undefined ? stored(i, p, e, s, l) : 0); });
  // An atomic's result is the memory's old value; the new one depends on both.
  uint64_t data = 0;
  for (unsigned source : p.dataSource)
    for (unsigned d = 0; undefined && source != 15 && d < i.src[source].dwords; ++d)
      data |= i.src[source].place == Place::vgpr ? s.registers.vector(i.src[source].reg + d).any()
                                                 : (s.registers.scalar[i.src[source].reg + d] ? ~0ull : 0);
  uint32_t old[lanes] = {}, all = uint32_t((1ull << e.bytes) - 1);
  forEach(e.lanes, [&](unsigned l) {
    old[l] = get(l);
    put(l, old[l] || data >> l & 1 ? all : 0);
  });
  bool returns = i.dst[0].place == Place::vgpr || ((i.row->flags & flag::dataIsResult) && i.has(Modifier::sc0));
  if (returns)
    load(i, p, e, s, [&](unsigned l) { return old[l]; });
}

void UndefinedChecker::access(Wave &w, const Inst &i, const AccessEvent &e) {
  const Plan &p = plans[i.index];
  WaveMemory &s = waves.of(w);
  if (p.rule != Rule::memory)
    return;
  if (e.lds) {
    uint64_t *words = groups.of(*w.group).lds.data();
    move(
        w, i, p, e, [&](unsigned l) { return bitsAt(words, e.addresses[l], e.bytes); },
        [&](unsigned l, uint32_t bits) {
          if (e.addresses[l] + e.bytes <= w.ldsBytes)
            putBits(words, e.addresses[l], e.bytes, bits);
        });
  } else if (e.scratch) {
    if (!s.scratch)
      s.scratch = std::make_unique<SparseBits>(uint64_t(w.scratchBytes) * lanes);
    auto at = [&](unsigned l) { return uint64_t(w.scratchBytes) * l + e.addresses[l]; };
    uint32_t all = uint32_t((1ull << e.bytes) - 1);
    move(
        w, i, p, e, [&](unsigned l) { return ~s.scratch->get(at(l), e.bytes) & all; },
        [&](unsigned l, uint32_t bits) { s.scratch->put(at(l), e.bytes, ~bits); });
  } else if (memoryHasUndefined || (e.access != Access::load && storesUndefined(i, p, s))) {
    memoryHasUndefined = true;
    auto offset = [&](unsigned l) { return e.addresses[l] - allocationOf(e.addresses[l])->window.base; };
    move(
        w, i, p, e,
        [&](unsigned l) {
          Allocation *a = allocationOf(e.addresses[l]);
          return a && a->mayBeUndefined() ? a->undefinedBytes(offset(l), e.bytes) : 0u;
        },
        [&](unsigned l, uint32_t bits) {
          if (Allocation *a = allocationOf(e.addresses[l]))
            a->putUndefined(offset(l), e.bytes, bits);
        });
  }
  ++s.event;
}

} // namespace

std::unique_ptr<RunObserver> makeUndefinedChecker(const Program &program, Memory::Impl &memory) {
  return std::make_unique<UndefinedChecker>(program, memory);
}

} // namespace pa::emu

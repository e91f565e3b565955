#include "runtime/emulator/decode/SourceLines.h"
#include "runtime/emulator/observe/BankConflicts.h"
#include "runtime/emulator/observe/Observers.h"

#include <algorithm>

namespace pa::emu {
namespace {

constexpr uint64_t lineBytes = 128;

// Which bytes and lines of an allocation have been touched.
class Touched {
public:
  explicit Touched(uint64_t size)
      : bytes(size + lineBytes), lineCount((size + lineBytes - 1) / lineBytes), seen(lineCount), whole(lineCount) {}
  void mark(uint64_t offset, uint64_t count) {
    uint64_t end = offset + count, first = offset / lineBytes, last = (end - 1) / lineBytes;
    seen.set(first, last - first + 1, true);
    uint64_t firstWhole = (offset + lineBytes - 1) / lineBytes, endWhole = end / lineBytes;
    if (firstWhole >= endWhole)
      return bytes.set(offset, count, true);
    whole.set(firstWhole, endWhole - firstWhole, true);
    bytes.set(offset, firstWhole * lineBytes - offset, true);
    bytes.set(endWhole * lineBytes, end - endWhole * lineBytes, true);
  }
  void count(uint64_t &uniqueBytes, uint64_t &uniqueLines) const {
    for (uint64_t line = 0; line < lineCount; ++line) {
      line = seen.firstUnlike(line, lineCount - line, false);
      if (line == lineCount)
        return;
      ++uniqueLines;
      if (whole.get(line, 1)) {
        uniqueBytes += lineBytes;
        continue;
      }
      for (uint64_t w = 0; w < lineBytes / 64; ++w)
        uniqueBytes += unsigned(__builtin_popcountll(bytes.word(line * lineBytes / 64 + w)));
    }
  }

private:
  SparseBits bytes; // of lines that no access touched as a whole
  uint64_t lineCount;
  SparseBits seen, whole; // by line
};

unsigned widthClass(unsigned bytes) { return bytes <= 2 ? 0 : std::min(bytes / 4, 4u); }

class CounterObserver : public RunObserver {
public:
  CounterObserver(const Chip &chip, Memory::Impl &memory, const Program &program)
      : chip(chip), memory(memory), perInstruction(program.instructions.size()) {}
  Wants wants() const override { return {false, true}; }
  void access(Wave &w, const Inst &i, const AccessEvent &e) override {
    uint64_t active = unsigned(__builtin_popcountll(e.lanes));
    perInstruction[i.index].activeLanes += active;
    perInstruction[i.index].bytes += active * e.bytes;
    if (e.lds)
      ldsAccess(i, e);
    else if (e.scratch)
      total.bytesScratch += active * e.bytes;
    else
      globalAccess(i, e);
  }
  void finish(const Machine &machine, Report &report) override;

private:
  struct PerAllocation {
    AllocationCounters counters;
    std::unique_ptr<Touched> loaded;
  };

  // Bytes that neighbouring lanes touch without a gap.
  struct Run {
    uint64_t begin, end;
  };

  void ldsAccess(const Inst &i, const AccessEvent &e);
  void globalAccess(const Inst &i, const AccessEvent &e);
  void add(const Inst &i, const AccessEvent &e, const Window &window, uint64_t mask, const Run *runs, unsigned count);
  PerAllocation &of(const Window &window);
  static unsigned runsOf(const AccessEvent &e, uint64_t mask, Run *runs);
  static uint64_t distinctLines(const Run *runs, unsigned count);
  static bool allInside(const Run *runs, unsigned count, const Window &window);

  const Chip &chip;
  Memory::Impl &memory;
  Window last;
  std::vector<PerAllocation> perAllocation;
  std::vector<InstructionCounters> perInstruction;
  Counters total;
};

void CounterObserver::ldsAccess(const Inst &i, const AccessEvent &e) {
  uint64_t bytes = uint64_t(__builtin_popcountll(e.lanes)) * e.bytes;
  if (e.access != Access::store)
    total.ldsBytesRead += bytes;
  if (e.access != Access::load)
    total.ldsBytesWritten += bytes;
  if (i.row->kind != Kind::lds)
    return;
  unsigned conflicts = bankConflicts(chip, e.access != Access::load, e.bytes, e.lanes, e.addresses);
  total.ldsConflicts += conflicts;
  perInstruction[i.index].ldsConflicts += conflicts;
}

CounterObserver::PerAllocation &CounterObserver::of(const Window &window) {
  if (perAllocation.size() <= window.id)
    perAllocation.resize(window.id + 1);
  return perAllocation[window.id];
}

bool CounterObserver::allInside(const Run *runs, unsigned count, const Window &window) {
  for (unsigned n = 0; n < count; ++n)
    if (!window.holds(runs[n].begin, runs[n].end - runs[n].begin))
      return false;
  return true;
}

// Lanes that hit one allocation at a time; nearly always all of them.
void CounterObserver::globalAccess(const Inst &i, const AccessEvent &e) {
  Run runs[64];
  unsigned count = runsOf(e, e.lanes, runs);
  if (allInside(runs, count, last))
    return add(i, e, last, e.lanes, runs, count);
  for (uint64_t left = e.lanes; left;) {
    uint64_t first = e.addresses[__builtin_ctzll(left)];
    if (!last.holds(first, e.bytes)) {
      const Allocation *a = memory.find(first);
      if (!a)
        return;
      last = a->window;
    }
    uint64_t here = 0;
    for (uint64_t rest = left; rest; rest &= rest - 1) {
      unsigned l = unsigned(__builtin_ctzll(rest));
      here |= uint64_t(last.holds(e.addresses[l], e.bytes)) << l;
    }
    if (here == 0)
      return;
    add(i, e, last, here, runs, runsOf(e, here, runs));
    left &= ~here;
  }
}

unsigned CounterObserver::runsOf(const AccessEvent &e, uint64_t mask, Run *runs) {
  unsigned count = 0;
  if (mask == ~0ull) {
    uint64_t begins = 1; // the lanes that do not go on where the one before ends
    for (unsigned l = 1; l < 64; ++l)
      begins |= uint64_t(e.addresses[l] != e.addresses[l - 1] + e.bytes) << l;
    for (; begins; begins &= begins - 1) {
      unsigned first = unsigned(__builtin_ctzll(begins));
      uint64_t after = begins & (begins - 1);
      unsigned lanes = (after ? unsigned(__builtin_ctzll(after)) : 64) - first;
      runs[count++] = {e.addresses[first], e.addresses[first] + uint64_t(lanes) * e.bytes};
    }
    return count;
  }
  for (uint64_t rest = mask; rest; rest &= rest - 1) {
    uint64_t address = e.addresses[__builtin_ctzll(rest)];
    if (count && runs[count - 1].end == address)
      runs[count - 1].end += e.bytes;
    else
      runs[count++] = {address, address + e.bytes};
  }
  return count;
}

uint64_t CounterObserver::distinctLines(const Run *runs, unsigned count) {
  std::pair<uint64_t, uint64_t> lines[64]; // first and last
  for (unsigned n = 0; n < count; ++n)
    lines[n] = {runs[n].begin / lineBytes, (runs[n].end - 1) / lineBytes};
  if (!std::is_sorted(lines, lines + count))
    std::sort(lines, lines + count);
  uint64_t total = 0, next = 0; // the first line not counted yet
  for (unsigned n = 0; n < count; ++n) {
    uint64_t first = std::max(lines[n].first, next);
    if (lines[n].second >= first)
      total += lines[n].second - first + 1;
    next = std::max(next, lines[n].second + 1);
  }
  return total;
}

void CounterObserver::add(const Inst &i, const AccessEvent &e, const Window &window, uint64_t mask, const Run *runs,
                          unsigned count) {
  PerAllocation &a = of(window);
  AllocationCounters &c = a.counters;
  uint64_t bytes = uint64_t(__builtin_popcountll(mask)) * e.bytes;
  if (e.access == Access::atomic)
    c.bytesAtomic += bytes;
  if (e.access == Access::store)
    c.bytesStored += bytes;
  uint64_t lines = distinctLines(runs, count);
  perInstruction[i.index].lines += lines;
  if (e.access != Access::load)
    return;
  c.bytesLoaded += bytes;
  if (e.scalar) {
    c.bytesLoadedScalar += bytes;
  } else {
    c.bytesLoadedByWidth[widthClass(e.bytes)] += bytes;
    if (i.has(Modifier::nt))
      c.bytesLoadedNonTemporal += bytes;
  }
  c.linesLoaded += lines;
  if (!a.loaded)
    a.loaded = std::make_unique<Touched>(window.size);
  for (unsigned n = 0; n < count; ++n)
    a.loaded->mark(runs[n].begin - window.base, runs[n].end - runs[n].begin);
}

void CounterObserver::finish(const Machine &machine, Report &report) {
  total.workgroups = machine.workgroups;
  total.waves = machine.waves;
  total.instructions = machine.total;
  for (const Inst &i : machine.program.instructions) {
    uint64_t n = machine.executed[i.index];
    InstructionCounters &own = perInstruction[i.index];
    own.executed = n;
    own.offset = uint64_t(machine.program.offsetOf(i));
    own.text = machine.program.textOf(i);
    if (machine.lines)
      own.source = machine.lines->at(i.address);
    if (n == 0)
      continue;
    total.byKind[toString(i.row->kind)] += n;
    total.byMnemonic[i.row->name] += n;
    total.ldsAccesses += i.row->kind == Kind::lds ? n : 0;
    total.barriers += i.row->kind == Kind::barrier ? n : 0;
    total.atomics += i.row->flags & flag::atomic ? n : 0;
  }
  for (size_t id = 0; id < perAllocation.size(); ++id) {
    AllocationCounters &c = perAllocation[id].counters;
    if (perAllocation[id].loaded)
      perAllocation[id].loaded->count(c.uniqueBytesLoaded, c.uniqueLinesLoaded);
    if (c.bytesLoaded + c.bytesStored + c.bytesAtomic == 0)
      continue;
    total.bytesLoaded += c.bytesLoaded;
    total.bytesStored += c.bytesStored;
    total.bytesAtomic += c.bytesAtomic;
    AllocationCounters &sum = total.allocations[memory.all[id].name];
    sum.bytesLoaded += c.bytesLoaded;
    sum.bytesStored += c.bytesStored;
    sum.bytesAtomic += c.bytesAtomic;
    sum.bytesLoadedNonTemporal += c.bytesLoadedNonTemporal;
    for (unsigned n = 0; n < 5; ++n)
      sum.bytesLoadedByWidth[n] += c.bytesLoadedByWidth[n];
    sum.bytesLoadedScalar += c.bytesLoadedScalar;
    sum.uniqueBytesLoaded += c.uniqueBytesLoaded;
    sum.uniqueLinesLoaded += c.uniqueLinesLoaded;
    sum.linesLoaded += c.linesLoaded;
  }
  perInstruction.pop_back(); // the end of the code
  total.perInstruction = std::move(perInstruction);
  report.counters = std::move(total);
}

} // namespace

std::unique_ptr<RunObserver> makeCounters(const Chip &chip, Memory::Impl &memory, const Program &program) {
  return std::make_unique<CounterObserver>(chip, memory, program);
}

} // namespace pa::emu

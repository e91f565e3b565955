// Findings: from a handler's report to an error that names everything.
#include "runtime/emulator/core/Machine.h"
#include "runtime/emulator/core/Text.h"
#include "runtime/emulator/decode/SourceLines.h"

namespace pa::emu {

using ull = unsigned long long;

Error findingAt(const Wave &w, const Inst &i, ErrorKind kind, int lane, const std::string &what) {
  const Program &p = w.machine->program;
  Error e;
  e.kind = kind;
  e.kernel = p.kernel;
  e.instruction = p.textOf(i);
  e.offset = uint64_t(p.offsetOf(i));
  e.codeAddress = i.address;
  e.workgroup = {w.group->id[0], w.group->id[1], w.group->id[2]};
  e.wave = w.index;
  e.lane = lane;
  std::string place = format("workgroup (%u, %u, %u), wave %u", e.workgroup[0], e.workgroup[1], e.workgroup[2], e.wave);
  if (lane >= 0)
    place += format(", lane %d", lane);
  if (w.machine->lines)
    e.source = w.machine->lines->at(i.address);
  // A function that the kernel calls may lie before it.
  int64_t offset = p.offsetOf(i);
  std::string where =
      format("%s%c0x%llx", e.kernel.c_str(), offset < 0 ? '-' : '+', (ull)(offset < 0 ? -offset : offset));
  if (!e.source.empty())
    where += ", " + e.source;
  e.message = format("%s; at '%s' (%s), %s", what.c_str(), e.instruction.c_str(), where.c_str(), place.c_str());
  return e;
}

namespace {

bool isSanitizers(ErrorKind kind) {
  return kind == ErrorKind::outOfBounds || kind == ErrorKind::useBeforeWait || kind == ErrorKind::undefinedValue ||
         kind == ErrorKind::race;
}

// One of a kind and place is enough: a loop would repeat it without end.
void collect(Machine &m, Error error) {
  for (const Error &known : m.collected)
    if (known.kind == error.kind && known.codeAddress == error.codeAddress && known.registerName == error.registerName)
      return;
  m.collected.push_back(std::move(error));
}

} // namespace

void stopWave(Wave &w, Error error) {
  Machine &m = *w.machine;
  if (m.options.collect && isSanitizers(error.kind))
    return collect(m, std::move(error));
  if (!m.finding)
    m.finding = std::move(error);
  w.status = WaveStatus::faulted;
}

void faultAddress(Wave &w, const Inst &i, int lane, uint64_t address, unsigned bytes, bool write) {
  uint64_t distance = 0;
  const Allocation *a = w.machine->memory.nearest(address, distance);
  std::string where = "there is no allocation";
  if (a) {
    uint64_t base = a->window.base, end = base + a->window.size;
    std::string name =
        format("'%s' [0x%llx, 0x%llx)%s", a->name.c_str(), (ull)base, (ull)end, a->freed ? ", which is freed" : "");
    if (distance == 0 && a->window.readOnly && !a->freed && write && a->window.holds(address, bytes))
      where = "it is in read-only " + name;
    else if (address < base)
      where = format("%llu bytes before %s", (ull)distance, name.c_str());
    else if (address >= end)
      where = format("%llu bytes past the end of %s", (ull)distance, name.c_str());
    else
      where = a->freed ? "it is in " + name : "it crosses the end of " + name;
  }
  Error e = findingAt(w, i, ErrorKind::outOfBounds, lane,
                      format("%s of %u bytes at 0x%llx is out of bounds: %s", write ? "write" : "read", bytes,
                             (ull)address, where.c_str()));
  e.address = address;
  if (a)
    e.allocation = a->name;
  e.distance = distance;
  stopWave(w, std::move(e));
}

void faultLds(Wave &w, const Inst &i, int lane, uint64_t address, unsigned bytes) {
  if (!ldsIsChecked(w))
    return;
  Error e = findingAt(w, i, ErrorKind::outOfBounds, lane,
                      format("access of %u bytes at LDS address %llu is out of bounds: the workgroup has %u bytes",
                             bytes, (ull)address, w.ldsBytes));
  e.address = address;
  e.allocation = "LDS";
  stopWave(w, std::move(e));
}

void faultScratch(Wave &w, const Inst &i, int lane, uint64_t offset, unsigned bytes) {
  Error e = findingAt(w, i, ErrorKind::outOfBounds, lane,
                      format("access of %u bytes at scratch offset %llu is out of bounds: a lane has %u bytes", bytes,
                             (ull)offset, w.scratchBytes));
  e.address = offset;
  e.allocation = "scratch";
  stopWave(w, std::move(e));
}

void faultText(Wave &w, const Inst &i, const char *what) { stopWave(w, findingAt(w, i, ErrorKind::trap, -1, what)); }

bool ldsIsChecked(const Wave &w) { return w.machine->options.sanitize & check::bounds; }

const Window *findWindow(Machine &machine, uint64_t address) {
  const Allocation *a = machine.memory.find(address);
  return a ? &a->window : nullptr;
}

const Inst *findInstruction(Wave &w, uint64_t address) {
  const Program &p = w.machine->program;
  auto found = p.indexOf.find(address - w.machine->codeBase);
  return found == p.indexOf.end() ? nullptr : &p.instructions[found->second];
}

uint64_t codeAddress(const Wave &w, const Inst &i) { return w.machine->codeBase + i.address; }

// CDNA3 ISA manual, "hardware registers". The decoder lets no others through.
uint32_t hardwareRegister(const Wave &w, unsigned id) {
  constexpr unsigned hwId = 4, memoryBases = 15, xccId = 20;
  const Chip &chip = w.machine->chip;
  if (id == xccId)
    return uint32_t(w.group->linear % chip.xcds);
  if (id == hwId) // wave in bits 3:0, SIMD in 5:4
    return (w.index / chip.simdsPerCu & 15) | (w.index % chip.simdsPerCu) << 4;
  if (id == memoryBases) // the apertures' bits 63:48: private, then shared
    return aperture::privateUpper >> 16 | (aperture::sharedUpper >> 16) << 16;
  return 0;
}

uint64_t clockOf(const Wave &w) { return w.machine->total; }

void observeAccess(Wave &w, const Inst &i, const AccessEvent &event) {
  ObserverGuard guard(*w.machine);
  for (RunObserver *o : w.machine->seeAccesses)
    o->access(w, i, event);
}

} // namespace pa::emu

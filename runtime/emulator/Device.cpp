#include "compiler/target/Chip.h"
#include "runtime/emulator/Emulator.h"
#include "runtime/emulator/core/Dispatch.h"
#include "runtime/emulator/core/Grid.h"
#include "runtime/emulator/core/Text.h"
#include "runtime/emulator/decode/Object.h"
#include "runtime/emulator/decode/SourceLines.h"
#include "runtime/emulator/decode/Tables.h"
#include "runtime/emulator/observe/Observers.h"

#include <chrono>

namespace pa::emu {

struct Module::Impl {
  std::string chip;
  ObjectFile object;
  std::vector<KernelInfo> infos;
  uint64_t base = 0;                  // device address of the image
  std::unique_ptr<SourceLines> lines; // null: the object has no line tables
  std::map<std::string, std::shared_ptr<Program>, std::less<>> programs;
};

struct Device::Impl {
  const Chip *chip = nullptr;
  std::string name;
  Memory memory;
};

namespace {

Error errorOf(ErrorKind kind, std::string message) {
  Error e;
  e.kind = kind;
  e.message = std::move(message);
  return e;
}

const ObjectKernel *findKernel(const Module::Impl &m, std::string_view name) {
  for (const ObjectKernel &k : m.object.kernels)
    if (k.info.name == name)
      return &k;
  return nullptr;
}

Error noSuchKernel(const Module::Impl &m, std::string_view name) {
  std::string known;
  for (const ObjectKernel &k : m.object.kernels)
    known += (known.empty() ? "" : ", ") + k.info.name;
  return errorOf(ErrorKind::badLaunch, "no kernel '" + std::string(name) + "' in the object; it has: " + known);
}

// Decoded once a module and kernel.
Result<std::shared_ptr<Program>> programOf(Module::Impl &m, const ObjectKernel &k) {
  auto found = m.programs.find(k.info.name);
  if (found != m.programs.end())
    return found->second;
  DecodeRequest request{
      m.chip,          k.info.name,        m.object.image.data(), m.object.image.size(), k.entry,
      k.body,          m.object.functions, k.info.vgprs,          k.info.accumOffset,    modeOf(k.descriptor),
      refusedFields(k)};
  Result<std::shared_ptr<Program>> program = decodeProgram(request);
  if (program)
    m.programs[k.info.name] = *program;
  return program;
}

// A range of device memory for the duration of a launch.
class Segment {
public:
  explicit Segment(Memory &memory) : memory(memory) {}
  ~Segment() {
    if (address)
      (void)memory.free(address);
  }
  Segment(const Segment &) = delete;
  Segment &operator=(const Segment &) = delete;
  Status fill(const std::string &name, const void *data, size_t bytes, size_t size) {
    Result<uint64_t> a = memory.allocate(name, size);
    if (!a)
      return a.error();
    address = *a;
    return memory.write(address, data, bytes);
  }
  uint64_t address = 0;

private:
  Memory &memory;
};

// hsa_kernel_dispatch_packet_t, as far as kernels read it.
std::array<uint8_t, 64> dispatchPacket(const Launch &l, uint64_t kernarg) {
  std::array<uint8_t, 64> packet{};
  auto put = [&](unsigned at, auto value) { std::memcpy(packet.data() + at, &value, sizeof value); };
  for (unsigned d = 0; d < 3; ++d) {
    put(4 + 2 * d, uint16_t(l.block[d]));
    put(12 + 4 * d, l.items[d] ? l.items[d] : l.grid[d] * l.block[d]);
  }
  put(40, kernarg);
  return packet;
}

size_t roundUp(size_t x, size_t step) { return (x + step - 1) / step * step; }

void addObservers(Machine &machine) {
  if (machine.options.counters) {
    machine.observers.push_back(makeCounters(machine.chip, machine.memory, machine.program));
    machine.observers.push_back(makeInFlight());
    if (machine.options.cacheModel)
      machine.observers.push_back(makeCacheModel(machine.chip));
  }
  if (machine.options.sanitize & check::waits)
    machine.observers.push_back(makeWaitChecker());
  if (machine.options.sanitize & check::races) {
    machine.observers.push_back(makeLdsRaces(machine.program));
    machine.observers.push_back(makeGlobalRaces(machine.memory));
  }
  if (machine.options.sanitize & check::undefined)
    machine.observers.push_back(makeUndefinedChecker(machine.program, machine.memory));
  else // its stores are not followed, so that nothing is known of memory after it
    machine.memory.forgetUndefined();
  if (machine.options.observer)
    machine.observers.push_back(makeForwarder(*machine.options.observer));
  for (auto &o : machine.observers) {
    machine.attached.push_back(o.get());
    if (o->wants().instructions) {
      machine.watchers.resize(machine.program.instructions.size());
      for (const Inst &i : machine.program.instructions)
        if (o->wantsInstruction(i))
          machine.watchers[i.index].push_back(o.get());
    }
    if (o->wants().accesses)
      machine.seeAccesses.push_back(o.get());
    if (o->wants().results)
      machine.seeResults.push_back(o.get());
  }
}

} // namespace

const std::string &Module::chip() const { return state->chip; }
unsigned Module::codeObjectVersion() const { return state->object.version; }
const std::vector<KernelInfo> &Module::kernels() const { return state->infos; }
const KernelInfo *Module::kernel(std::string_view name) const {
  for (const KernelInfo &k : state->infos)
    if (k.name == name)
      return &k;
  return nullptr;
}
uint64_t Module::base() const { return state->base; }
std::optional<Symbol> Module::symbol(std::string_view name) const {
  auto found = state->object.variables.find(std::string(name));
  if (found == state->object.variables.end())
    return std::nullopt;
  return Symbol{state->base + found->second.begin, found->second.end - found->second.begin};
}
std::optional<std::string> Module::section(std::string_view name) const {
  auto found = state->object.sections.find(std::string(name));
  if (found == state->object.sections.end())
    return std::nullopt;
  return found->second;
}

Result<Device> Device::create(std::string_view chip) {
  const Chip *found = findChip(chip);
  if (!found)
    return errorOf(ErrorKind::badLaunch, "unknown chip '" + std::string(chip) + "'; known: " + knownChips());
  auto state = std::make_unique<Impl>();
  state->chip = found;
  state->name = found->name;
  return Device(std::move(state));
}

Device::Device(std::unique_ptr<Impl> state) : state(std::move(state)) {}
Device::Device(Device &&) noexcept = default;
Device &Device::operator=(Device &&) noexcept = default;
Device::~Device() = default;

const std::string &Device::chip() const { return state->name; }
Occupancy Device::occupancy(const KernelInfo &kernel, const std::array<uint32_t, 3> &block, uint32_t lds) const {
  const Chip &chip = *state->chip;
  unsigned waves = (block[0] * block[1] * block[2] + 63) / 64;
  Occupancy o;
  o.workgroups = chip.workgroupsPerCu(waves, kernel.vgprs, kernel.ldsBytes + lds);
  o.waves = o.workgroups * waves;
  unsigned withoutLds = chip.workgroupsPerCu(waves, kernel.vgprs, 0), fewest = chip.workgroupsPerCu(waves, 1, 0);
  o.limit = withoutLds > o.workgroups ? "LDS" : fewest > withoutLds ? "registers" : "waves";
  return o;
}
unsigned Device::computeUnits() const { return state->chip->computeUnits; }
Memory &Device::memory() { return state->memory; }

Result<Module> Device::load(const void *object, size_t bytes, const std::string &name) {
  Result<ObjectFile> file = readObject(object, bytes);
  if (!file)
    return file.error();
  if (file->chip != state->chip)
    return errorOf(ErrorKind::otherChip,
                   "the object is for " + std::string(file->chip->name) + ", the device is " + state->name);
  Result<uint64_t> base = state->memory.allocate(name, file->image.size());
  if (!base)
    return base.error();
  for (const Relocation &r : file->relocations) {
    uint64_t value = *base + r.value;
    std::memcpy(file->image.data() + r.at, &value, 8);
  }
  Status written = state->memory.write(*base, file->image.data(), file->image.size());
  if (!written)
    return written.error();
  auto m = std::make_shared<Module::Impl>();
  m->chip = state->name;
  m->object = std::move(*file);
  m->base = *base;
  for (const ObjectKernel &k : m->object.kernels)
    m->infos.push_back(k.info);
  if (m->object.sections.count(".debug_line"))
    m->lines = std::make_unique<SourceLines>(m->object.sections);
  return Module(std::move(m));
}

Status Device::check(const Module &module, std::string_view kernel) {
  const ObjectKernel *k = findKernel(module.impl(), kernel);
  if (!k)
    return noSuchKernel(module.impl(), kernel);
  Result<std::shared_ptr<Program>> program = programOf(module.impl(), *k);
  return program ? Status() : Status(program.error());
}

Result<Report> Device::run(const Module &module, const Launch &launch, const RunOptions &options) {
  Module::Impl &m = module.impl();
  const ObjectKernel *k = findKernel(m, launch.kernel);
  if (!k)
    return noSuchKernel(m, launch.kernel);
  Result<std::shared_ptr<Program>> program = programOf(m, *k);
  if (!program)
    return program.error();
  Status fits = checkLaunch(*state->chip, *k, launch);
  if (!fits)
    return fits.error();
  // LLVM's argument loads may be wider than the arguments: the segment is a multiple of 64 bytes.
  Segment kernarg(state->memory), packet(state->memory);
  size_t size = roundUp(launch.kernarg.size() + 1, 64);
  Status placed = kernarg.fill("kernarg", launch.kernarg.data(), launch.kernarg.size(), size);
  std::array<uint8_t, 64> bytes = dispatchPacket(launch, kernarg.address);
  if (placed)
    placed = packet.fill("dispatch packet", bytes.data(), bytes.size(), bytes.size());
  if (!placed)
    return placed.error();

  Machine machine{*state->chip, state->memory.impl(), **program, options, m.base};
  machine.lines = m.lines.get();
  machine.executed.resize(machine.program.instructions.size());
  addObservers(machine);
  auto begin = std::chrono::steady_clock::now();
  runLaunch(machine, *k, launch, {kernarg.address, packet.address});
  if (machine.finding)
    return *machine.finding;
  Report report;
  report.instructions = machine.total;
  report.occupancy = occupancy(k->info, launch.block, launch.dynamicLds);
  report.findings = std::move(machine.collected);
  for (auto &o : machine.observers)
    o->finish(machine, report);
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return report;
}

Result<std::string> chipOf(const void *object, size_t bytes) {
  Result<const Chip *> chip = readChip(object, bytes);
  if (!chip)
    return chip.error();
  return std::string((*chip)->name);
}

} // namespace pa::emu

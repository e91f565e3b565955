#include "runtime/emulator/core/Dispatch.h"

#include "runtime/emulator/core/Grid.h"
#include "runtime/emulator/core/HostState.h"
#include "runtime/emulator/core/Scheduler.h"
#include "runtime/emulator/core/Text.h"

#include <thread>

namespace pa::emu {
namespace {

using ull = unsigned long long;
constexpr unsigned lanes = waveLanes;

Error launchError(ErrorKind kind, const ObjectKernel &kernel, const std::string &text) {
  Error e;
  e.kind = kind;
  e.kernel = kernel.info.name;
  e.message = "kernel '" + kernel.info.name + "': " + text;
  return e;
}

} // namespace

Status checkLaunch(const Chip &chip, const ObjectKernel &kernel, const Launch &launch) {
  auto refuse = [&](const std::string &what) { return launchError(ErrorKind::badLaunch, kernel, what); };
  uint64_t block = uint64_t(launch.block[0]) * launch.block[1] * launch.block[2];
  Grid g = gridOf(launch);
  if (block == 0 || g.total() == 0)
    return refuse(format("grid (%u, %u, %u) and block (%u, %u, %u) must be positive", g.groups[0], g.groups[1],
                         g.groups[2], launch.block[0], launch.block[1], launch.block[2]));
  uint64_t most = kernel.info.maxWorkgroupSize ? std::min(1024u, kernel.info.maxWorkgroupSize) : 1024u;
  if (launch.block[0] > 1024 || launch.block[1] > 1024 || launch.block[2] > 1024 || block > most)
    return refuse(format("block of %llu work-items, at most %llu allowed", (ull)block, (ull)most));
  uint64_t lds = uint64_t(kernel.info.ldsBytes) + launch.dynamicLds;
  if (lds > chip.ldsBytes)
    return refuse(format("%llu bytes of LDS, %s has %u", (ull)lds, chip.name, chip.ldsBytes));
  if (lds && kernel.descriptor.rsrc3 >> 16 & 1)
    return refuse("LDS in a workgroup that the descriptor splits over compute units");
  unsigned waves = unsigned((block + lanes - 1) / lanes);
  if (chip.workgroupsPerCu(waves, kernel.info.vgprs, uint32_t(lds)) == 0)
    return refuse(format("a workgroup of %u waves with %u registers does not fit a CU", waves, kernel.info.vgprs));
  // COMPUTE_TMPRING_SIZE.WAVESIZE: 13 bits of 1 KiB a wave.
  constexpr uint32_t mostScratch = 8191 * 1024 / waveLanes;
  if (uint32_t scratch = std::max(kernel.info.scratchBytes, launch.scratchBytes); scratch > mostScratch)
    return refuse(format("%u bytes of scratch a lane, at most %u allowed", scratch, mostScratch));
  if (launch.kernarg.size() < kernel.info.kernargBytes)
    return refuse(
        format("%zu bytes of arguments, the kernel takes %u", launch.kernarg.size(), kernel.info.kernargBytes));
  return {};
}

namespace {

size_t placesOf(const Chip &chip, const ObjectKernel &kernel, const Launch &launch) {
  unsigned waves = (launch.block[0] * launch.block[1] * launch.block[2] + waveLanes - 1) / waveLanes;
  return size_t(
             std::max(1u, chip.workgroupsPerCu(waves, kernel.info.vgprs, kernel.info.ldsBytes + launch.dynamicLds))) *
         chip.computeUnits;
}

// What looks at the order of things has one thread.
unsigned threadsOf(const Machine &m) {
  const RunOptions &o = m.options;
  bool ordered =
      o.sanitize & (check::undefined | check::waits | check::races) || o.observer || o.shuffle || o.cacheModel;
  return ordered ? 1 : std::max(1u, o.threads);
}

std::unique_ptr<Machine> workerOf(const Machine &m) {
  auto worker = std::make_unique<Machine>(Machine{m.chip, m.memory, m.program, m.options, m.codeBase});
  worker->lines = m.lines;
  worker->attached = m.attached;
  worker->seeAccesses = m.seeAccesses;
  worker->watchers = m.watchers;
  worker->observerLock = m.observerLock;
  worker->executed.resize(m.executed.size());
  return worker;
}

void addUp(Machine &m, Machine &worker) {
  for (size_t n = 0; n < m.executed.size(); ++n)
    m.executed[n] += worker.executed[n];
  m.total += worker.total;
  m.workgroups += worker.workgroups;
  m.waves += worker.waves;
  m.collected.insert(m.collected.end(), worker.collected.begin(), worker.collected.end());
  if (!m.finding)
    m.finding = std::move(worker.finding);
}

} // namespace

void runLaunch(Machine &machine, const ObjectKernel &kernel, const Launch &launch, const DispatchSegments &segments) {
  SharedRun shared;
  size_t places = size_t(std::min<uint64_t>(placesOf(machine.chip, kernel, launch), gridOf(launch).total()));
  size_t threads = std::min<size_t>(threadsOf(machine), places);
  std::mutex lock;
  std::vector<std::unique_ptr<Machine>> workers;
  std::vector<std::thread> running;
  size_t first = (places + threads - 1) / threads, at = first;
  machine.observerLock = threads > 1 ? &lock : nullptr;
  for (size_t n = 1; n < threads; ++n) {
    size_t count = (places - at + threads - n - 1) / (threads - n);
    workers.push_back(workerOf(machine));
    running.emplace_back([&, at, count, worker = workers.back().get()] {
      Scheduler(*worker, kernel, launch, segments, shared, at, count).run();
    });
    at += count;
  }
  Scheduler(machine, kernel, launch, segments, shared, 0, first).run();
  for (std::thread &t : running)
    t.join();
  for (auto &worker : workers)
    addUp(machine, *worker);
}

} // namespace pa::emu

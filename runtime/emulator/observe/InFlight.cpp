// Bytes in flight: what a wave has asked of global memory and not waited for yet.
#include "runtime/emulator/observe/Observers.h"
#include "runtime/emulator/observe/Outstanding.h"
#include "runtime/emulator/observe/PerWave.h"

namespace pa::emu {
namespace {

struct Load {
  MemoryClass kind;
  uint64_t number, bytes;
};
struct WaveState {
  Outstanding outstanding;
  std::vector<Load> loads;
  uint64_t bytes = 0;
};

class InFlight : public RunObserver {
public:
  Wants wants() const override { return {true, true}; }
  bool wantsInstruction(const Inst &i) const override {
    return i.row->kind == Kind::waitcnt || classOf(*i.row) == MemoryClass::vmem || classOf(*i.row) == MemoryClass::flat;
  }
  void waveStarts(Wave &w) override { waves.start(w) = WaveState(); }
  void instruction(Wave &w, const Inst &i) override {
    WaveState &s = waves.of(w);
    if (i.row->kind != Kind::waitcnt) {
      s.outstanding.issue(classOf(*i.row));
      return;
    }
    uint64_t before = s.bytes;
    s.outstanding.wait(i);
    auto arrived = [&](const Load &l) {
      bool covered = l.number <= s.outstanding.covered(l.kind);
      s.bytes -= covered ? l.bytes : 0;
      return covered;
    };
    s.loads.erase(std::remove_if(s.loads.begin(), s.loads.end(), arrived), s.loads.end());
    if (s.bytes == before)
      return; // waits for something else
    ++waits;
    atWaits += before;
  }
  void access(Wave &w, const Inst &i, const AccessEvent &e) override {
    if (e.access != Access::load || e.lds || e.scratch || e.scalar)
      return;
    WaveState &s = waves.of(w);
    uint64_t bytes = uint64_t(__builtin_popcountll(e.lanes)) * e.bytes;
    s.loads.push_back({classOf(*i.row), s.outstanding.issued(classOf(*i.row)), bytes});
    s.bytes += bytes;
    most = std::max(most, s.bytes);
  }
  void finish(const Machine &, Report &report) override {
    report.counters.bytesInFlightMost = most;
    report.counters.bytesInFlightAtWaits = waits ? double(atWaits) / double(waits) : 0;
  }

private:
  PerWave<WaveState> waves;
  uint64_t most = 0, waits = 0, atWaits = 0;
};

} // namespace

std::unique_ptr<RunObserver> makeInFlight() { return std::make_unique<InFlight>(); }

} // namespace pa::emu

// Runs problems on a device: buffers, module, launch.
#ifndef PA_COMPILER_TOOLS_RUN_SESSION_H
#define PA_COMPILER_TOOLS_RUN_SESSION_H

#include "compiler/tools/run/Problem.h"
#include "compiler/tools/run/RunKernel.h"
#include "runtime/device/DecodeLaunch.h"

namespace pa::run {

struct Outcome {
  std::vector<uint16_t> output; // [tokens][queryHeads][valueHeadSize] codes of the output's type
  std::vector<float> lse;       // [tokens][queryHeads]; empty if the variant has none
  std::string counters;         // JSON text of the device, "" if it has none
  double seconds = 0;           // of the launch, host time
};
bool sameBits(const Outcome &one, const Outcome &other);

class Session {
public:
  // On an opened device. The kernel outlives the session.
  static Expected<Session> open(const Options &options, const std::string &deviceName, const RunKernel &kernel);

  // Launches `launches` times, the workspace left as the launch before left it; one outcome a launch. Every buffer
  // that the kernel writes holds NaN patterns (or zeros) before each launch.
  Expected<std::vector<Outcome>> run(const Problem &problem, int launches, const std::string &what);

  Device &device() { return *opened; }
  bool emulated() const { return opened->name().rfind("emulated:", 0) == 0; }
  // Of the last run, also of one that failed.
  const DecodePlan &plan() const { return lastPlan; }
  const DecodeCall &call() const { return lastCall; }

private:
  Session(const RunKernel &kernel, bool progress) : source(&kernel), progress(progress) {}
  Expected<std::vector<Outcome>> runIn(class Buffers &buffers, const Problem &problem, int launches,
                                       const std::string &what);
  Expected<Outcome> launchOnce(const Problem &problem, const pa_decode_args &args, const std::string &what);
  Status launchShowing(const pa_decode_args &args, const std::string &what);
  Status readBack(const Problem &problem, const pa_decode_args &args, Outcome &outcome);

  const RunKernel *source;
  bool progress;
  std::unique_ptr<Device> opened;
  KernelHandle kernel;
  DecodePlan lastPlan;
  DecodeCall lastCall;
};

} // namespace pa::run

#endif

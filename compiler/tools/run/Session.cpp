#include "compiler/tools/run/Session.h"
#include "compiler/tools/run/Buffers.h"

#include <chrono>
#include <cstdio>
#include <cstring>

namespace pa::run {

namespace {

void showProgress(const std::string &what, uint64_t finished, uint64_t total) {
  std::fprintf(stderr, "\r%s: %llu of %llu workgroups", what.c_str(), (unsigned long long)finished,
               (unsigned long long)total);
  std::fflush(stderr);
}

} // namespace

bool sameBits(const Outcome &one, const Outcome &other) {
  return one.output == other.output && one.lse.size() == other.lse.size() &&
         (one.lse.empty() || std::memcmp(one.lse.data(), other.lse.data(), one.lse.size() * sizeof(float)) == 0);
}

Expected<Session> Session::open(const Options &options, const std::string &deviceName, const RunKernel &source) {
  Session session(source, options.progress);
  auto device = openDeviceAsWanted(deviceName);
  if (!device)
    return device.error();
  session.opened = std::move(*device);
  for (const auto &[option, value] : options.deviceOptions)
    if (Status status = session.opened->setOption(option, value); !status)
      return status.error();
  auto module = session.opened->loadModule(source.object.data(), source.object.size());
  if (!module)
    return module.error();
  auto kernel = session.opened->kernel(*module, source.description.kernel);
  if (!kernel)
    return kernel.error();
  session.kernel = *kernel;
  return session;
}

Expected<std::vector<Outcome>> Session::run(const Problem &problem, int launches, const std::string &what) {
  Buffers buffers(*opened);
  return runIn(buffers, problem, launches, what);
}

Expected<std::vector<Outcome>> Session::runIn(Buffers &buffers, const Problem &problem, int launches,
                                              const std::string &what) {
  auto plan = planDecode(source->description, opened->chip(), problem.sequences());
  if (!plan)
    return plan.error();
  lastPlan = *plan;
  auto call = buffers.upload(source->description, *plan, problem);
  if (!call)
    return call.error();
  lastCall = *call;
  auto args = fillDecodeArgs(source->description, *plan, *call);
  if (!args)
    return args.error();

  std::vector<Outcome> outcomes;
  for (int i = 0; i < launches; ++i) {
    std::string label = launches == 1 ? what : what + " " + std::to_string(i + 1) + " of " + std::to_string(launches);
    auto outcome = launchOnce(problem, *args, label);
    if (!outcome)
      return outcome.error();
    outcomes.push_back(std::move(*outcome));
  }
  return outcomes;
}

Status Session::launchShowing(const pa_decode_args &args, const std::string &what) {
  auto shown = std::chrono::steady_clock::now();
  bool any = false;
  if (progress)
    opened->onProgress([&](uint64_t finished, uint64_t total) {
      auto now = std::chrono::steady_clock::now();
      if (now - shown < std::chrono::milliseconds(200))
        return;
      shown = now;
      any = true;
      showProgress(what, finished, total);
    });
  std::string kernarg = std::string(reinterpret_cast<const char *>(&args), sizeof args) + source->behind;
  Status status = opened->launch(kernel, lastPlan.shape, kernarg.data(), kernarg.size());
  if (status)
    status = opened->synchronize();
  opened->onProgress({});
  if (any)
    std::fprintf(stderr, "\r\033[K");
  return status;
}

Status Session::readBack(const Problem &problem, const pa_decode_args &args, Outcome &outcome) {
  Strided layout = outputOf(problem);
  std::vector<uint8_t> spread(layout.bytes());
  if (Status status = opened->copyFrom(spread.data(), args.output, spread.size()); !status)
    return status;
  size_t touched = 0;
  auto dense = gather(layout, spread, unusedByte(problem), touched);
  if (!dense) {
    KernelFault fault;
    fault.kind = "write into a gap";
    fault.buffer = "output";
    fault.address = args.output + touched;
    return Error{ErrorCode::kernelFault,
                 "the kernel wrote to output between tokens, at byte " + std::to_string(touched), fault};
  }
  size_t bytes = facts(problem.shape.outputType).bytes;
  outcome.output.resize(dense->size() / bytes);
  for (size_t i = 0; i < outcome.output.size(); ++i)
    std::memcpy(&outcome.output[i], &(*dense)[i * bytes], bytes);
  if (!args.lse)
    return {};
  outcome.lse.resize(problem.rows());
  return opened->copyFrom(outcome.lse.data(), args.lse, problem.rows() * sizeof(float));
}

Expected<Outcome> Session::launchOnce(const Problem &problem, const pa_decode_args &args, const std::string &what) {
  if (Status status = opened->fill(args.output, unusedByte(problem), outputOf(problem).bytes()); !status)
    return status.error();
  if (args.lse)
    if (Status status = opened->fill(args.lse, problem.poison ? 0xff : 0, problem.rows() * sizeof(float)); !status)
      return status.error();
  auto start = std::chrono::steady_clock::now();
  if (Status status = launchShowing(args, what); !status)
    return status.error();
  Outcome outcome;
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (Status status = readBack(problem, args, outcome); !status)
    return status.error();
  if (auto counters = opened->counters())
    outcome.counters = *counters;
  return outcome;
}

} // namespace pa::run

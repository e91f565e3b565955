#include "compiler/tools/run/Session.h"

#include <chrono>
#include <cstdio>
#include <cstring>

namespace pa::run {

// Device memory of one run; released at the end of its scope.
class Buffers {
public:
  explicit Buffers(Device &device) : device(device) {}
  Buffers(const Buffers &) = delete;
  ~Buffers() {
    for (uint64_t address : addresses)
      if (Status status = device.release(address); !status)
        std::fprintf(stderr, "pa-run: warning: %s\n", status.error().message.c_str());
  }

  // The address, or 0 after an error; the first error is kept.
  uint64_t make(const char *name, const void *content, uint64_t bytes) {
    if (!status)
      return 0;
    auto address = device.allocate(name, bytes);
    if (!address) {
      status = Status(address.error());
      return 0;
    }
    addresses.push_back(*address);
    if (content)
      status = device.copyTo(*address, content, bytes);
    return *address;
  }
  template <class T> uint64_t make(const char *name, const std::vector<T> &content) {
    return make(name, content.data(), content.size() * sizeof(T));
  }

  Status status;

private:
  Device &device;
  std::vector<uint64_t> addresses;
};

namespace {

constexpr uint8_t poisonByte = 0xff; // a NaN in every float format

void showProgress(const std::string &what, uint64_t finished, uint64_t total) {
  std::fprintf(stderr, "\r%s: %llu of %llu workgroups", what.c_str(), (unsigned long long)finished,
               (unsigned long long)total);
  std::fflush(stderr);
}

size_t outputBytes(const Problem &problem) { return problem.rows() * problem.shape.headSize * sizeof(uint16_t); }

} // namespace

bool sameBits(const Outcome &one, const Outcome &other) {
  return one.output == other.output && one.lse.size() == other.lse.size() &&
         (one.lse.empty() || std::memcmp(one.lse.data(), other.lse.data(), one.lse.size() * sizeof(float)) == 0);
}

Expected<Session> Session::open(const Options &options, const std::string &deviceName, const std::string &object,
                                const KernelDescription &description) {
  Session session(description, options.progress);
  auto device = openDevice(deviceName);
  if (!device)
    return device.error();
  session.opened = std::move(*device);
  for (const auto &[option, value] : options.deviceOptions)
    if (Status status = session.opened->setOption(option, value); !status)
      return status.error();
  auto module = session.opened->loadModule(object.data(), object.size());
  if (!module)
    return module.error();
  auto kernel = session.opened->kernel(*module, description.kernel);
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
  auto plan = planDecode(*description, opened->chip(), problem.sequences());
  if (!plan)
    return plan.error();
  lastPlan = *plan;
  std::vector<uint8_t> workspace(plan->workspaceBytes, problem.poison ? poisonByte : 0);
  uint64_t counters = pa_decode_workspace_bytes(plan->shape.grid[0], 0);
  std::fill(workspace.begin(), workspace.begin() + std::min<uint64_t>(counters, workspace.size()), 0);

  DecodeCall call;
  call.query = buffers.make("query", problem.query);
  call.keyCache = buffers.make("key_cache", problem.keyCache);
  call.valueCache = buffers.make("value_cache", problem.valueCache);
  call.output = buffers.make("output", nullptr, outputBytes(problem));
  call.lse = description->variant.lse ? buffers.make("lse", nullptr, problem.rows() * sizeof(float)) : 0;
  call.blockTables = buffers.make("block_tables", problem.blockTables);
  call.contextLens = buffers.make("context_lens", problem.contextLens);
  call.workspace = workspace.empty() ? 0 : buffers.make("workspace", workspace);
  call.sequences = problem.sequences();
  call.tableWidth = problem.tableWidth;
  call.softmaxScale = problem.scale;
  lastCall = call;
  if (!buffers.status)
    return buffers.status.error();
  auto args = fillDecodeArgs(*description, *plan, call);
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

Expected<Outcome> Session::launchOnce(const Problem &problem, const pa_decode_args &args, const std::string &what) {
  uint8_t before = problem.poison ? poisonByte : 0;
  size_t lseBytes = args.lse ? problem.rows() * sizeof(float) : 0;
  if (Status status = opened->fill(args.output, before, outputBytes(problem)); !status)
    return status.error();
  if (args.lse)
    if (Status status = opened->fill(args.lse, before, lseBytes); !status)
      return status.error();

  auto start = std::chrono::steady_clock::now();
  auto shown = start;
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
  Status status = opened->launch(kernel, lastPlan.shape, &args, sizeof args);
  if (status)
    status = opened->synchronize();
  opened->onProgress({});
  if (any)
    std::fprintf(stderr, "\r\033[K");
  if (!status)
    return status.error();

  Outcome outcome;
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  outcome.output.resize(outputBytes(problem) / sizeof(uint16_t));
  outcome.lse.resize(lseBytes / sizeof(float));
  if (status = opened->copyFrom(outcome.output.data(), args.output, outputBytes(problem)); !status)
    return status.error();
  if (args.lse)
    if (status = opened->copyFrom(outcome.lse.data(), args.lse, lseBytes); !status)
      return status.error();
  if (auto counters = opened->counters())
    outcome.counters = *counters;
  return outcome;
}

} // namespace pa::run

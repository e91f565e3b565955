#include "compiler/tools/run/Session.h"
#include "compiler/tools/run/Strided.h"

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
  uint64_t make(const char *name, const std::vector<uint16_t> &dense, const Strided &layout, uint8_t fill) {
    return layout.isDense() ? make(name, dense) : make(name, spread(layout, dense.data(), fill));
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

uint8_t unusedByte(const Problem &problem) { return problem.poison ? poisonByte : 0; }

// Query or output: one piece a token. Gaps are as odd as the ABI allows: multiples of 16 bytes, all unlike.
Strided tokensOf(const Problem &problem, size_t gap) {
  const reference::Shape &shape = problem.shape;
  size_t token = size_t(shape.queryHeads) * shape.headSize * sizeof(uint16_t);
  size_t stride = token + (problem.paddedStrides ? gap : 0);
  return {size_t(problem.sequences()) * shape.queryTokens, 1, token, stride, token};
}
Strided queryOf(const Problem &problem) { return tokensOf(problem, 32); }
Strided outputOf(const Problem &problem) { return tokensOf(problem, 16); }

// A cache: one piece a page and head; one a page in the nhd layout, where heads lie inside of a token.
Strided cacheOf(const Problem &problem, size_t headGap, size_t pageGap) {
  const reference::Shape &shape = problem.shape;
  size_t heads = shape.layout == reference::Layout::nhd ? 1 : shape.kvHeads;
  size_t piece = shape.pageElements() * sizeof(uint16_t) / heads;
  size_t head = piece + (problem.paddedStrides && heads > 1 ? headGap : 0);
  return {size_t(problem.pages), heads, piece, heads * head + (problem.paddedStrides ? pageGap : 0), head};
}
Strided keysOf(const Problem &problem) { return cacheOf(problem, 16, 48); }
Strided valuesOf(const Problem &problem) { return cacheOf(problem, 64, 80); }

// Leaves the strides 0, which means dense, where they are.
void setStrides(const Problem &problem, DecodeCall &call) {
  if (!problem.paddedStrides)
    return;
  call.queryTokenStride = queryOf(problem).outerStride;
  call.outputTokenStride = outputOf(problem).outerStride;
  call.keyPageStride = keysOf(problem).outerStride;
  call.valuePageStride = valuesOf(problem).outerStride;
  if (problem.shape.layout == reference::Layout::nhd)
    return;
  call.keyHeadStride = keysOf(problem).innerStride;
  call.valueHeadStride = valuesOf(problem).innerStride;
}

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
  uint8_t unused = unusedByte(problem);
  std::vector<uint8_t> workspace(plan->workspaceBytes, unused);
  uint64_t counters = pa_decode_workspace_bytes(plan->shape.grid[0], 0);
  std::fill(workspace.begin(), workspace.begin() + std::min<uint64_t>(counters, workspace.size()), 0);

  DecodeCall call;
  call.query = buffers.make("query", problem.query, queryOf(problem), unused);
  call.keyCache = buffers.make("key_cache", problem.keyCache, keysOf(problem), unused);
  call.valueCache = buffers.make("value_cache", problem.valueCache, valuesOf(problem), unused);
  call.output = buffers.make("output", nullptr, outputOf(problem).bytes());
  call.lse = description->variant.lse ? buffers.make("lse", nullptr, problem.rows() * sizeof(float)) : 0;
  call.blockTables = buffers.make("block_tables", problem.blockTables);
  call.contextLens = buffers.make("context_lens", problem.contextLens);
  call.workspace = workspace.empty() ? 0 : buffers.make("workspace", workspace);
  call.sequences = problem.sequences();
  call.tableWidth = problem.tableWidth;
  call.softmaxScale = problem.scale;
  setStrides(problem, call);
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
  Status status = opened->launch(kernel, lastPlan.shape, &args, sizeof args);
  if (status)
    status = opened->synchronize();
  opened->onProgress({});
  if (any)
    std::fprintf(stderr, "\r\033[K");
  return status;
}

Status Session::readBack(const Problem &problem, const pa_decode_args &args, Outcome &outcome) {
  Strided layout = outputOf(problem);
  std::vector<uint8_t> bytes(layout.bytes());
  if (Status status = opened->copyFrom(bytes.data(), args.output, bytes.size()); !status)
    return status;
  size_t touched = 0;
  auto dense = gather(layout, bytes, unusedByte(problem), touched);
  if (!dense) {
    KernelFault fault;
    fault.kind = "write into a gap";
    fault.buffer = "output";
    fault.address = args.output + touched;
    return Error{ErrorCode::kernelFault,
                 "the kernel wrote to output between tokens, at byte " + std::to_string(touched), fault};
  }
  outcome.output.resize(dense->size() / sizeof(uint16_t));
  std::memcpy(outcome.output.data(), dense->data(), dense->size());
  if (!args.lse)
    return {};
  outcome.lse.resize(problem.rows());
  return opened->copyFrom(outcome.lse.data(), args.lse, problem.rows() * sizeof(float));
}

Expected<Outcome> Session::launchOnce(const Problem &problem, const pa_decode_args &args, const std::string &what) {
  if (Status status = opened->fill(args.output, unusedByte(problem), outputOf(problem).bytes()); !status)
    return status.error();
  if (args.lse)
    if (Status status = opened->fill(args.lse, unusedByte(problem), problem.rows() * sizeof(float)); !status)
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

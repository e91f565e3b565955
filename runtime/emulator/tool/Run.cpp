// pa-emu run: executes a launch description.
#include "runtime/emulator/tool/Run.h"

#include "runtime/emulator/tool/Annotate.h"
#include "runtime/emulator/tool/Buffers.h"
#include "runtime/emulator/tool/Files.h"
#include "runtime/emulator/tool/Json.h"
#include "runtime/emulator/tool/Options.h"
#include "runtime/emulator/tool/Trace.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace pa::emu::tool {

const char *const runUsage =
    "pa-emu run LAUNCH.json [--chip=CHIP] [--mfma=exact|fast] [--sanitize=all|none|LIST] [--collect] [--threads=N]\n"
    "                   [--shuffle=SEED] [--init=HEX] [--counters=FILE] [--annotate=FILE] [--timeline=FILE]\n"
    "                   [--trace=FILE [--trace-workgroup=X,Y,Z] [--trace-wave=N] [--trace-range=FROM:TO]]\n";

namespace {

Status badOption(const std::string &name, const std::string &got, const std::string &allowed) {
  return toolError("--" + name + " is '" + got + "', allowed: " + allowed);
}

bool parseNumber(const std::string &text, uint64_t &value, int base = 10) {
  char *end = nullptr;
  value = std::strtoull(text.c_str(), &end, base);
  return !text.empty() && *end == 0 && text[0] != '-';
}

Status readRunOptions(const Options &o, RunOptions &run) {
  std::string mfma = o.get("mfma", "exact");
  if (mfma != "exact" && mfma != "fast")
    return badOption("mfma", mfma, "exact, fast");
  run.mfma = mfma == "fast" ? Mfma::fast : Mfma::exact;
  std::optional<uint32_t> checks = parseChecks(o.get("sanitize", "all"));
  if (!checks)
    return badOption("sanitize", o.get("sanitize"), checkNames);
  run.sanitize = *checks;
  run.collect = o.has("collect");
  run.cacheModel = o.has("counters");
  uint64_t number = 0;
  if (o.has("shuffle") && !parseNumber(o.get("shuffle"), run.shuffle))
    return badOption("shuffle", o.get("shuffle"), "a number");
  if (o.has("threads")) {
    if (!parseNumber(o.get("threads"), number) || number < 1 || number > 256)
      return badOption("threads", o.get("threads"), "1 to 256");
    run.threads = unsigned(number);
  }
  if (o.has("init")) {
    if (!parseNumber(o.get("init"), number, 16) || number > 0xffffffffu)
      return badOption("init", o.get("init"), "32 bits in hex");
    run.fill = uint32_t(number);
  }
  return {};
}

Status readTraceChoice(const Options &o, TraceChoice &choice) {
  std::string group = o.get("trace-workgroup", "0"), range = o.get("trace-range", "0:");
  for (unsigned d = 0; d < 3 && !group.empty(); ++d) {
    size_t comma = group.find(',');
    uint64_t x = 0;
    if (!parseNumber(group.substr(0, comma), x) || (d == 2 && comma != group.npos))
      return badOption("trace-workgroup", o.get("trace-workgroup"), "X, X,Y or X,Y,Z");
    choice.workgroup[d] = uint32_t(x);
    group = comma == group.npos ? "" : group.substr(comma + 1);
  }
  uint64_t wave = 0;
  if (!parseNumber(o.get("trace-wave", "0"), wave))
    return badOption("trace-wave", o.get("trace-wave"), "a number");
  choice.wave = uint32_t(wave);
  size_t colon = range.find(':');
  if (colon == range.npos || !parseNumber(range.substr(0, colon), choice.from) ||
      (colon + 1 < range.size() && !parseNumber(range.substr(colon + 1), choice.to)))
    return badOption("trace-range", range, "FROM:TO, FROM:");
  return {};
}

// Arguments by the metadata: those given in order or by name, and the hidden ones.
Status packArguments(const LaunchStep &step, const KernelInfo &kernel, const Buffers &buffers, Launch &launch) {
  if (step.kernargBytes) {
    launch.kernarg.resize(*step.kernargBytes);
    for (const PlacedValue &p : step.raw) {
      std::vector<uint8_t> bytes = buffers.bytesOf(p.value);
      std::memcpy(launch.kernarg.data() + p.at, bytes.data(), bytes.size());
    }
    return {};
  }
  auto inField = [&](const std::string &text) {
    return toolError("field '" + (step.field.empty() ? "" : step.field + ".") + "args' " + text);
  };
  launch.kernarg.resize(kernel.kernargBytes);
  size_t given = 0, taken = 0, explicitOnes = 0;
  std::string names;
  for (const KernelArgument &a : kernel.arguments) {
    if (isHidden(a))
      continue;
    ++explicitOnes;
    names += (names.empty() ? "" : ", ") + a.name;
    auto named = step.named.find(a.name);
    const Value *value = named != step.named.end()     ? &named->second
                         : given < step.ordered.size() ? &step.ordered[given]
                                                       : nullptr;
    ++given;
    if (!value)
      return inField("misses argument " + std::to_string(explicitOnes - 1) + ", '" + a.name + "' (" + a.kind + ", " +
                     std::to_string(a.bytes) + " bytes)");
    taken += named != step.named.end();
    std::vector<uint8_t> bytes = buffers.bytesOf(*value);
    if (bytes.size() != a.bytes || a.offset > launch.kernarg.size() || a.bytes > launch.kernarg.size() - a.offset)
      return toolError("field '" + value->field + "' gives " + std::to_string(bytes.size()) + " bytes, argument '" +
                       a.name + "' has " + std::to_string(a.bytes));
    std::memcpy(launch.kernarg.data() + a.offset, bytes.data(), bytes.size());
  }
  if (taken < step.named.size() || step.ordered.size() > explicitOnes)
    return inField("gives more than the kernel takes; it takes: " + names);
  if (kernel.arguments.empty() && kernel.kernargBytes)
    return inField("cannot be placed: the object does not describe its arguments, give them as 'kernarg'");
  return fillHiddenArguments(kernel, launch);
}

class Runner {
public:
  Runner(const LaunchDescription &description, const Options &options) : d(description), o(options) {}
  Status run();

private:
  Status runStep(Device &device, const Module &module, Buffers &buffers, const LaunchStep &step);
  Status writeReports();

  const LaunchDescription &d;
  const Options &o;
  RunOptions settings;
  TraceChoice choice;
  std::unique_ptr<Tracer> tracer;
  Report last;
  std::string annotated;
  std::vector<Error> findings;
};

Status Runner::runStep(Device &device, const Module &module, Buffers &buffers, const LaunchStep &step) {
  const KernelInfo *kernel = module.kernel(step.launch.kernel);
  Launch launch = step.launch;
  if (kernel)
    if (Status packed = packArguments(step, *kernel, buffers, launch); !packed)
      return packed;
  settings.maxInstructions = step.maxInstructions;
  Result<Report> report = device.run(module, launch, settings);
  if (!report)
    return report.error();
  std::printf("%llu instructions of %llu waves in %.3f s (%.1f million a second)\n",
              (unsigned long long)report->instructions, (unsigned long long)report->counters.waves, report->seconds,
              double(report->instructions) / report->seconds * 1e-6);
  findings.insert(findings.end(), report->findings.begin(), report->findings.end());
  annotated += annotate(launch.kernel, *report);
  last = std::move(*report);
  return {};
}

Status Runner::writeReports() {
  auto write = [&](const char *name, const std::string &content) {
    return o.has(name) ? writeFile(o.get(name), content.data(), content.size()) : Status();
  };
  // The counters of the last launch.
  if (Status s = write("counters", countersAsJson(last)); !s)
    return s;
  if (Status s = write("annotate", annotated); !s)
    return s;
  if (Status s = write("trace", tracer ? tracer->text() : ""); !s)
    return s;
  return write("timeline", tracer && o.has("timeline") ? tracer->timeline() : "");
}

Status Runner::run() {
  if (Status s = readRunOptions(o, settings); !s)
    return s;
  if (Status s = readTraceChoice(o, choice); !s)
    return s;
  Result<std::string> file = readFile(d.codeObject);
  if (!file)
    return file.error();
  Result<std::string> object = codeObjectIn(file->data(), file->size(), o.get("chip"));
  if (!object)
    return object.error();
  Result<std::string> chip = chipOf(object->data(), object->size());
  if (!chip)
    return chip.error();
  Result<Device> device = Device::create(o.get("chip", *chip));
  if (!device)
    return device.error();
  Result<Module> module = device->load(object->data(), object->size());
  if (!module)
    return module.error();
  if (o.has("trace") || o.has("timeline")) {
    tracer = std::make_unique<Tracer>(o.has("trace"), choice, o.has("timeline"));
    settings.observer = tracer.get();
  }
  Buffers buffers(*device);
  if (Status s = buffers.place(d.buffers); !s)
    return s;
  if (Status s = buffers.writeGlobals(*module, d.globals); !s)
    return s;
  Status ran;
  for (const LaunchStep &step : d.launches)
    if (ran = runStep(*device, *module, buffers, step); !ran)
      break;
  // What was traced until a finding is worth having.
  if (Status s = writeReports(); !s)
    return s;
  if (!ran)
    return ran;
  for (const Saved &s : d.saved)
    if (Status saved = buffers.save(s, settings.collect ? &findings : nullptr); !saved)
      return saved;
  for (const Error &e : findings)
    std::printf("finding: %s: %s\n", toString(e.kind), e.message.c_str());
  for (const Expected &e : d.expected)
    if (Status same = buffers.compare(e); !same)
      return same;
  if (!findings.empty())
    return toolError(std::to_string(findings.size()) + " findings");
  return {};
}

} // namespace

int run(int argc, char **argv) {
  Options o = parseOptions(argc, argv,
                           {"chip", "mfma", "sanitize", "collect?", "threads", "shuffle", "init", "counters",
                            "annotate", "timeline", "trace", "trace-workgroup", "trace-wave", "trace-range"});
  if (!o.error.empty() || o.positional.size() != 1)
    return failTool((o.error.empty() ? "one launch description is needed" : o.error) + "\nusage: " + runUsage);
  Result<LaunchDescription> d = readLaunch(o.positional[0]);
  if (!d)
    return failTool(d.error().message);
  Status s = Runner(*d, o).run();
  return s ? 0 : failTool(s.error().message);
}

} // namespace pa::emu::tool

// pa-emu: looks at AMDGPU code objects and runs them, and whole HIP programs, on the emulated device.
#include "runtime/emulator/decode/Coverage.h"
#include "runtime/emulator/tool/Exec.h"
#include "runtime/emulator/tool/Json.h"
#include "runtime/emulator/tool/Launches.h"

#include <cstdio>
#include <cstring>

namespace pa::emu::tool {
namespace {

constexpr const char *usage =
    "usage: pa-emu info OBJECT\n"
    "       pa-emu run LAUNCH.json [--chip=CHIP] [--mfma=exact|fast] [--sanitize=all|none|LIST] [--counters=FILE]\n"
    "       pa-emu coverage [--chip=CHIP]\n"
    "       pa-emu exec [--chip=CHIP[,CHIP]] [--mfma=exact|fast] [--sanitize=all|none|LIST] [--log=errors]\n"
    "                   -- PROGRAM [ARGUMENT...]\n";

int fail(const std::string &text) {
  std::fprintf(stderr, "pa-emu: error: %s\n", text.c_str());
  return 1;
}

// --name=value among the arguments.
struct Options {
  std::vector<std::string> positional;
  std::map<std::string, std::string> named;
  std::string error;
};
Options parse(int argc, char **argv, std::initializer_list<const char *> known) {
  Options o;
  for (int n = 2; n < argc; ++n) {
    std::string a = argv[n];
    if (a.compare(0, 2, "--")) {
      o.positional.push_back(a);
      continue;
    }
    size_t equal = a.find('=');
    std::string name = a.substr(2, equal == a.npos ? a.npos : equal - 2);
    bool found = false;
    for (const char *k : known)
      found |= name == k;
    if (!found || equal == a.npos)
      o.error = "unknown option '" + a + "'\n" + usage;
    else
      o.named[name] = a.substr(equal + 1);
  }
  return o;
}

void printKernel(const KernelInfo &k) {
  std::printf("kernel %s\n", k.name.c_str());
  std::printf("  registers    %u VGPRs and AGPRs (AGPRs from %u), %u SGPRs\n", k.vgprs, k.accumOffset, k.sgprs);
  std::printf("  LDS          %u bytes\n  scratch      %u bytes a lane\n", k.ldsBytes, k.scratchBytes);
  std::printf("  kernarg      %u bytes\n  workgroup    at most %u work-items\n", k.kernargBytes, k.maxWorkgroupSize);
  std::printf("  code         %llu bytes\n", (unsigned long long)k.codeBytes);
  for (const KernelArgument &a : k.arguments)
    std::printf("  argument     +%-4u %3u bytes  %s %s\n", a.offset, a.bytes, a.kind.c_str(), a.name.c_str());
}

int info(int argc, char **argv) {
  Options o = parse(argc, argv, {});
  if (!o.error.empty() || o.positional.size() != 1)
    return fail(o.error.empty() ? usage : o.error);
  Result<std::string> object = readFile(o.positional[0]);
  if (!object)
    return fail(object.error().message);
  Result<std::string> chip = chipOf(object->data(), object->size());
  if (!chip)
    return fail(o.positional[0] + ": " + chip.error().message);
  Result<Device> device = Device::create(*chip);
  if (!device)
    return fail(device.error().message);
  Result<Module> module = device->load(object->data(), object->size());
  if (!module)
    return fail(o.positional[0] + ": " + module.error().message);
  std::printf("chip %s\n", chip->c_str());
  int status = 0;
  for (const KernelInfo &k : module->kernels()) {
    printKernel(k);
    Status supported = device->check(*module, k.name);
    std::printf("  supported    %s\n", supported ? "yes" : "no");
    if (!supported)
      status = fail(supported.error().message);
  }
  return status;
}

struct Placed {
  BufferDescription description;
  uint64_t address = 0, bytes = 0;
};

Status place(Device &device, const BufferDescription &b, Placed &out) {
  std::string content;
  if (!b.file.empty()) {
    Result<std::string> file = readFile(b.file);
    if (!file)
      return file.error();
    content = std::move(*file);
  }
  out.description = b;
  out.bytes = b.bytes ? b.bytes : content.size();
  if (content.size() > out.bytes)
    content.resize(size_t(out.bytes));
  Result<uint64_t> address = device.memory().allocate(b.name, out.bytes, b.options);
  if (!address)
    return address.error();
  out.address = *address;
  if (b.fill)
    if (Status s = device.memory().fill(out.address, b.fill, out.bytes); !s)
      return s;
  return device.memory().write(out.address, content.data(), content.size());
}

Status save(Device &device, const Placed &p, const std::string &path) {
  Result<uint8_t *> host = device.memory().host(p.address, p.bytes);
  if (!host)
    return host.error();
  return writeFile(path, *host, size_t(p.bytes));
}

Status runDescription(const LaunchDescription &d, const Options &o) {
  Result<std::string> object = readFile(d.codeObject);
  if (!object)
    return object.error();
  Result<std::string> chip = chipOf(object->data(), object->size());
  if (!chip)
    return chip.error();
  auto wanted = o.named.find("chip");
  Result<Device> device = Device::create(wanted == o.named.end() ? *chip : wanted->second);
  if (!device)
    return device.error();
  Result<Module> module = device->load(object->data(), object->size());
  if (!module)
    return module.error();

  std::map<std::string, Placed> buffers;
  for (const BufferDescription &b : d.buffers)
    if (Status s = place(*device, b, buffers[b.name]); !s)
      return s;
  Launch launch = d.launch;
  for (const PointerArgument &p : d.pointers) {
    uint64_t address = buffers[p.buffer].address + p.offset;
    std::memcpy(launch.kernarg.data() + p.at, &address, 8);
  }
  RunOptions options;
  options.maxInstructions = d.maxInstructions;
  if (auto m = o.named.find("mfma"); m != o.named.end())
    options.mfma = m->second == "fast" ? Mfma::fast : Mfma::exact;
  if (auto s = o.named.find("sanitize"); s != o.named.end())
    options.sanitize = *parseChecks(s->second);
  Result<Report> report = device->run(*module, launch, options);
  if (!report)
    return report.error();
  std::printf("%llu instructions of %llu waves in %.3f s (%.1f million a second)\n",
              (unsigned long long)report->instructions, (unsigned long long)report->counters.waves, report->seconds,
              double(report->instructions) / report->seconds * 1e-6);
  for (const auto &s : d.save)
    if (Status saved = save(*device, buffers[s.first], s.second); !saved)
      return saved;
  if (auto c = o.named.find("counters"); c != o.named.end()) {
    std::string json = countersAsJson(*report);
    return writeFile(c->second, json.data(), json.size());
  }
  return {};
}

int run(int argc, char **argv) {
  Options o = parse(argc, argv, {"chip", "mfma", "sanitize", "counters"});
  if (!o.error.empty() || o.positional.size() != 1)
    return fail(o.error.empty() ? usage : o.error);
  if (o.named.count("mfma") && o.named["mfma"] != "exact" && o.named["mfma"] != "fast")
    return fail("--mfma is 'exact' or 'fast', got '" + o.named["mfma"] + "'");
  if (o.named.count("sanitize") && !parseChecks(o.named["sanitize"]))
    return fail("--sanitize is '" + o.named["sanitize"] + "', allowed: " + checkNames);
  Result<LaunchDescription> d = readLaunch(o.positional[0]);
  if (!d)
    return fail(d.error().message);
  Status s = runDescription(*d, o);
  return s ? 0 : fail(s.error().message);
}

constexpr const char *coverageIntroduction =
    "# What the emulated device executes\n\n"
    "`pa-emu coverage` prints this page. Every opcode of every encoding goes through LLVM's disassembler with random\n"
    "fields; a mnemonic counts when all its encodings bind with all their modifiers. What is missing is refused by "
    "name\n"
    "before a kernel's first wave runs.\n";

int coverage(int argc, char **argv) {
  Options o = parse(argc, argv, {"chip"});
  if (!o.error.empty() || !o.positional.empty())
    return fail(o.error.empty() ? usage : o.error);
  std::vector<std::string> chips = {"gfx942", "gfx950"};
  if (o.named.count("chip")) {
    chips = {o.named["chip"]};
    if (Result<Device> d = Device::create(chips[0]); !d)
      return fail(d.error().message);
  }
  std::printf("%s", coverageIntroduction);
  for (const std::string &chip : chips)
    std::printf("\n%s", asPage(chip, coverageOf(chip)).c_str());
  return 0;
}

} // namespace
} // namespace pa::emu::tool

int main(int argc, char **argv) {
  using namespace pa::emu::tool;
  std::string command = argc > 1 ? argv[1] : "";
  if (command == "info")
    return info(argc, argv);
  if (command == "run")
    return run(argc, argv);
  if (command == "coverage")
    return coverage(argc, argv);
  if (command == "exec")
    return exec(argc, argv);
  return fail(usage);
}

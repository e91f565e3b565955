// pa-emu info: what a code object's kernels are and need.
#include "runtime/emulator/tool/Files.h"
#include "runtime/emulator/tool/Options.h"
#include "runtime/emulator/tool/Run.h"

#include <algorithm>
#include <cstdio>

namespace pa::emu::tool {

const char *const infoUsage = "pa-emu info OBJECT [--chip=CHIP]\n";

namespace {

void printKernel(const Device &device, const KernelInfo &k) {
  std::printf("kernel %s\n", k.name.c_str());
  std::printf("  registers    %u VGPRs and AGPRs (AGPRs from %u), %u SGPRs\n", k.vgprs, k.accumOffset, k.sgprs);
  std::printf("  LDS          %u bytes\n  scratch      %u bytes a lane\n", k.ldsBytes, k.scratchBytes);
  std::printf("  kernarg      %u bytes\n  workgroup    at most %u work-items\n", k.kernargBytes, k.maxWorkgroupSize);
  std::printf("  code         %llu bytes\n", (unsigned long long)k.codeBytes);
  std::printf("  descriptor  ");
  for (const auto &[name, value] : k.descriptor)
    std::printf(" %s=%llu", name.c_str(), (unsigned long long)value);
  std::printf("\n  occupancy   ");
  const char *separator = " ";
  for (unsigned items = 64; items <= (k.maxWorkgroupSize ? k.maxWorkgroupSize : 1024u); items *= 2) {
    Occupancy o = device.occupancy(k, {items, 1, 1}, 0);
    std::printf("%s%u items: %u workgroups and %u waves a CU (%s)", separator, items, o.workgroups, o.waves,
                o.limit.c_str());
    separator = "; ";
  }
  std::printf("\n");
  for (const KernelArgument &a : k.arguments)
    std::printf("  argument     +%-4u %3u bytes  %s %s\n", a.offset, a.bytes, a.kind.c_str(), a.name.c_str());
}

} // namespace

int info(int argc, char **argv) {
  Options o = parseOptions(argc, argv, {"chip"});
  if (!o.error.empty() || o.positional.size() != 1)
    return failTool((o.error.empty() ? "one object is needed" : o.error) + "\nusage: " + infoUsage);
  const std::string &path = o.positional[0];
  Result<std::string> file = readFile(path);
  if (!file)
    return failTool(file.error().message);
  Result<std::string> object = codeObjectIn(file->data(), file->size(), o.get("chip"));
  if (!object)
    return failTool(path + ": " + object.error().message);
  Result<std::string> chip = chipOf(object->data(), object->size());
  if (!chip)
    return failTool(path + ": " + chip.error().message);
  Result<Device> device = Device::create(*chip);
  if (!device)
    return failTool(device.error().message);
  Result<Module> module = device->load(object->data(), object->size());
  if (!module)
    return failTool(path + ": " + module.error().message);
  std::printf("chip %s, code object version %u\n", chip->c_str(), module->codeObjectVersion());
  int status = 0;
  for (const KernelInfo &k : module->kernels()) {
    printKernel(*device, k);
    Status supported = device->check(*module, k.name);
    std::printf("  supported    %s\n", supported ? "yes" : "no");
    if (!supported)
      status = failTool(supported.error().message);
  }
  return status;
}

} // namespace pa::emu::tool
